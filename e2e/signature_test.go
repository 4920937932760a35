package e2e_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/store/storetest"
)

// question is a callin of the tests' pair.
func question(session string) string { return callin(session, "+8613900000022", "+8617000000001") }

// connected is its answer.
const connected = `{"operation":"connect","connectInfo":{"displayCalleeNum":"+8617000000001","calleeNum":"+8613800000021","maxDuration":60,"recordFlag":"true","userData":"order-1"}}`

// contents are all keys of a Redis server with what they hold, but for the one
// by which the endpoint finds out whether Redis takes writes.
func contents(t *testing.T, redis string) map[string]string {
	t.Helper()
	all := map[string]string{}
	client := clientOf(t, redis)
	for keys := client.Scan(t.Context(), 0, "*", 1000).Iterator(); keys.Next(t.Context()); {
		if key := keys.Val(); !strings.HasSuffix(key, ":ping") {
			all[key] = client.Dump(t.Context(), key).Val()
		}
	}
	if len(all) == 0 {
		t.Fatal("Redis is empty: this test looks at another one")
	}
	return all
}

// refuses asserts a refusal by its code.
func (e *endpoint) refuses(what string, s signed, code string) {
	e.t.Helper()
	if r := e.huawei(s); r.status != http.StatusUnauthorized || !strings.HasPrefix(r.body, `{"code":"`+code+`","message":"`) {
		e.t.Errorf("%s: %d %s, want %s", what, r.status, r.body, code)
	}
}

// accepts asserts an acknowledgement or the answer to a question.
func (e *endpoint) accepts(what string, s signed, answer string) {
	e.t.Helper()
	if r := e.huawei(s); r.status != http.StatusOK || r.body != answer {
		e.t.Errorf("%s: %d %s, want %s", what, r.status, r.body, answer)
	}
}

// TestUnauthenticated: what nobody vouches for is refused, says nothing of the
// secret, and leaves nothing behind.
func TestUnauthenticated(t *testing.T) {
	redis := storetest.Redis(t)
	e := serve(t, []string{"XMODE_REDIS=redis://" + redis}, "--log-level=debug")
	e.bind(pairBinding)
	before := contents(t, redis)
	for name, c := range map[string]struct {
		change func(*signed)
		code   string
	}{
		"no token":                     {func(s *signed) { s.app = "" }, "SignatureMissing"},
		"no nonce":                     {func(s *signed) { s.nonce = "" }, "SignatureMissing"},
		"unknown app":                  {func(s *signed) { s.app = "e2e-other-app" }, "SignatureInvalid"},
		"wrong secret":                 {func(s *signed) { s.secret = "e2e-app-secret-c4e3" }, "SignatureInvalid"},
		"nonce of 129 bytes":           {func(s *signed) { s.nonce = strings.Repeat("n", 129) }, "SignatureInvalid"},
		"no Authorization":             {func(s *signed) { s.authorization = "" }, "SignatureInvalid"},
		"Authorization of other token": {func(s *signed) { s.authorization = strings.Replace(aksk, "AKSK", "WSSE", 1) }, "SignatureInvalid"},
		"other realm":                  {func(s *signed) { s.authorization = strings.Replace(aksk, "SDP", "SDK", 1) }, "SignatureInvalid"},
		"an API key":                   {func(s *signed) { s.authorization = "Bearer " + apiKey }, "SignatureInvalid"},
	} {
		for path, body := range map[string]string{
			callEvents: question("session-1"), callRecords: fees(plainFee(1)), numberStatus: stateOf("+8617000000001", "9"),
			textMessages: text("Block", "text-1", ""), "/huawei/cdrs?x=1": "no JSON",
		} {
			s := huawei(path, body)
			c.change(&s)
			e.refuses(name+" on "+path, s, c.code)
		}
	}
	for path, body := range map[string]string{callEvents: question("session-1"), textMessages: text("Block", "text-1", "")} {
		e.refuses("6 minutes ago", huawei(path, body).ago(6*time.Minute), "TimestampOutOfRange")
		e.refuses("in 6 minutes", huawei(path, body).ago(-6*time.Minute), "TimestampOutOfRange")
	}
	for path, body := range map[string]string{callRecords: fees(plainFee(1)), callEvents: event("answer", "session-1", day(0), `"userData":""`)} {
		e.refuses("12 hours ago", huawei(path, body).ago(12*time.Hour), "TimestampOutOfRange")
		e.refuses("in 6 minutes", huawei(path, body).ago(-6*time.Minute), "TimestampOutOfRange")
	}
	e.absent("wrong token", "/aliyun/receipts/"+receiptToken+"x/SecretReport")
	e.absent("no token", "/aliyun/receipts//SecretReport")
	e.absent("no such type", "/aliyun/receipts/"+receiptToken+"/SecretExceptionPhoneReport")
	e.absent("type in small letters", "/aliyun/receipts/"+receiptToken+"/secretreport")
	if now := contents(t, redis); !maps.Equal(now, before) {
		t.Errorf("Redis held %d keys and holds %d, or other things in them", len(before), len(now))
	}
	e.hides("session-1", "text-1", "fee-0", "13900000", "17000000", "13800000021", appKey, "e2e-other-app")
}

// absent asserts that a path is answered in every respect like one that is not
// there.
func (e *endpoint) absent(what, path string) {
	e.t.Helper()
	ask := func(path string) reply {
		body, err := sim.Batch(plainReport(1))
		if err != nil {
			e.t.Fatal(err)
		}
		r := e.do(http.MethodPost, "http://"+e.public+path, "", string(body))
		r.header.Del("Date")
		return r
	}
	nowhere, got := ask("/nowhere/at/all/of/all"), ask(path)
	same := got.status == nowhere.status && got.body == nowhere.body && maps.EqualFunc(got.header, nowhere.header, func(a, b []string) bool {
		return strings.Join(a, "\n") == strings.Join(b, "\n")
	})
	if !same || got.status != http.StatusNotFound {
		e.t.Errorf("%s: %+v, an absent path: %+v", what, got, nowhere)
	}
}

// TestOlderSignature: the platform signs with AKSK today, and may do so with
// WSSE.
func TestOlderSignature(t *testing.T) {
	e := serve(t, nil)
	e.bind(pairBinding)
	s := huawei(callEvents, question("session-1"))
	s.older, s.authorization = true, strings.Replace(aksk, "AKSK", "WSSE", 1)
	e.accepts("question", s, connected)
	s.nonce += "0"
	s.authorization = aksk
	e.refuses("with the newer Authorization", s, "SignatureInvalid")
}

// TestClocks: a minute more or less does not matter, and a push may be as old as
// the last repetition of its first attempt.
func TestClocks(t *testing.T) {
	e := serve(t, nil)
	e.bind(pairBinding)
	for _, off := range []time.Duration{-time.Minute, 0, time.Minute} {
		e.accepts("question", huawei(callEvents, question("session-"+off.String())).ago(off), connected)
		e.accepts("push", huawei(callRecords, fees(plainFee(1))).ago(off), "")
	}
	e.accepts("push of 10 hours ago", huawei(callRecords, fees(plainFee(2))).ago(10*time.Hour), "")
	if got := len(e.records(nil)); got != 2 {
		t.Errorf("%d records", got)
	}
}

// TestNonces: the signature covers no body, so that a nonce belongs to the first
// one that came with it. What is known already does no harm.
func TestNonces(t *testing.T) {
	const otherSecret = "e2e-app-secret-2-77b0"
	e := serve(t, []string{"XMODE_HUAWEI_APPS=" + appKey + ":" + appSecret + ",e2e-second-app:" + otherSecret})
	e.bind(pairBinding)
	first := huawei(callRecords, fees(plainFee(1), plainFee(2)))
	e.accepts("a push", first, "")
	e.accepts("the same again", first, "")
	e.accepts("with one record of it", first.saying(callRecords, fees(plainFee(2))), "")
	e.accepts("with none", first.saying(callRecords, fees()), "")
	e.refuses("with another record", first.saying(callRecords, fees(plainFee(3))), "NonceReplayed")
	e.refuses("with one that is known and one that is not", first.saying(callRecords, fees(plainFee(1), plainFee(4))), "NonceReplayed")
	e.refuses("with other content of one that is known", first.saying(callRecords, fees(with(t, plainFee(1), "order-1", "order-2"))), "NonceReplayed")
	e.refuses("with no record", first.saying(callRecords, fees("7")), "NonceReplayed")
	e.refuses("on another path", first.saying(numberStatus, stateOf("+8617000000001", "9")), "NonceReplayed")
	e.refuses("with a question", first.saying(callEvents, question("session-1")), "NonceReplayed")

	second := huawei(callRecords, fees(plainFee(5)))
	e.accepts("another push", second, "")
	e.accepts("with what the first one brought", second.saying(callRecords, fees(plainFee(1))), "")
	foreign := second.saying(callRecords, fees(plainFee(6)))
	foreign.app, foreign.secret = "e2e-second-app", otherSecret
	e.accepts("the nonce of another app", foreign, "")

	asked := huawei(callEvents, question("session-2"))
	e.accepts("a question", asked, connected)
	e.accepts("the platform's own retry", asked, connected)
	e.refuses("another question", asked.saying(callEvents, question("session-3")), "NonceReplayed")
	e.refuses("with a push", asked.saying(callRecords, fees(plainFee(7))), "NonceReplayed")

	found := map[string]int{}
	for _, r := range e.records(nil) {
		found[r.RecordID] = r.Pushes
	}
	if want := (map[string]int{"fee-00001": 3, "fee-00002": 3, "fee-00005": 1, "fee-00006": 1}); !maps.Equal(found, want) {
		t.Errorf("pushes of the records: %v, want %v", found, want)
	}
	if r := e.api(http.MethodGet, "/v1/quarantine", ""); r.body != `{"items":[],"next_cursor":""}` {
		t.Errorf("quarantine: %s", r.body)
	}
}
