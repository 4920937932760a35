package huawei_test

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/fixtures"
	"xmode/platform"
	"xmode/platform/huawei"
)

func TestReceiveAsks(t *testing.T) {
	want := call.Query{Platform: "huawei", Kind: call.Voice, CallID: sessionID, Caller: x(t, "13800000021"), X: x(t, "17000000001"), At: now}
	for _, path := range []string{events, cdrs, numbers, texts} {
		if got := asks(t, post(path, callin)); got != want {
			t.Errorf("%s:\n got %#v\nwant %#v", path, got, want)
		}
		got := asks(t, post(path, smsBlock))
		if text := (call.Query{Platform: "huawei", Kind: call.SMS, CallID: "sms-1", Caller: want.Caller, X: want.X, At: now}); got != text {
			t.Errorf("%s:\n got %#v\nwant %#v", path, got, text)
		}
	}
	if r := accepts(t, post(events, callin)); r.Push != nil {
		t.Errorf("a call is kept: %+v", r.Push)
	}
	same(t, accepts(t, post(texts, smsBlock)).Push, "sms", smsBlock) // for an answer that intercepts
}

func TestProof(t *testing.T) {
	for scheme, form := range map[string]string{"AKSK": "aksk", "WSSE": "wsse"} {
		for _, body := range []string{callin, fees(fee), "{"} {
			e := good()
			e.scheme = scheme
			sum := sha256.Sum256([]byte(body))
			want := platform.Proof{Nonce: testKey + "/" + testNonce, Digest: [16]byte(sum[:16]), SignedAt: e.at, Until: e.at.Add(11 * time.Hour), Form: form}
			if got := accepts(t, e.message(events, body)).Proof; got != want {
				t.Errorf("%s, %.20s:\n got %+v\nwant %+v", scheme, body, got, want)
			}
		}
	}
	s := settings()
	a, err := s.Adapter(platform.Shared{ClockSkew: time.Hour, PushWindow: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := a.Receive(post(events, disconnect), now); err != nil || !r.Proof.Until.Equal(good().at.Add(time.Hour)) {
		t.Errorf("a nonce of a longer skew is forgotten too soon: %+v, %v", r.Proof, err)
	}
}

func TestVectorsAreReceived(t *testing.T) {
	vectors, err := fixtures.HuaweiVectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		signedAt, err := time.Parse(time.RFC3339, v.Created)
		if err != nil {
			t.Fatal(err)
		}
		a := adapter(t, huawei.Settings{Apps: platform.NewSecret("first:x," + v.AppKey + ":" + v.AppSecret)})
		for scheme, digest := range map[string]string{"AKSK": v.AKSK, "WSSE": v.WSSE} {
			m := envelope{scheme, v.AppKey, "-", v.Nonce, signedAt}.message(events, callin)
			m.Header.Set("X-"+scheme, strings.Replace(m.Header.Get("X-"+scheme), envelope{scheme, v.AppKey, "-", v.Nonce, signedAt}.digest(), digest, 1))
			if _, err := a.Receive(m, signedAt); err != nil {
				t.Errorf("%s, %s: %v", v.AppKey, scheme, err)
			}
		}
	}
}

func TestWhatSendersDoToHeaders(t *testing.T) {
	edit := func(name, value string) platform.Message {
		m := post(events, callin)
		m.Header.Set(name, value)
		return m
	}
	token := post(events, callin).Header.Get("X-AKSK")
	for name, m := range map[string]platform.Message{
		"token without spaces":     edit("X-AKSK", strings.ReplaceAll(token, ", ", ",")),
		"token with many":          edit("x-aksk", strings.ReplaceAll(token, ", ", " \t,  ")),
		"profile with spaces":      edit("Authorization", `AKSK realm="SDP", profile="UsernameToken",  type="Appkey"`),
		"profile in small letters": edit("authorization", `aksk Realm="SDP",Profile="UsernameToken",Type="Appkey"`),
		"no content type":          edit("Content-Type", ""),
		"other content type":       edit("Content-Type", "text/plain"),
		"longest nonce":            envelope{"AKSK", testKey, testSecret, strings.Repeat("n", 128), now}.message(events, callin),
		"other app":                envelope{"WSSE", "ak2", "other", "n", now}.message(events, callin),
	} {
		t.Run(name, func(t *testing.T) { asks(t, m) })
	}
}

func TestReceivePushes(t *testing.T) {
	other := strings.Replace(fee, "ba171f34", "ba171f35", 1)
	for _, path := range []string{events, cdrs, numbers, texts} {
		pushes(t, post(path, disconnect), "event", disconnect)
		pushes(t, post(path, smsNotify), "sms", smsNotify)
		pushes(t, post(path, fees(fee, other)), "fee", fee, other)
		pushes(t, post(path, `{"eventType":"numStatus","numInfo":[`+numberState+`]}`), "numStatus", numberState)
	}
	notified := strings.Replace(callin, "Block", "Notify", 1)
	pushes(t, post(events, notified), "event", notified)
	const collect = `{"eventType":"collectInfo","statusInfo":{"sessionId":"s"}}`
	pushes(t, post(events, collect), "event", collect)
}

func TestShapesOfPushes(t *testing.T) {
	many := make([]string, 5000)
	for i := range many {
		many[i] = fee
	}
	for name, c := range map[string]struct {
		path, body, kind string
		items            []string
	}{
		"no records":           {cdrs, `{"eventType":"fee","feeLst":[]}`, "fee", nil},
		"no list":              {cdrs, `{"eventType":"fee"}`, "fee", []string{`{"eventType":"fee"}`}},
		"another name":         {cdrs, `{"eventType":"fee","feelst":[{}]}`, "fee", []string{`{"eventType":"fee","feelst":[{}]}`}},
		"null for a list":      {cdrs, `{"eventType":"fee","feeLst":null}`, "fee", []string{`{"eventType":"fee","feeLst":null}`}},
		"object for a list":    {cdrs, `{"feeLst":` + fee + `,"eventType":"fee"}`, "fee", []string{fee}},
		"text for a list":      {cdrs, `{"eventType":"fee","feeLst":"x"}`, "fee", []string{`"x"`}},
		"no event type":        {events, `{"feeLst":[` + fee + `]}`, "fee", []string{fee}},
		"items of other types": {cdrs, ` { "eventType" : "fee" , "feeLst" : [ 1 , "a" , null , [ ] , {} ] , "more" : {"a":[]} } `, "fee", []string{`1`, `"a"`, `null`, `[ ]`, `{}`}},
		"51 records":           {cdrs, fees(many[:51]...), "fee", many[:51]},
		"5 000 records":        {cdrs, fees(many...), "fee", many},
		"bad text in an item":  {cdrs, fees("{\"icid\":\"\xff\"}", `{"icid":"\ud800"}`), "fee", []string{"{\"icid\":\"\xff\"}", `{"icid":"\ud800"}`}},
		"deep item":            {cdrs, fees(strings.Repeat("[", 40) + strings.Repeat("]", 40)), "fee", []string{strings.Repeat("[", 40) + strings.Repeat("]", 40)}},
		"escaped names":        {cdrs, `{"\u0065ventType":"f\u0065e","feeLst":[{}]}`, "fee", []string{`{}`}},
		"no numbers":           {numbers, `{"eventType":"numStatus","numInfo":[]}`, "numStatus", nil},
		"number for a list":    {numbers, `{"eventType":"numStatus","numInfo":` + numberState + `}`, "numStatus", []string{numberState}},
		"nothing, as event":    {events, `{}`, "event", []string{`{}`}},
		"nothing, as record":   {cdrs, `{}`, "fee", []string{`{}`}},
		"nothing, as number":   {numbers, `{}`, "numStatus", []string{`{}`}},
		"nothing, as text":     {texts, `{"smsEvent":null}`, "sms", []string{`{"smsEvent":null}`}},
		"event type a number":  {events, `{"eventType":5}`, "event", []string{`{"eventType":5}`}},
		"event type an object": {cdrs, `{"eventType":{}}`, "fee", []string{`{"eventType":{}}`}},
	} {
		t.Run(name, func(t *testing.T) { pushes(t, post(c.path, c.body), c.kind, c.items...) })
	}
}

func TestBrokenBodiesAreKept(t *testing.T) {
	for name, c := range map[string]struct{ path, body, kind, code, message string }{
		"nothing":              {events, ``, "event", "MalformedBody", "body: not valid JSON"},
		"truncated":            {cdrs, fees(fee)[:700], "fee", "MalformedBody", "body: not valid JSON"},
		"data behind":          {cdrs, fees(fee) + "x", "fee", "MalformedBody", "body: not valid JSON"},
		"two values":           {numbers, `{}{}`, "numStatus", "MalformedBody", "body: not valid JSON"},
		"comma behind":         {texts, `{"smsEvent":{},}`, "sms", "MalformedBody", "body: not valid JSON"},
		"comma in the list":    {cdrs, fees(fee, ""), "fee", "MalformedBody", "body: not valid JSON"},
		"form":                 {events, `eventType=callin`, "event", "MalformedBody", "body: not valid JSON"},
		"no colon":             {events, `{"eventType"}`, "event", "MalformedBody", "body: not valid JSON"},
		"no quotes":            {events, `{eventType:1}`, "event", "MalformedBody", "body: not valid JSON"},
		"too deep":             {events, `{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`, "event", "MalformedBody", "body: not valid JSON"},
		"list":                 {cdrs, `[` + fee + `]`, "fee", "MalformedBody", "body: must be an object"},
		"text":                 {events, `"callin"`, "event", "MalformedBody", "body: must be an object"},
		"null":                 {events, ` null `, "event", "MalformedBody", "body: must be an object"},
		"event type twice":     {events, `{"eventType":"callin","eventType":"callin"}`, "event", "InvalidParameter", "eventType: occurs twice"},
		"notify mode twice":    {events, `{"eventType":"callin","statusInfo":{"notifyMode":"Notify","notifyMode":"Block"}}`, "event", "InvalidParameter", "notifyMode: occurs twice"},
		"text mode twice":      {texts, `{"smsEvent":{"notificationMode":"Notify","notificationMode":"Block"}}`, "sms", "InvalidParameter", "notificationMode: must be Block or Notify"},
		"two kinds of lists":   {cdrs, `{"eventType":"fee","feeLst":[` + fee + `],"smsEvent":{"notificationMode":"Notify"}}`, "fee", "InvalidParameter", "feeLst, numInfo and smsEvent: more than one of them"},
		"two lists":            {cdrs, `{"eventType":"fee","feeLst":[],"feeLst":[` + fee + `]}`, "fee", "InvalidParameter", "feeLst: occurs twice"},
		"mode missing":         {texts, strings.Replace(smsNotify, `"notificationMode":"Notify",`, "", 1), "sms", "InvalidParameter", "notificationMode: must be Block or Notify"},
		"mode unknown":         {texts, strings.Replace(smsNotify, "Notify", "notify", 1), "sms", "InvalidParameter", "notificationMode: must be Block or Notify"},
		"text event no object": {texts, `{"smsEvent":[]}`, "sms", "InvalidParameter", "notificationMode: must be Block or Notify"},
	} {
		t.Run(name, func(t *testing.T) { breaks(t, post(c.path, c.body), c.kind, c.code, c.message) })
	}
}

func TestWhatNeverRefusesACall(t *testing.T) {
	for name, body := range map[string]string{
		"caller missing":         strings.Replace(callin, `"caller":"+8613800000021",`, "", 1),
		"caller withheld":        strings.Replace(callin, "+8613800000021", "anonymous", 1),
		"caller no UTF-8":        strings.Replace(callin, "+8613800000021", "\xff\xfe", 1),
		"caller an object":       strings.Replace(callin, `"+8613800000021"`, `{"a":1}`, 1),
		"caller twice":           strings.Replace(callin, `"caller"`, `"caller":"+8613900000022","caller"`, 1),
		"caller half a pair":     strings.Replace(callin, "+8613800000021", `\ud800`, 1),
		"caller of 40 digits":    strings.Replace(callin, "+8613800000021", strings.Repeat("1", 40), 1),
		"time missing":           strings.Replace(callin, `"timestamp":"2026-03-04 05:06:07",`, "", 1),
		"time of letters":        strings.Replace(callin, "2026-03-04 05:06:07", "yesterday", 1),
		"mode missing":           strings.Replace(callin, `,"notifyMode":"Block"`, "", 1),
		"mode unknown":           strings.Replace(callin, `"Block"`, `"block"`, 1),
		"unknown fields":         strings.Replace(callin, `{"sessionId"`, `{"a":{"b":[1]},"sessionId"`, 1),
		"numbers without quotes": strings.NewReplacer(`"+8613800000021"`, `13800000021`, `"+8617000000001"`, `17000000001`).Replace(callin),
		"longest call id":        strings.Replace(callin, sessionID, strings.Repeat("s", 256), 1),
	} {
		t.Run(name, func(t *testing.T) {
			if q := asks(t, post(events, body)); strings.HasPrefix(name, "caller") != q.Caller.IsZero() || q.X.IsZero() {
				t.Errorf("caller %v, X %v", q.Caller, q.X)
			}
		})
	}
}
