package aliyun_test

import (
	"strings"
	"testing"

	"xmode/call"
)

func TestRecordOfAnAnsweredCall(t *testing.T) {
	want := call.Record{
		Platform: "aliyun", ID: "100042", CallID: "112633^104922", Kind: call.Voice, X: x(t, "17000000001"),
		Caller: party(t, "13800000021"), Callee: party(t, "13900000012"), Extension: "8011", BindingID: 1000000001,
		StartedAt: beijing(t, "13:06:07"), RingingAt: beijing(t, "13:06:10"), AnsweredAt: beijing(t, "13:06:20"), EndedAt: beijing(t, "13:08:05"),
		Duration: 105, Outcome: call.Answered, ReleasedBy: call.ByCaller, Cause: call.Cause{Code: "16", Text: "normal clearing"},
		Recording: call.RecordingPending, RecordingID: call.RecordingID("aliyun", "112633^104922"), UserData: "order-1",
	}
	if got := record(t, answered()); got != want {
		t.Errorf("\n got %#v\nwant %#v", got, want)
	}
}

func TestRecordOfAMissedCall(t *testing.T) {
	got := record(t, missed())
	if !got.AnsweredAt.IsZero() || got.Duration != 0 || got.Outcome != call.NoAnswer || got.Recording != call.NoRecording ||
		got.RingingAt != beijing(t, "13:06:10") || got.EndedAt != beijing(t, "13:08:05") {
		t.Errorf("%+v", got)
	}
}

func TestRecordOfATextMessage(t *testing.T) {
	at := beijing(t, "13:06:07")
	for callType, want := range map[any]call.Record{
		2: {Caller: party(t, "13800000021"), Callee: party(t, "13900000012"), Outcome: call.Answered},
		3: {Caller: party(t, "13900000012"), Callee: party(t, "13800000021"), Outcome: call.Answered},
		5: {Caller: party(t, "13800000021"), Callee: party(t, "13900000012"), Outcome: call.Blocked},
	} {
		want.Platform, want.ID, want.CallID, want.Kind, want.X = "aliyun", "100042", "112633^104922", call.SMS, x(t, "17000000001")
		want.BindingID, want.UserData, want.Recording, want.StartedAt, want.EndedAt = 1000000001, "order-1", call.NoRecording, at, at
		for _, i := range []item{texted(), texted().with("call_time", nil), texted().with("start_time", nil)} {
			if got := record(t, i.with("call_type", callType)); got != want {
				t.Errorf("%v:\n got %#v\nwant %#v", callType, got, want)
			}
		}
	}
	if got := record(t, texted().with("unconnected_cause", 4)).Outcome; got != call.Failed {
		t.Errorf("unconnected for another reason: %s", got)
	}
}

// The record of 2017, with the fields that it must have and no other.
func TestLeastRecord(t *testing.T) {
	got := record(t, item{"id": "r-1", "partner_key": "FC1", "phone_no": "13800000021", "secret_no": "17000000001", "peer_no": "13900000012"})
	want := call.Record{
		Platform: "aliyun", ID: "r-1", Kind: call.Voice, X: x(t, "17000000001"), Caller: party(t, "13800000021"),
		Callee: party(t, "13900000012"), Outcome: call.Failed, Recording: call.NoRecording,
	}
	if got != want {
		t.Errorf("\n got %#v\nwant %#v", got, want)
	}
}

func TestWhoCalledWhom(t *testing.T) {
	phone, peer := party(t, "13800000021"), party(t, "13900000012")
	for callType, want := range map[any][2]call.Number{
		0: {phone, peer}, "1": {peer, phone}, 4: {phone, peer}, nil: {phone, peer}, 77: {phone, peer}, "": {phone, peer},
	} {
		c := record(t, answered().with("call_type", callType))
		if c.Caller != want[0] || c.Callee != want[1] || c.Kind != call.Voice {
			t.Errorf("%v: %s %s, %s", callType, c.Kind, c.Caller.Full(), c.Callee.Full())
		}
	}
	for _, nonsense := range []string{"", "anonymous", "138****0021", "１３８００００００２１", strings.Repeat("1", 40), "-1"} {
		c := record(t, answered().with("phone_no", nonsense, "peer_no", nonsense))
		if !c.Caller.IsZero() || !c.Callee.IsZero() {
			t.Errorf("%q: %s, %s", nonsense, c.Caller.Full(), c.Callee.Full())
		}
	}
	if c := record(t, answered().with("secret_no", nil, "sub_id", "a-16-character-id")); !c.X.IsZero() || c.BindingID != 0 {
		t.Errorf("%+v", c)
	}
}

func TestWhenItRang(t *testing.T) {
	const out, later, latest = "2026-03-04 13:06:08", "2026-03-04 13:06:10", "2026-03-04 13:06:12"
	for name, c := range map[string]struct {
		out, ring, free any
		want            string
	}{
		"free ring tone":          {out, latest, later, "13:06:10"},
		"only ring_time":          {out, latest, nil, "13:06:12"},
		"unknown: as ring_time":   {out, latest, latest, "13:06:12"},
		"did not ring":            {out, out, out, ""},
		"did not ring, by either": {out, latest, out, ""},
		"no ring_time":            {out, nil, later, "13:06:10"},
		"neither":                 {out, nil, nil, ""},
		"callee not dialled":      {nil, later, nil, "13:06:10"},
		"rang before dialling":    {later, out, nil, ""},
	} {
		got := record(t, missed().with("call_out_time", c.out, "ring_time", c.ring, "free_ring_time", c.free)).RingingAt
		if c.want == "" && !got.IsZero() || c.want != "" && !got.Equal(beijing(t, c.want)) {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestHowLongItLasted(t *testing.T) {
	for name, c := range map[string]struct {
		start, release any
		connected      bool
		duration       int
	}{
		"answered":          {"2026-03-04 13:06:20", "2026-03-04 13:06:21", true, 1},
		"part of a second":  {1772600780000, 1772600780999, true, 0},
		"at once":           {"2026-03-04 13:06:20", "2026-03-04 13:06:20", false, 0},
		"backwards":         {"2026-03-04 13:06:20", "2026-03-04 13:05:20", false, 0},
		"no start":          {nil, "2026-03-04 13:06:20", false, 0},
		"no release":        {"2026-03-04 13:06:20", nil, false, 0},
		"to the far future": {"2026-03-04 13:06:20", "9999-12-31 23:59:59", true, 9223372036}, // as long as a time.Duration may be
	} {
		got := record(t, answered().with("start_time", c.start, "release_time", c.release))
		if got.Duration != c.duration || (got.Outcome == call.Answered) != c.connected || got.AnsweredAt.IsZero() == c.connected {
			t.Errorf("%s: %d s, %s, %v", name, got.Duration, got.Outcome, got.AnsweredAt)
		}
	}
}

func TestOutcomeOfAnUnansweredCall(t *testing.T) {
	for _, c := range []struct {
		changes []any
		outcome call.RecordOutcome
		cause   call.Cause
	}{
		{[]any{"control_msg", "NO_SUBS_EXIST", "release_cause", 31}, call.Blocked, call.Cause{Code: "31", Text: "normal, unspecified"}},
		{[]any{"unconnected_cause", 1}, call.Blocked, call.Cause{Code: "16", Text: "normal clearing; not connected: blacklist"}},
		{[]any{"unconnected_cause", "2", "release_cause", nil}, call.Blocked, call.Cause{Code: "2", Text: "no binding"}},
		{[]any{"unconnected_cause", 3, "release_cause", 200}, call.Blocked, call.Cause{Code: "200", Text: "not connected: call restriction"}},
		{[]any{"unconnected_cause", 4, "release_cause", nil, "release_dir", nil}, call.Failed, call.Cause{Code: "4", Text: "other"}},
		{[]any{"unconnected_cause", 4, "release_cause", 17}, call.Busy, call.Cause{Code: "17", Text: "busy; not connected: other"}},
		{[]any{"unconnected_cause", 9}, call.NoAnswer, call.Cause{Code: "16", Text: "normal clearing"}},
		{[]any{"call_type", 4}, call.Blocked, call.Cause{Code: "16", Text: "normal clearing"}},
		{[]any{"release_cause", 17}, call.Busy, call.Cause{Code: "17", Text: "busy"}},
		{[]any{"release_cause", "18"}, call.NoAnswer, call.Cause{Code: "18", Text: "no answer"}},
		{[]any{"release_cause", " 19 "}, call.NoAnswer, call.Cause{Code: "19", Text: "no answer"}},
		{[]any{"release_cause", 7}, call.Rejected, call.Cause{Code: "7", Text: "callee reached but refused"}},
		{[]any{"release_cause", 21}, call.Rejected, call.Cause{Code: "21", Text: "not connected"}},
		{[]any{"release_cause", 33}, call.Rejected, call.Cause{Code: "33", Text: "callee hung up"}},
		{[]any{"release_cause", 1}, call.Failed, call.Cause{Code: "1", Text: "unallocated number"}},
		{[]any{"release_cause", 20}, call.Failed, call.Cause{Code: "20", Text: "unreachable"}},
		{[]any{"release_cause", 39}, call.Failed, call.Cause{Code: "39", Text: "frame-mode connection"}},
		{[]any{"release_cause", 127}, call.Failed, call.Cause{Code: "127", Text: "interworking"}},
		{[]any{"release_cause", 40}, call.Failed, call.Cause{Code: "40"}},
		{[]any{"release_cause", "SIP-486"}, call.Failed, call.Cause{Code: "SIP-486"}},
		{[]any{"release_cause", -1}, call.Failed, call.Cause{Code: "-1"}},
		{[]any{"release_cause", "99999999999999999999"}, call.Failed, call.Cause{Code: "99999999999999999999"}},
		{[]any{"release_dir", 2}, call.Rejected, call.Cause{Code: "16", Text: "normal clearing"}},
		{[]any{"release_dir", "0"}, call.NoAnswer, call.Cause{Code: "16", Text: "normal clearing"}},
		{[]any{"release_dir", 1, "release_cause", nil}, call.NoAnswer, call.Cause{}},
		{[]any{"release_dir", 2, "release_cause", nil}, call.Rejected, call.Cause{}},
		{[]any{"release_dir", 0, "release_cause", nil}, call.Failed, call.Cause{}},
		{[]any{"release_dir", 1, "release_cause", 0}, call.NoAnswer, call.Cause{Code: "0"}},
		{[]any{"release_dir", 7, "release_cause", nil}, call.Failed, call.Cause{}},
	} {
		if got := record(t, missed().with(c.changes...)); got.Outcome != c.outcome || got.Cause != c.cause {
			t.Errorf("%v: %s %q, want %s %q", c.changes, got.Outcome, got.Cause, c.outcome, c.cause)
		}
	}
}

func TestWhoHungUp(t *testing.T) {
	for dir, want := range map[any]call.Party{0: call.ByPlatform, "1": call.ByCaller, 2: call.ByCallee, 3: "", nil: "", "": ""} {
		if got := record(t, answered().with("release_dir", dir)).ReleasedBy; got != want {
			t.Errorf("%v: %q, want %q", dir, got, want)
		}
	}
}

func TestWhatIsRecorded(t *testing.T) {
	long := "http://records.aliyuncs.com/" + strings.Repeat("x", 2000)
	for _, c := range []struct {
		record, ring any
		want         call.RecordingState
	}{
		{nil, nil, call.NoRecording}, {"", "", call.NoRecording}, {long, nil, call.RecordingPending}, {nil, long, call.RecordingPending},
	} {
		if got := record(t, answered().with("record_url", c.record, "ring_record_url", c.ring)).Recording; got != c.want {
			t.Errorf("%v, %v: %s", c.record, c.ring, got)
		}
	}
}
