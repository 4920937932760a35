package aliyun_test

import (
	"testing"

	"xmode/call"
)

// during is what the receipts during a call have in common.
func during() item {
	return item{
		"pool_key": "FC1", "sub_id": "1000000001", "call_id": "112633^104922", "phone_no": "13800000021", "secret_no": "17000000001",
		"peer_no": "13900000012", "out_id": "order-1", "call_type": "1", "call_time": "2026-03-04 13:06:07",
	}
}

// event reads a receipt and asserts that its id is a digest, which it leaves out.
func event(t *testing.T, kind string, i item) call.Event {
	t.Helper()
	report := read(t, kind, i)
	if report.Event == nil || report.Fault != "" || report.Record != nil || report.Status != nil {
		t.Fatalf("%s: %+v is no event", kind, report)
	}
	e := *report.Event
	if len(e.ID) != 33 {
		t.Errorf("id %q", e.ID)
	}
	e.ID = ""
	return e
}

func TestEventsOfACall(t *testing.T) {
	common := call.Event{
		Platform: "aliyun", CallID: "112633^104922", X: x(t, "17000000001"), Caller: party(t, "13900000012"), Callee: party(t, "13800000021"),
		BindingID: 1000000001, UserData: "order-1",
	}
	for _, c := range []struct {
		kind, clock string
		item        item
		stage       call.Stage
		recorded    bool
	}{
		{"SecretStartReport", "13:06:07", during(), call.StageStarted, false},
		{"SecretRingReport", "13:06:10", during().with("ring_time", "2026-03-04 13:06:10"), call.StageRinging, false},
		{"SecretPickUpReport", "13:06:20", during().with("ring_Time", "2026-03-04 13:06:10", "start_time", "2026-03-04 13:06:20"), call.StageAnswered, false},
		{"SecretRecording", "13:06:07", during().with("call_time", 1772600767000), "", true},
		{"SecretRecording", "13:06:07", during().renamed("sub_id", "subs_id"), "", true},
	} {
		want := common
		want.Type, want.Stage, want.Recorded, want.At = c.kind, c.stage, c.recorded, beijing(t, c.clock)
		if c.recorded {
			want.RecordingID = call.RecordingID("aliyun", want.CallID)
		}
		if got := event(t, c.kind, c.item); got != want {
			t.Errorf("\n got %#v\nwant %#v", got, want)
		}
	}
}

func TestSpellingsOfOneEvent(t *testing.T) {
	i := during().with("ring_time", "2026-03-04 13:06:10")
	first := read(t, "SecretRingReport", i).Event
	for _, other := range []item{
		i.renamed("ring_time", "ring_Time"), i.renamed("ring_time", "ringTime"), i.with("ring_time", 1772600770000), i.with("call_type", 1, "sub_id", 1000000001),
		i.with("city", "北京"), i.renamed("sub_id", "subs_id"), i.renamed("secret_no", "secretNo"),
	} {
		if e := read(t, "SecretRingReport", other).Event; e == nil || e.Identity() != first.Identity() || e.Content() != first.Content() {
			t.Errorf("%+v is not %+v", e, first)
		}
	}
	if e := read(t, "SecretRingReport", i.with("ring_time", 1772600770001)).Event; e.Identity() == first.Identity() {
		t.Error("ringing again is the same event")
	}
}

func TestEventWithoutATime(t *testing.T) {
	e := event(t, "SecretPickUpReport", during())
	if !e.At.IsZero() || e.Stage != call.StageAnswered {
		t.Errorf("%+v", e)
	}
	one, two := read(t, "SecretPickUpReport", during()).Event, read(t, "SecretPickUpReport", during().with("city", "x")).Event
	if one.ID == two.ID {
		t.Error("without a time everything counts")
	}
}

func TestACallThatNeverStarts(t *testing.T) {
	for _, i := range []item{during().with("control_msg", "NO_SUBS_EXIST"), during().with("call_type", 4), during().with("unconnected_cause", 2)} {
		if e := event(t, "SecretStartReport", i); e.Stage != call.StageRejected {
			t.Errorf("%v: %s", i, e.Stage)
		}
	}
	if e := event(t, "SecretStartReport", during().with("unconnected_cause", 2)); e.Cause != (call.Cause{Code: "2", Text: "no binding"}) {
		t.Errorf("%+v", e.Cause)
	}
}

func TestReceiptsOfUnknownFields(t *testing.T) {
	for _, kind := range []string{"SecretAsrReport", "SmartLogisticsReport"} {
		want := call.Event{Platform: "aliyun", Type: kind, CallID: "c-1", BindingID: 7, UserData: "order-1"}
		got := event(t, kind, item{"call_id": "c-1", "sub_id": 7, "out_id": "order-1", "call_time": "in no form at all", "sentences": []string{"a"}})
		if got != want {
			t.Errorf("\n got %#v\nwant %#v", got, want)
		}
		if got := event(t, kind, item{"unknown": 1}); got != (call.Event{Platform: "aliyun", Type: kind}) {
			t.Errorf("%+v", got)
		}
		one, two := read(t, kind, item{"call_id": "c-1", "text": "a"}), read(t, kind, item{"call_id": "c-1", "text": "b"})
		if one.Event.ID == two.Event.ID {
			t.Errorf("%s: two sentences are one", kind)
		}
	}
}
