package e2e_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"xmode/platform/aliyun/sim"
)

// outcomes are what became of the items of a push, as the metric counts them.
type outcomes map[string]int

// outcomes reads the metric.
func (e *endpoint) outcomes() outcomes {
	e.t.Helper()
	now := outcomes{}
	for _, outcome := range []string{"fresh", "duplicate", "conflict", "quarantined"} {
		if n := e.metric("xmode_push_records_total", `outcome="`+outcome+`"`); n != 0 {
			now[outcome] = int(n)
		}
	}
	return now
}

// since is what has come to them.
func (o outcomes) since(before outcomes) outcomes {
	more := outcomes{}
	for outcome, n := range o {
		if n != before[outcome] {
			more[outcome] = n - before[outcome]
		}
	}
	return more
}

// with changes a record, which must hold what is to be changed.
func with(t *testing.T, record, what, to string) string {
	t.Helper()
	if !strings.Contains(record, what) {
		t.Fatalf("no %s in %s", what, record)
	}
	return strings.ReplaceAll(record, what, to)
}

func zipped(t *testing.T, text io.Reader) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.Copy(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// endless is as many zeros as are asked for.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// forty is a number of 40 digits.
const forty = "1390000002213900000022139000000221390000"

// TestBadPushes: nonsense in one record costs that record and not its batch,
// nonsense as a whole is refused and, where it was signed, kept for a look.
func TestBadPushes(t *testing.T) {
	e := serve(t, nil, "--max-body=16MiB", "--push-budget=10s", "--log-level=debug")
	anonymous := with(t, with(t, plainFee(100), `"icid":"fee-00100",`, ""), `"sessionId":"session-00100",`, "")
	anonymous = with(t, anonymous, `"callInTime"`, `"unknown"`)
	good, n := 0, 200
	// beside is a record and, behind it, a good one.
	beside := func(record string) string { good++; return fees(record, plainFee(300+good)) }
	// fresh is another record, with something changed.
	fresh := func(what, to string) string { n++; return with(t, plainFee(n), what, to) }
	malformed := func(message string) string { return refusal("MalformedBody", message) }
	for _, c := range []struct {
		name, body, packing string
		status              int
		answer              string
		want                outcomes
	}{
		{name: "no records", body: fees(), status: 200, want: outcomes{}},
		{name: "51 records", body: fees(plainFees(1000, 51)...), status: 200, want: outcomes{"fresh": 51}},
		{name: "5 000 records", body: fees(plainFees(2000, 5000)...), status: 200, want: outcomes{"fresh": 5000}},
		{name: "no identity", body: fees(anonymous), status: 200, want: outcomes{"fresh": 1}},
		{name: "no identity, again", body: fees(" " + anonymous), status: 200, want: outcomes{"duplicate": 1}},
		{name: "other content", body: fees(with(t, plainFee(1000), "order-1", "order-2")), status: 200, want: outcomes{"conflict": 1}},
		{name: "other spelling", body: fees(with(t, plainFee(1001), `"recordFlag":1`, `"recordFlag":"1"`)), status: 200, want: outcomes{"duplicate": 1}},
		{name: "an object for a text", body: beside(fresh(`"order-1"`, `{"a":1}`)), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "a text for a number", body: beside(fresh(`"recordFlag":1`, `"recordFlag":"perhaps"`)), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "a field twice", body: beside(fresh(`"hostName":"h"`, `"icid":"x"`)), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "no records at all", body: fees(`7`, `null`, `"x"`, `[]`, `{}`), status: 200, want: outcomes{"quarantined": 5}},
		{name: "invalid UTF-8", body: beside(fresh("order-1", "\xff\xfe")), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "invalid UTF-8 in a key", body: beside(fresh(`"hostName"`, "\"host\xc0\"")), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "unpaired surrogate", body: beside(fresh("order-1", `\ud83d`)), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "surrogates the wrong way round", body: beside(fresh("order-1", `\ude00\ud83d`)), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "a pair of surrogates", body: fees(fresh("order-1", `\ud83d\ude00`)), status: 200, want: outcomes{"fresh": 1}},
		{name: "feeLst is an object", body: `{"eventType":"fee","feeLst":` + plainFee(500) + `}`, status: 200, want: outcomes{"fresh": 1}},
		{name: "feeLst is a text", body: `{"eventType":"fee","feeLst":"x"}`, status: 200, want: outcomes{"quarantined": 1}},
		{name: "far future", body: fees(fresh("2024-05-01", "9999-12-31")), status: 200, want: outcomes{"fresh": 1}},
		{name: "distant past", body: beside(fresh("2024-05-01", "0001-01-01")), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "no day", body: beside(fresh("2024-05-01", "2024-02-30")), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "caller of 40 digits", body: fees(fresh(`"callerNum":"+86139`, `"callerNum":"+`+forty)), status: 200, want: outcomes{"fresh": 1}},
		{name: "caller is a number of 40 digits", body: fees(with(t, plainFee(510), `"callerNum":"+8613900000510"`, `"callerNum":`+forty)), status: 200, want: outcomes{"fresh": 1}},
		{name: "X number of 40 digits", body: beside(with(t, plainFee(511), `"bindNum":"+8617000000111"`, `"bindNum":"`+forty+`"`)), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "counts of 40 digits", body: beside(fresh(`"fwdUnaswRsn":0`, `"fwdUnaswRsn":`+forty)), status: 200, want: outcomes{"fresh": 1, "quarantined": 1}},
		{name: "gzip", packing: "gzip", body: zipped(t, strings.NewReader(fees(plainFee(520)))), status: 200, want: outcomes{"fresh": 1}},
		{name: "gzip bomb", packing: "gzip", body: zipped(t, io.LimitReader(endless{}, 64<<20)), status: 413, answer: refusal("BodyTooLarge", "body too large"), want: outcomes{}},
		{name: "gzip cut off", packing: "gzip", body: zipped(t, strings.NewReader(fees(plainFee(521))))[:100], status: 400, answer: malformed("body: not gzip, or cut off"), want: outcomes{}},
		{name: "no gzip", packing: "gzip", body: fees(plainFee(522)), status: 400, answer: malformed("body: not gzip, or cut off"), want: outcomes{}},
		{name: "another packing", packing: "br", body: fees(plainFee(523)), status: 415, answer: refusal("UnsupportedMediaType", "Content-Encoding: must be gzip or identity"), want: outcomes{}},
		{name: "cut off", body: cutOff, status: 400, answer: malformed("body: not valid JSON"), want: outcomes{"quarantined": 1}},
		{name: "cut off, again", body: cutOff, status: 400, answer: malformed("body: not valid JSON"), want: outcomes{"quarantined": 1}},
		{name: "a list", body: "[" + plainFee(530) + "]", status: 400, answer: malformed("body: must be an object"), want: outcomes{"quarantined": 1}},
		{name: "nothing", body: "", status: 400, answer: malformed("body: not valid JSON"), want: outcomes{"quarantined": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := e.outcomes()
			m := huawei(callRecords, c.body)
			m.packing = c.packing
			if r := e.huawei(m); r.status != c.status || r.body != c.answer {
				t.Errorf("%d %s, want %d %s", r.status, r.body, c.status, c.answer)
			}
			if got := e.outcomes().since(before); !maps.Equal(got, c.want) {
				t.Errorf("became %v, want %v", got, c.want)
			}
		})
	}
	t.Run("what is kept", func(t *testing.T) { e.keeps(t) })
	t.Run("questions", func(t *testing.T) { e.refusesQuestions(t) })
	e.hides(forty, "session-", "fee-0", "13900000", "17000000", "13800000021", "ostor.huawei.com")
}

// cutOff is a body of which the end is missing.
const cutOff = `{"eventType":"fee","feeLst":[{"icid":"fee-00540","sessionId":"session-005`

// keeps asserts what can be read after all that.
func (e *endpoint) keeps(t *testing.T) {
	var list struct {
		Items []struct {
			ID, Platform, Kind, Reason string
			Pushes                     int
			Raw                        json.RawMessage
		}
	}
	r := e.api(http.MethodGet, "/v1/quarantine?limit=1000", "")
	if err := json.Unmarshal([]byte(r.body), &list); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	cut := 0
	for _, q := range list.Items {
		var text string
		if json.Unmarshal(q.Raw, &text) == nil && text == cutOff {
			cut++
			if q.Pushes != 2 || q.Platform != "huawei" || q.Kind != "fee" || q.Reason != "body: not valid JSON" {
				t.Errorf("%+v", q)
			}
		}
		if r := e.api(http.MethodPost, "/v1/quarantine/"+q.ID+"/retry", ""); r.status != http.StatusConflict {
			t.Errorf("%s once more: %d %s", q.Reason, r.status, r.body)
		}
	}
	if cut != 1 {
		t.Errorf("the body that was cut off is there %d times", cut)
	}
	pushes := map[string]int{}
	for _, r := range e.records(nil) {
		pushes[r.RecordID] += r.Pushes
		if r.Conflict != (r.RecordID == "fee-01000") {
			t.Errorf("%s: conflict %v", r.RecordID, r.Conflict)
		}
	}
	if got := len(e.records(url.Values{"since": {"9999-12-31T00:00:00Z"}})); got != 1 {
		t.Errorf("%d records of the far future", got)
	}
	if pushes["fee-01000"] != 2 || pushes["fee-01001"] != 2 || pushes["fee-06999"] != 1 {
		t.Errorf("pushes %v, %v, %v", pushes["fee-01000"], pushes["fee-01001"], pushes["fee-06999"])
	}
}

// refusesQuestions: what has to be answered needs a call and an X number.
func (e *endpoint) refusesQuestions(t *testing.T) {
	good := callin("session-q", "+8613900000022", "+8617000000001")
	for name, c := range map[string]struct{ body, message string }{
		"no call":              {with(t, good, `"sessionId":"session-q",`, ""), "sessionId: required"},
		"no X number":          {with(t, good, `"+8617000000001"`, `""`), "called: required"},
		"X number of 40":       {with(t, good, "+8617000000001", forty), "called: not an X number"},
		"call with surrogates": {with(t, good, "session-q", `\ud800`), "sessionId: must be 1 to 256 printable bytes"},
	} {
		if r := e.huawei(huawei(callEvents, c.body)); r.status != 400 || r.body != refusal("InvalidParameter", c.message) {
			t.Errorf("%s: %d %s, want %s", name, r.status, r.body, c.message)
		}
	}
	for name, caller := range map[string]string{"of 40 digits": forty, "no UTF-8": "\xff", "withheld": "", "a surrogate": `\udc00`} {
		if r := e.huawei(huawei(callEvents, callin("session-"+name, caller, "+8617000000001"))); r.status != 200 || r.body != `{"operation":"close","closeInfo":{}}` {
			t.Errorf("caller %s: %d %s", name, r.status, r.body)
		}
	}
}

// TestBadReceipts: the same of Alibaba Cloud.
func TestBadReceipts(t *testing.T) {
	e := serve(t, nil, "--log-level=debug")
	good := func(n int) string {
		text, err := sim.Batch(plainReport(n))
		if err != nil {
			t.Fatal(err)
		}
		return string(text[1 : len(text)-1])
	}
	for _, c := range []struct {
		name, body string
		status     int
		want       outcomes
	}{
		{"no receipts", `[]`, 200, outcomes{}},
		{"51 receipts", `[` + strings.Repeat(good(1)+",", 50) + good(2) + `]`, 200, outcomes{"fresh": 2, "duplicate": 49}},
		{"a single one", good(3), 200, outcomes{"fresh": 1}},
		{"invalid UTF-8", `[` + with(t, good(4), "order-1", "\xff") + `,` + good(5) + `]`, 200, outcomes{"fresh": 1, "quarantined": 1}},
		{"unpaired surrogate", `[` + with(t, good(6), "order-1", `\udfff`) + `,` + good(7) + `]`, 200, outcomes{"fresh": 1, "quarantined": 1}},
		{"no Beijing time", `[` + with(t, good(8), "2024-05-01 ", "2024-05-01T") + `]`, 200, outcomes{"quarantined": 1}},
		{"peer of 40 digits", `[` + with(t, good(9), "13800000021", forty) + `]`, 200, outcomes{"fresh": 1}},
		{"foreign things", `[{"a":1},7,null]`, 200, outcomes{"quarantined": 3}},
		{"cut off", good(10)[:99], 400, outcomes{"quarantined": 1}},
		{"a text", `"x"`, 400, outcomes{"quarantined": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := e.outcomes()
			p, err := e.receipts().PushBody(t.Context(), sim.SecretReport, []byte(c.body))
			answer := `{"code":0,"msg":"success"}`
			if c.status != http.StatusOK {
				answer = refusal("MalformedBody", "body: must be a JSON array of receipts")
			}
			if err != nil || p.Status != c.status || string(p.Raw) != answer {
				t.Errorf("%d %s, %v, want %d %s", p.Status, p.Raw, err, c.status, answer)
			}
			if got := e.outcomes().since(before); !maps.Equal(got, c.want) {
				t.Errorf("became %v, want %v", got, c.want)
			}
		})
	}
	e.hides(forty, "call-0000", "13900000", "17000000", "13800000021")
}

// TestTheSameAtOnce: equal and overlapping batches that come together count
// like those that come one after the other.
func TestTheSameAtOnce(t *testing.T) {
	e := serve(t, nil, "--push-budget=10s")
	same := huawei(callRecords, fees(plainFees(0, 50)...))
	messages := []signed{huawei(callRecords, fees(plainFees(100, 50)...)), huawei(callRecords, fees(plainFees(125, 50)...))}
	for range 20 {
		messages = append(messages, same)
	}
	var group sync.WaitGroup
	for _, m := range messages {
		group.Go(func() {
			if r := e.huawei(m); r.status != http.StatusOK {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	group.Wait()
	counted := map[int]int{}
	for _, r := range e.records(nil) {
		counted[r.Pushes]++
	}
	if want := (map[int]int{20: 50, 2: 25, 1: 50}); !maps.Equal(counted, want) {
		t.Errorf("records by their pushes: %v, want %v", counted, want)
	}
	if got, want := e.outcomes(), (outcomes{"fresh": 125, "duplicate": 19*50 + 25}); !maps.Equal(got, want) {
		t.Errorf("became %v, want %v", got, want)
	}
}
