package aliyun_test

import (
	"testing"

	"xmode/call"
)

func intercepted() item {
	return item{
		"id": 1, "partner_key": "FC1", "pool_key": "FC1", "out_id": "order-1", "sub_id": 1000000001, "sms_type": 1, "send_no": "13900000012",
		"secret_no": "17000000001", "receive_no": "13800000021", "sms_content": "密文", "call_id": "s-1", "start_time": "2026-03-04 13:06:07",
	}
}

func TestRecordOfAnInterceptedText(t *testing.T) {
	got := read(t, "SecretSmsIntercept", intercepted()).Record
	if got == nil {
		t.Fatal("no record")
	}
	want := call.Record{
		Platform: "aliyun", ID: got.ID, CallID: "s-1", Kind: call.SMS, X: x(t, "17000000001"), Caller: party(t, "13900000012"),
		Callee: party(t, "13800000021"), BindingID: 1000000001, StartedAt: beijing(t, "13:06:07"), Outcome: call.Blocked,
		Recording: call.NoRecording, UserData: "order-1",
	}
	if *got != want || got.ID == "1" || len(got.ID) != 33 {
		t.Errorf("\n got %#v\nwant %#v", *got, want)
	}
	for _, i := range []item{intercepted().with("start_time", "1772600767000", "sub_id", "1000000001"), intercepted().with("id", 2), intercepted().renamed("secret_no", "secretNo")} {
		if other := read(t, "SecretSmsIntercept", i).Record; other.Identity() != got.Identity() || other.Content() != got.Content() {
			t.Errorf("%+v is not %+v", other, got)
		}
	}
}

func TestWhatBecameOfAText(t *testing.T) {
	for _, c := range []struct {
		intercepted, code, status any
		outcome                   call.RecordOutcome
		cause                     call.Cause
	}{
		{nil, nil, nil, call.Blocked, call.Cause{}},
		{"NORMAL", nil, nil, call.Blocked, call.Cause{}},
		{"SUBS_NOT_EXISTS", "DELIVRD", 1, call.Blocked, call.Cause{Code: "SUBS_NOT_EXISTS", Text: "no binding"}},
		{"CONTROL_DISABLE", nil, nil, call.Blocked, call.Cause{Code: "CONTROL_DISABLE", Text: "not allowed"}},
		{"CALLED_NOT_EXISTS", nil, nil, call.Blocked, call.Cause{Code: "CALLED_NOT_EXISTS", Text: "no receiver"}},
		{nil, "DELIVRD", nil, call.Answered, call.Cause{Code: "DELIVRD", Text: "delivered"}},
		{nil, "ACCEPTD", "2", call.Answered, call.Cause{Code: "ACCEPTD", Text: "accepted"}},
		{nil, "REJECTD", 1, call.Failed, call.Cause{Code: "REJECTD", Text: "rejected"}},
		{nil, "UNDELIV", nil, call.Failed, call.Cause{Code: "UNDELIV", Text: "not deliverable"}},
		{"NORMAL", "EXPIRED", nil, call.Failed, call.Cause{Code: "EXPIRED", Text: "expired"}},
		{nil, "MK:0001", "2", call.Failed, call.Cause{Code: "MK:0001"}},
		{nil, "MK:0001", nil, call.Blocked, call.Cause{Code: "MK:0001"}},
		{nil, nil, 1, call.Answered, call.Cause{Code: "1", Text: "ok"}},
		{nil, nil, "2", call.Failed, call.Cause{Code: "2", Text: "failed"}},
		{nil, nil, "3", call.Blocked, call.Cause{Code: "3"}},
	} {
		got := read(t, "SecretSmsIntercept", intercepted().with("sms_intercept_type", c.intercepted, "code", c.code, "status", c.status)).Record
		if got == nil || got.Outcome != c.outcome || got.Cause != c.cause {
			t.Errorf("%v, %v, %v: %+v", c.intercepted, c.code, c.status, got)
		}
	}
}
