package sim_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
)

// beijing reads a time of 1 January 2018 in Beijing, "20:00:00".
func beijing(t testing.TB, clock string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, "2018-01-01T"+clock+"+08:00")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// example is the call of the contract's examples.
func example(t testing.TB) sim.Call {
	return sim.Call{
		ID: 1, PoolKey: "FC1", SubsID: 1000000001, CallID: "abcdef1234", Phone: "13900001111", X: "17000000000", Peer: "13900002222",
		OutID: "order-1", Dialled: beijing(t, "20:00:00"), Out: beijing(t, "20:00:01"), Rang: beijing(t, "20:00:03"),
		Answered: beijing(t, "20:00:12"), Released: beijing(t, "20:01:12"), ReleaseDir: 1, ReleaseCause: 16,
	}
}

// writes asserts how a receipt is written, byte for byte.
func writes(t *testing.T, r sim.Receipt, want string) {
	t.Helper()
	got, err := json.Marshal(r)
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}

func TestReceiptsOfACall(t *testing.T) {
	c := example(t)
	writes(t, c.Start(), `{"call_id":"abcdef1234","call_time":"2018-01-01 20:00:00","call_type":0,"called_display_no":"17000000000","control_msg":"OK",`+
		`"control_type":"CONTINUE","out_id":"order-1","partner_key":"FC1","peer_no":"13900002222","phone_no":"13900001111","pool_key":"FC1",`+
		`"secret_no":"17000000000","sub_id":1000000001,"unconnected_cause":0}`)
	writes(t, c.Ring(), `{"call_id":"abcdef1234","call_time":"2018-01-01 20:00:00","call_type":"0","out_id":"order-1","peer_no":"13900002222",`+
		`"phone_no":"13900001111","pool_key":"FC1","ring_time":"2018-01-01 20:00:03","secret_no":"17000000000","sub_id":"1000000001"}`)
	writes(t, c.PickUp(), `{"call_id":"abcdef1234","call_time":"2018-01-01 20:00:00","call_type":"0","out_id":"order-1","peer_no":"13900002222",`+
		`"phone_no":"13900001111","pool_key":"FC1","ring_Time":"2018-01-01 20:00:03","secret_no":"17000000000","start_time":"2018-01-01 20:00:12",`+
		`"sub_id":"1000000001"}`)
	writes(t, c.Recording(), `{"call_id":"abcdef1234","call_time":1514808000000,"out_id":"order-1","pool_key":"FC1","sub_id":1000000001}`)
	c.RecordURL, c.Extension, c.City = "http://x/1.mp3", "801", "北京"
	writes(t, c.Report(), `{"call_id":"abcdef1234","call_out_time":"2018-01-01 20:00:01","call_time":"2018-01-01 20:00:00","call_type":0,`+
		`"called_display_no":"17000000000","city":"北京","control_msg":"OK","control_type":"CONTINUE","extension":"801","free_ring_time":"2018-01-01 20:00:03",`+
		`"id":1,"out_id":"order-1","partner_key":"FC1","peer_no":"13900002222","phone_no":"13900001111","pool_key":"FC1",`+
		`"record_url":"http://x/1.mp3","release_cause":16,"release_dir":1,"release_time":"2018-01-01 20:01:12","ring_time":"2018-01-01 20:00:03",`+
		`"secret_no":"17000000000","sms_number":0,"start_time":"2018-01-01 20:00:12","sub_id":1000000001,"unconnected_cause":0}`)
}

func TestStagesThatWereNotReached(t *testing.T) {
	none := time.Time{}
	for name, c := range map[string]struct {
		change func(*sim.Call)
		want   map[string]string // the times that differ from those of the call that was answered
	}{
		"answered":     {func(*sim.Call) {}, nil},
		"not picked":   {func(c *sim.Call) { c.Answered = none }, map[string]string{"start_time": "20:01:12"}},
		"did not ring": {func(c *sim.Call) { c.Answered, c.Rang = none, none }, map[string]string{"start_time": "20:01:12", "ring_time": "20:00:01", "free_ring_time": "20:00:01"}},
		"not dialled": {func(c *sim.Call) { c.Answered, c.Rang, c.Out = none, none, none },
			map[string]string{"start_time": "20:01:12", "ring_time": "20:00:00", "free_ring_time": "20:00:00", "call_out_time": "20:00:00"}},
		"text": {func(c *sim.Call) { *c = sim.Call{Dialled: c.Dialled, Type: sim.TextSent} },
			map[string]string{"start_time": "20:00:00", "ring_time": "20:00:00", "free_ring_time": "20:00:00", "call_out_time": "20:00:00", "release_time": "20:00:00"}},
	} {
		want := map[string]string{"call_time": "20:00:00", "call_out_time": "20:00:01", "ring_time": "20:00:03", "free_ring_time": "20:00:03", "start_time": "20:00:12", "release_time": "20:01:12"}
		maps.Copy(want, c.want)
		made := example(t)
		c.change(&made)
		r := made.Report()
		for field, clock := range want {
			if r[field] != "2018-01-01 "+clock {
				t.Errorf("%s: %s is %v, want %s", name, field, r[field], clock)
			}
		}
	}
}

func TestACallWithoutABinding(t *testing.T) {
	c := example(t)
	c.UnconnectedCause = 2
	if r := c.Start(); r["control_msg"] != "NO_SUBS_EXIST" || r["control_type"] != "REJECT" {
		t.Errorf("%v", r)
	}
}

// TestWhatTheAnswerSaidIsInReceipts: how the query was answered, and what was typed.
func TestWhatTheAnswerSaidIsInReceipts(t *testing.T) {
	c := example(t)
	c.Display, c.Extension, c.Control, c.ControlMsg, c.Texts = "17000000009", "801", "IVR", "WAIT", 2
	for _, r := range []sim.Receipt{c.Start(), c.Report()} {
		if r["called_display_no"] != "17000000009" || r["control_type"] != "IVR" || r["control_msg"] != "WAIT" {
			t.Errorf("%v", r)
		}
	}
	if c.Ring()["extension"] != "801" || c.PickUp()["extension"] != "801" || c.Report()["sms_number"] != 2 {
		t.Errorf("%v %v %v", c.Ring(), c.PickUp(), c.Report())
	}
	c.UnconnectedCause, c.ControlMsg = 2, ""
	if r := c.Start(); r["control_type"] != "IVR" || r["control_msg"] != "NO_SUBS_EXIST" {
		t.Errorf("%v", r)
	}
}

func TestOtherReceipts(t *testing.T) {
	i := sim.Intercept{ID: 7, PoolKey: "FC1", SubsID: 3, CallID: "s-1", Sender: "13900001111", X: "17000000000", Receiver: "13900002222", Content: "hi", At: beijing(t, "20:00:00")}
	writes(t, i.Receipt(), `{"call_id":"s-1","id":7,"partner_key":"FC1","pool_key":"FC1","receive_no":"13900002222","secret_no":"17000000000","send_no":"13900001111",`+
		`"sms_content":"hi","sms_type":1,"start_time":"2018-01-01 20:00:00","sub_id":3}`)
	i.Why, i.Code, i.Status, i.OutID = "NORMAL", "DELIVRD", 1, "order-1"
	for name, want := range map[string]any{"sms_intercept_type": "NORMAL", "code": "DELIVRD", "status": 1, "out_id": "order-1"} {
		if got := i.Receipt()[name]; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	n := sim.Number{X: "17000000000", PoolKey: "FC1", City: "北京", Vendor: 3, At: beijing(t, "20:00:00")}
	writes(t, n.Receipt(), `{"city":"北京","operating_time":"2018-01-01 20:00:00","partner_key":"FC1","secret_no":"17000000000","status":1,"vendor":3}`)
	n.Deleted = true
	if got := n.Receipt()["status"]; got != 2 {
		t.Errorf("status %v", got)
	}
}

func TestReceiptWith(t *testing.T) {
	r := sim.Receipt{"a": 1, "b": 2}
	if got := r.With("a", nil).With("c", "x"); !reflect.DeepEqual(got, sim.Receipt{"b": 2, "c": "x"}) || len(r) != 2 {
		t.Errorf("%v of %v", got, r)
	}
}

func TestBatch(t *testing.T) {
	for want, list := range map[string][]sim.Receipt{"[]": nil, `[{"a":1},{}]`: {{"a": 1}, {}}} {
		if got, err := sim.Batch(list...); err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	if _, err := sim.Batch(sim.Receipt{"a": func() {}}); err == nil {
		t.Error("a function is written")
	}
}
