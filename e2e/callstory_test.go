package e2e_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
)

// joined is a call as /v1/calls shows it, as far as the tests look.
type joined struct {
	Platform string
	CallID   string `json:"call_id"`
	State    string
	Queries  []struct {
		At, Kind, X, Caller, Decision, Reason, Callee string
		BindingID                                     string `json:"binding_id"`
	}
	Events     []told
	Records    []record
	Recordings []struct{ State string }
}

// told is an event in there.
type told struct {
	At, Type, Stage string
	Pushes          int
}

// events lists the types of a call's events.
func (c joined) events() (types []string) {
	for _, e := range c.Events {
		types = append(types, e.Type)
	}
	return types
}

// call reads a call.
func (e *endpoint) call(platform, id string) (c joined) {
	e.t.Helper()
	r := e.api(http.MethodGet, "/v1/calls?"+url.Values{"platform": {platform}, "call_id": {id}}.Encode(), "")
	if err := json.Unmarshal([]byte(r.body), &c); err != nil || r.status != http.StatusOK {
		e.t.Fatalf("call: %d %s, %v", r.status, r.body, err)
	}
	return c
}

// tells asserts that a call has ended, and holds these events and one record, in
// order of time, the one decision, and a recording in this state.
func (c joined) tells(t *testing.T, recording string, events ...string) {
	t.Helper()
	if c.State != "ended" || !slices.Equal(c.events(), events) || len(c.Records) != 1 || len(c.Queries) != 1 {
		t.Fatalf("call %+v, want the events %v", c, events)
	}
	at := func(e int) string { return c.Events[e].At }
	for i := 1; i < len(c.Events); i++ {
		if at(i-1) > at(i) {
			t.Errorf("%s at %s stands before %s at %s", events[i-1], at(i-1), events[i], at(i))
		}
	}
	if q := c.Queries[0]; q.Decision != "connect" || q.Reason != "peer" || q.Caller != "+8613900000022" || q.Callee != "+8613800000021" || q.BindingID != "100001" {
		t.Errorf("decision %+v", q)
	}
	if r := c.Records[0]; r.Caller != "+8613900000022" || r.Callee != "+8613800000021" || r.X != "+8617000000001" || r.CallID != c.CallID ||
		r.Outcome != "answered" || r.Duration != 105 || r.Recording != recording || r.UserData != "order-1" {
		t.Errorf("record %+v", r)
	}
	if len(c.Recordings) != 1 || c.Recordings[0].State != recording {
		t.Errorf("recordings %+v", c.Recordings)
	}
}

// scrambled calls each twice, all in random order.
func scrambled(seed uint64, each ...func()) {
	each = append(each, each...)
	rand.New(rand.NewPCG(seed, 4)).Shuffle(len(each), func(i, j int) { each[i], each[j] = each[j], each[i] })
	for _, do := range each {
		do()
	}
}

// logged waits until the decision about a call is written: that comes after its
// answer.
func (e *endpoint) logged(platform, id string) {
	e.t.Helper()
	path := "/v1/calls?" + url.Values{"platform": {platform}, "call_id": {id}}.Encode()
	within(e.t, 10*time.Second, "the decision in the log", func() bool {
		return strings.Contains(e.api(http.MethodGet, path, "").body, `"decision":"connect"`)
	})
}

// TestCallStoryHuawei: a question, events in any order and more than once, and
// the record are one call.
func TestCallStoryHuawei(t *testing.T) {
	e := serve(t, nil, "--log-level=debug")
	e.bind(pairBinding)
	const numbers = `"caller":"+8613900000022","called":"+8613800000021","userData":"order-1"`
	for seed := range 5 {
		id := fmt.Sprintf("1200_%d_4294967295_20240501020304@callenabler246.huaweicaas.com", seed)
		ask := func() { e.accepts("question", huawei(callEvents, question(id)), connected) }
		event := func(kind string, second int, fields string) func() {
			return func() { e.push(callEvents, event(kind, id, day(second), fields)) }
		}
		record := func() {
			e.push(callRecords, fees(fee("icid-"+id[5:6], id, "+8617000000001", "+8613900000022", "+8613800000021", day(0))))
		}
		if seed%2 == 0 { // with every other seed the answer's log comes after all else
			ask()
		}
		scrambled(uint64(seed), event("callout", 1, numbers), event("alerting", 4, numbers), event("answer", 11, numbers),
			event("disconnect", 116, numbers+`,"stateCode":0,"stateDesc":"The user releases the call.","callRelDirection":1`), record)
		if seed%2 == 1 {
			ask()
		}
		e.logged("huawei", id)
		c := e.call("huawei", id)
		c.tells(t, "pending", "callout", "alerting", "answer", "disconnect")
		if len(c.Events) == 4 && (c.Events[3].Pushes != 2 || c.Records[0].Pushes != 2) {
			t.Errorf("events %+v, record %+v", c.Events, c.Records)
		}
	}
	t.Run("a late event moves nothing back", func(t *testing.T) {
		e.push(callEvents, event("disconnect", "late-session", day(116), numbers))
		e.push(callEvents, event("alerting", "late-session", day(4), numbers))
		if c := e.call("huawei", "late-session"); c.State != "ended" || !slices.Equal(c.events(), []string{"alerting", "disconnect"}) {
			t.Errorf("%+v", c)
		}
		e.push(callEvents, event("alerting", "early-session", day(4), numbers))
		if c := e.call("huawei", "early-session"); c.State != "ringing" {
			t.Errorf("state %s", c.State)
		}
		if r := e.api(http.MethodGet, "/v1/calls?platform=aliyun&call_id=late-session", ""); r.status != http.StatusNotFound {
			t.Errorf("on the other platform: %d %s", r.status, r.body)
		}
	})
	e.hides("callenabler246", "late-session", "icid-", "13900000022", "17000000001", "13800000021", "order-1", ".wav", appKey)
}

// TestTexts: of a text message that is forwarded the platform tells later; one
// that is intercepted is kept when it comes, text and all, and discarded there.
func TestTexts(t *testing.T) {
	e := serve(t, nil, "--log-level=debug")
	e.bind(pairBinding)
	e.bind(`{"id":"100009","x":"17000000009","a":"13800000029","sms":"intercept"}`)
	block := text("Block", "text-1", "meet me at nine")
	e.accepts("a text to be forwarded", huawei(textMessages, block),
		`{"actions":[{"operation":"vNumberRoute","message":{"called":"+8613800000021","calling":"+8613900000022"}}]}`)
	if got := e.records(nil); len(got) != 0 {
		t.Errorf("kept %+v", got)
	}
	intercepted := with(t, text("Block", "text-2", "the code is 4711"), "+8617000000001", "+8617000000009")
	for range 2 { // asked once more with a new signature
		e.accepts("a text to be intercepted", huawei(textMessages, intercepted), `{"actions":[{"operation":"DiscardMessage"}]}`)
	}
	e.push(textMessages, with(t, text("Notify", "text-1", ""), `"virtualNumber"`, `"called":"+8613800000021","virtualNumber"`))
	found := map[string]record{}
	for _, r := range e.records(nil) {
		found[r.CallID] = r
	}
	if r := found["text-2"]; len(found) != 2 || r.Kind != "sms" || r.Outcome != "blocked" || r.X != "+8617000000009" || r.Pushes != 2 ||
		!strings.Contains(string(r.Raw), `"smsContent":"the code is 4711"`) {
		t.Errorf("intercepted: %+v", r)
	}
	if r := found["text-1"]; r.Kind != "sms" || r.Outcome != "answered" || r.Callee != "+8613800000021" {
		t.Errorf("forwarded: %+v", r)
	}
	e.hides("text-1", "text-2", "meet me", "4711", "13900000022", "1700000000", "13800000021")
}

// TestCallStoryAliyun: the same of Alibaba Cloud, with every type of receipt.
func TestCallStoryAliyun(t *testing.T) {
	e := serve(t, nil, "--log-level=debug")
	e.bind(pairBinding)
	var ids []string
	for seed := range 5 {
		c := sim.Call{ID: int64(7001 + seed), PoolKey: "FC1", SubsID: 100001, CallID: fmt.Sprintf("4361263371%dc^101", seed), Phone: "13900000022",
			X: "17000000001", Peer: "13800000021", OutID: "order-1", Dialled: day(0), Out: day(1), Rang: day(4), Answered: day(11), Released: day(116),
			ReleaseDir: 1, ReleaseCause: 16, RecordURL: "http://secret-axb-record-files.oss-cn-shanghai.aliyuncs.com/r.mp3"}
		ask := func() {
			if x := e.ask(sim.Query{Caller: c.Phone, X: c.X, CallID: c.CallID}); x.Answer.Model.ControlOperate != "CONTINUE" {
				t.Fatalf("answer %s", x.Raw)
			}
		}
		report := func(kind sim.Type, r sim.Receipt) func() { return func() { e.report(kind, r, r) } }
		if seed%2 == 0 {
			ask()
		}
		scrambled(uint64(seed), report(sim.SecretStartReport, c.Start()), report(sim.SecretRingReport, c.Ring()), report(sim.SecretPickUpReport, c.PickUp()),
			report(sim.SecretReport, c.Report()), report(sim.SecretRecording, c.Recording()),
			report(sim.SecretAsrReport, sim.Receipt{"call_id": c.CallID, "sentences": []string{"hello"}}),
			report(sim.SmartLogisticsReport, sim.Receipt{"call_id": c.CallID, "label": "parcel"}))
		if seed%2 == 1 {
			ask()
		}
		e.logged("aliyun", c.CallID)
		ids = append(ids, c.CallID)
	}
	for _, id := range ids {
		e.becomes(id, "expired") // these calls are years old
		call := e.call("aliyun", id)
		if undated := slices.DeleteFunc(slices.Clone(call.Events), func(e told) bool { return e.At != "" }); len(call.Events) != 6 || len(undated) != 2 {
			t.Fatalf("events %+v", call.Events)
		}
		call.Events = slices.DeleteFunc(call.Events, func(e told) bool { return e.At == "" })
		// A recording has the time of its call, and stands beside the start of that.
		slices.SortStableFunc(call.Events[:2], func(a, b told) int { return strings.Compare(a.Type, b.Type) })
		call.tells(t, "expired", "SecretRecording", "SecretStartReport", "SecretRingReport", "SecretPickUpReport")
		if call.Records[0].Pushes != 4 || call.Events[3].Pushes != 4 {
			t.Errorf("events %+v, record %+v", call.Events, call.Records)
		}
	}
	e.report(sim.SecretSmsIntercept, sim.Intercept{ID: 7100, PoolKey: "FC1", SubsID: 100001, CallID: "text-3", Sender: "13900000022", X: "17000000001",
		Receiver: "13800000021", Content: "the code is 4711", At: day(0)}.Receipt())
	if c := e.call("aliyun", "text-3"); len(c.Records) != 1 || c.Records[0].Kind != "sms" || !strings.Contains(string(c.Records[0].Raw), "4711") {
		t.Errorf("intercepted: %+v", c)
	}
	e.hides("4361263371", "text-3", "4711", "13900000022", "17000000001", "13800000021", "order-1", ".mp3")
}

// TestNumbers: the last word about each X number counts, of both platforms.
func TestNumbers(t *testing.T) {
	e := serve(t, nil)
	number := func(deleted bool, second int) {
		e.report(sim.NumberManagementReport, sim.Number{X: "17000000001", PoolKey: "FC1", City: "北京", Vendor: 3, Deleted: deleted, At: day(second)}.Receipt())
	}
	number(true, 10)
	number(false, 5) // late
	e.push(numberStatus, stateOf("+8617000000002", "9"))
	e.push(callEvents, `{"eventType":"numStatus","numInfo":[{"number":"+8617000000002","status":"10","cause":"2"},{"number":"95013","status":5}]}`)
	var list struct {
		Items []struct {
			Number, Platform, Status, Cause, Text string
			ChangedAt                             string `json:"changed_at"`
		}
	}
	r := e.api(http.MethodGet, "/v1/numbers", "")
	if err := json.Unmarshal([]byte(r.body), &list); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	var lines []string
	for _, n := range list.Items {
		if _, err := time.Parse(time.RFC3339, n.ChangedAt); err != nil {
			t.Errorf("changed_at: %v", err)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s/%s %s", n.Platform, n.Number, n.Status, n.Cause, n.Text))
	}
	want := []string{"aliyun +8617000000001 2/ deleted", "huawei +8617000000002 10/2 unusable: arrears", "huawei 95013 5/ normal"}
	if !slices.Equal(lines, want) {
		t.Errorf("\n got %q\nwant %q", lines, want)
	}
	if at := list.Items[0].ChangedAt; at != "2024-05-01T02:00:10Z" {
		t.Errorf("changed at %s", at)
	}
}
