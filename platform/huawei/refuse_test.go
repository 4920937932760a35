package huawei_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"xmode/platform"
)

func TestRefusesWhatIsNotSigned(t *testing.T) {
	const (
		missing, wrong = platform.SignatureMissing, platform.SignatureInvalid
		profile        = `Authorization: must be realm="SDP",profile="UsernameToken",type="Appkey" behind AKSK`
		header         = `X-AKSK: must be of the form UsernameToken Username="…", PasswordDigest="…", Nonce="…", Created="…"`
		mismatch       = "PasswordDigest: does not match"
		base64         = "PasswordDigest: must be the Base64 of 32 bytes"
	)
	digest := good().digest()
	swap := func(old, new string) func(http.Header) {
		return func(h http.Header) { h.Set("X-AKSK", strings.Replace(h.Get("X-AKSK"), old, new, 1)) }
	}
	set := func(name, value string) func(http.Header) { return func(h http.Header) { h.Set(name, value) } }
	for name, c := range map[string]struct {
		edit          func(http.Header)
		code, message string
	}{
		"no headers":             {func(h http.Header) { clear(h) }, missing, "X-AKSK: required"},
		"no token":               {func(h http.Header) { h.Del("X-AKSK") }, missing, "X-AKSK: required"},
		"empty token":            {set("X-AKSK", ""), missing, "X-AKSK: required"},
		"nothing in the token":   {set("X-AKSK", "UsernameToken"), missing, "Created: required; Nonce: required; PasswordDigest: required; Username: required"},
		"no nonce":               {swap(` Nonce="`+testNonce+`",`, ""), missing, "Nonce: required"},
		"empty nonce":            {swap(testNonce, ""), missing, "Nonce: required"},
		"no time":                {swap(`, Created="2026-03-04T05:06:07Z"`, ""), missing, "Created: required"},
		"no digest":              {swap(digest, ""), missing, "PasswordDigest: required"},
		"no user":                {swap(`Username="`+testKey+`", `, ""), missing, "Username: required"},
		"other word":             {swap("UsernameToken", "Token"), wrong, header},
		"nonce twice":            {swap("Nonce", `Nonce="x", Nonce`), wrong, header},
		"no quotes":              {swap(`"`, ""), wrong, header},
		"nonce of 129 bytes":     {swap(testNonce, strings.Repeat("n", 129)), wrong, "Nonce: longer than 128 bytes"},
		"other nonce":            {swap(testNonce, "other"), wrong, mismatch},
		"other time":             {swap("05:06:07", "05:06:08"), wrong, mismatch},
		"other app":              {swap(testKey, "ak2"), wrong, mismatch},
		"unknown app":            {swap(testKey, "nobody"), wrong, mismatch},
		"unknown app, no digest": {func(h http.Header) { swap(testKey, "nobody")(h); swap(digest, "x")(h) }, wrong, base64},
		"loose tail":             {swap(digest, looseTail(digest)), wrong, base64},
		"digest of WSSE":         {swap(digest, envelope{"WSSE", testKey, testSecret, testNonce, good().at}.digest()), wrong, mismatch},
		"no profile":             {func(h http.Header) { h.Del("Authorization") }, wrong, profile},
		"profile of WSSE":        {set("Authorization", `WSSE realm="SDP",profile="UsernameToken",type="Appkey"`), wrong, profile},
		"other realm":            {set("Authorization", `AKSK realm="sdp",profile="UsernameToken",type="Appkey"`), wrong, profile},
		"no realm":               {set("Authorization", `AKSK profile="UsernameToken",type="Appkey"`), wrong, profile},
		"other profile":          {set("Authorization", `AKSK realm="SDP",profile="x",type="Appkey"`), wrong, profile},
		"other type":             {set("Authorization", `AKSK realm="SDP",profile="UsernameToken",type="x"`), wrong, profile},
		"bearer":                 {set("Authorization", "Bearer x"), wrong, profile},
		"two profiles":           {func(h http.Header) { h.Add("Authorization", h.Get("Authorization")) }, wrong, profile},
		"two tokens":             {func(h http.Header) { h.Add("X-AKSK", h.Get("X-AKSK")) }, wrong, "X-AKSK or X-WSSE: occurs twice"},
		"both tokens":            {func(h http.Header) { h.Set("X-WSSE", h.Get("X-AKSK")) }, wrong, "X-WSSE: beside X-AKSK"},
	} {
		for _, body := range []string{callin, fees(fee), "no JSON", `{"eventType":"callin"}`} {
			m := post(events, body)
			c.edit(m.Header)
			t.Run(name, func(t *testing.T) { refuses(t, m, platform.Unauthorized, c.code, c.message) })
		}
	}
}

// looseTail sets bits that no byte has.
func looseTail(digest string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	last := len(digest) - 2
	return digest[:last] + string(alphabet[strings.IndexByte(alphabet, digest[last])+1]) + "="
}

func TestTimeWindows(t *testing.T) {
	question := []string{callin, smsBlock, `{"eventType":"callin"}`, `{"smsEvent":{"notificationMode":"Block"}}`}
	push := []string{disconnect, smsNotify, fees(fee), `{"eventType":"numStatus"}`, "no JSON", `{}`, strings.Replace(callin, "Block", "Notify", 1), `{"eventType":"collectInfo"}`}
	for _, c := range []struct {
		age            time.Duration
		asks, isPushed bool
	}{
		{0, true, true}, {5 * time.Minute, true, true}, {5*time.Minute + time.Second, false, true}, {11 * time.Hour, false, true},
		{11*time.Hour + time.Second, false, false}, {-5 * time.Minute, true, true}, {-5*time.Minute - time.Second, false, false},
		{24 * 365 * 50 * time.Hour, false, false}, {-24 * 365 * 50 * time.Hour, false, false},
	} {
		e := good()
		e.at = now.Add(-c.age)
		for _, body := range question {
			inWindow(t, e.message(events, body), c.asks)
		}
		for _, body := range push {
			inWindow(t, e.message(events, body), c.isPushed)
		}
	}
}

// inWindow asserts whether the time of a message lets it through, whatever else
// is wrong with it.
func inWindow(t *testing.T, m platform.Message, want bool) {
	t.Helper()
	_, err := adapter(t, settings()).Receive(m, now)
	const refusal = "TimestampOutOfRange: Created: outside the accepted time window"
	if got := err == nil || err.Error() != refusal; got != want {
		t.Errorf("%s: %v", m.Body, err)
	}
}

// TestRefusalTellsHowFarTheTimeWasOff: the operator sees it, and not the sender.
func TestRefusalTellsHowFarTheTimeWasOff(t *testing.T) {
	e := good()
	e.at = now.Add(10 * time.Minute)
	_, err := adapter(t, settings()).Receive(e.message(events, callin), now)
	refusal, ok := errors.AsType[*platform.Refusal](err)
	if !ok || refusal.Off != 10*time.Minute {
		t.Errorf("%+v, %v", refusal, err)
	}
}

func TestOneFormOfTime(t *testing.T) {
	for _, created := range []string{
		"2026-03-04 05:06:07", "2026-03-04T05:06:07", "2026-03-04T05:06:07.000Z", "2026-03-04T05:06:07+00:00", "2026-03-04t05:06:07z",
		"1772600767", "2026-02-31T05:06:07Z", "20260304T050607Z", "2026-03-04T05:06:60Z",
	} {
		e := good()
		m := e.message(events, callin)
		mac := signAs(e, created)
		m.Header.Set("X-AKSK", `UsernameToken Username="`+testKey+`",PasswordDigest="`+mac+`",Nonce="`+testNonce+`",Created="`+created+`"`)
		refuses(t, m, platform.Unauthorized, platform.TimestampOutOfRange, "Created: must be yyyy-MM-ddTHH:mm:ssZ")
	}
}

func TestQuestionsThatCannotBeAnswered(t *testing.T) {
	without := func(body, part string) string {
		if !strings.Contains(body, part) {
			t.Fatalf("%s is not in the body", part)
		}
		return strings.Replace(body, part, "", 1)
	}
	for name, c := range map[string]struct{ body, message string }{
		"X missing":            {without(callin, `"called":"+8617000000001",`), "called: required"},
		"X of letters":         {strings.Replace(callin, "+8617000000001", "1700000000X", 1), "called: not an X number"},
		"X of 40 digits":       {strings.Replace(callin, "+8617000000001", strings.Repeat("1", 40), 1), "called: not an X number"},
		"X an object":          {strings.Replace(callin, `"+8617000000001"`, `{}`, 1), "called: must be text or a number"},
		"X twice":              {strings.Replace(callin, `"called"`, `"called":"+8617000000002","called"`, 1), "called: occurs twice"},
		"call id missing":      {without(callin, `"sessionId":"`+sessionID+`",`), "sessionId: required"},
		"call id null":         {strings.Replace(callin, `"`+sessionID+`"`, "null", 1), "sessionId: required"},
		"call id too long":     {strings.Replace(callin, sessionID, strings.Repeat("s", 257), 1), "sessionId: must be 1 to 256 printable bytes"},
		"call id not UTF-8":    {strings.Replace(callin, sessionID, "\xff", 1), "sessionId: must be 1 to 256 printable bytes"},
		"call id half a pair":  {strings.Replace(callin, sessionID, `\ud800`, 1), "sessionId: must be 1 to 256 printable bytes"},
		"call id with NUL":     {strings.Replace(callin, sessionID, `a\u0000b`, 1), "sessionId: must be 1 to 256 printable bytes"},
		"kind missing":         {without(callin, `"eventType":"callin",`), "eventType: required"},
		"nothing said":         {`{"eventType":"callin"}`, "called: required; sessionId: required"},
		"nothing useful":       {`{"eventType":"callin","statusInfo":"x"}`, "called: required; sessionId: required"},
		"text, X missing":      {without(smsBlock, `"virtualNumber":"+8617000000001",`), "virtualNumber: required"},
		"text, X of letters":   {strings.Replace(smsBlock, "+8617000000001", "x", 1), "virtualNumber: not an X number"},
		"text, id missing":     {without(smsBlock, `"smsIdentifier":"sms-1",`), "smsIdentifier: required"},
		"text, nothing useful": {`{"smsEvent":{"notificationMode":"Block"}}`, "smsIdentifier: required; virtualNumber: required"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, post(events, c.body), platform.Malformed, platform.InvalidParameter, c.message)
		})
	}
}

func TestQuestionsHaveALimit(t *testing.T) {
	padded := func(body string, size int) string {
		return body[:len(body)-1] + strings.Repeat(" ", size-len(body)) + body[len(body)-1:]
	}
	for _, question := range []string{callin, smsBlock} {
		asks(t, post(events, padded(question, platform.MaxQuery)))
		over := post(events, padded(question, platform.MaxQuery+1))
		refuses(t, over, platform.TooLarge, "BodyTooLarge", "query: longer than 16 KiB")
		over.Header.Del("X-AKSK")
		refuses(t, over, platform.Unauthorized, platform.SignatureMissing, "X-AKSK: required")
	}
	if _, err := adapter(t, settings()).Receive(post(events, padded(smsNotify, platform.MaxQuery+1)), now); err != nil {
		t.Errorf("a push of that size: %v", err)
	}
}
