package aliyun_test

import (
	"encoding/json"
	"testing"

	"xmode/call"
	"xmode/platform/aliyun"
)

// binding is one with everything set.
func binding(t testing.TB) *call.Binding {
	t.Helper()
	return &call.Binding{
		ID: 100001, X: x(t, "17000000001"), A: party(t, "13800000021"), Record: true, MaxDuration: 3600,
		Prompts: call.Prompts{Caller: "c-1", Callee: "c-2", Ringback: "no", RecordHint: "no", LastMinute: "no", Hangup: "no"},
		SMS:     call.Forward, UserData: "order-1",
	}
}

// bare is one with nothing set that need not be.
func bare(t testing.TB) *call.Binding {
	t.Helper()
	return &call.Binding{ID: 7, X: x(t, "17000000001"), A: party(t, "13800000021"), SMS: call.Forward}
}

func connect(t testing.TB, reason call.Reason, b *call.Binding) call.Decision {
	t.Helper()
	return call.Decision{Outcome: call.Connect, Reason: reason, Callee: b.A, Display: b.X, Binding: b}
}

func reject(reason call.Reason, b *call.Binding) call.Decision {
	return call.Decision{Outcome: call.Reject, Reason: reason, Binding: b}
}

// withCodes has prompt codes for questions and rejects.
func withCodes() aliyun.Settings {
	s := settings()
	s.IVRCode, s.RejectCode = "ivr-1", "rej-1"
	return s
}

// answers asserts the answer byte for byte.
func answers(t *testing.T, s aliyun.Settings, kind call.Kind, d call.Decision, want string) {
	t.Helper()
	got := adapter(t, s).Answer(call.Query{Platform: "aliyun", Kind: kind}, d)
	if string(got) != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if !json.Valid(got) {
		t.Error("no JSON")
	}
}

func TestAnswerToACall(t *testing.T) {
	full, least := binding(t), bare(t)
	const fullModel = `"model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"100001","calledNo":"13800000021","calledDisplayNo":"17000000001",` +
		`"needRecord":true,"callDuration":3600,"callNoPlayCode":"c-1","calledNoPlayCode":"c-2","outId":"order-1"}}`
	for _, c := range []struct {
		d    call.Decision
		want string
	}{
		{connect(t, call.ByExtension, full), `{"code":"OK","message":"connect: extension",` + fullModel},
		{connect(t, call.ByPeer, full), `{"code":"OK","message":"connect: peer",` + fullModel},
		{connect(t, call.ByOwner, full), `{"code":"OK","message":"connect: owner",` + fullModel},
		{connect(t, call.ByCallback, full), `{"code":"OK","message":"connect: callback",` + fullModel},
		{connect(t, call.ByOpen, full), `{"code":"OK","message":"connect: open",` + fullModel},
		{connect(t, call.ByPeer, least), `{"code":"OK","message":"connect: peer","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"7",` +
			`"calledNo":"13800000021","calledDisplayNo":"17000000001"}}`},
		{reject(call.CallerNotAllowed, full), `{"code":"OK","message":"reject: caller_not_allowed","model":{"controlOperate":"REJECT",` +
			`"controlMsg":"CALLER_NOT_ALLOWED","subsId":"100001","callNoPlayCode":"rej-1","outId":"order-1"}}`},
		{reject(call.ExtensionUnknown, nil), `{"code":"OK","message":"reject: extension_unknown","model":{"controlOperate":"REJECT",` +
			`"controlMsg":"NO_SUBS_EXIST","subsId":"0","callNoPlayCode":"rej-1"}}`},
		{reject(call.NoCallbackTarget, least), `{"code":"OK","message":"reject: no_callback_target","model":{"controlOperate":"REJECT",` +
			`"controlMsg":"NO_CALLBACK_TARGET","subsId":"7","callNoPlayCode":"rej-1"}}`},
		{reject(call.ExtensionRequired, nil), `{"code":"OK","message":"reject: extension_required","model":{"controlOperate":"REJECT",` +
			`"controlMsg":"EXTENSION_REQUIRED","subsId":"0","callNoPlayCode":"rej-1"}}`},
		{reject(call.NoBinding, nil), `{"code":"OK","message":"reject: no_binding","model":{"controlOperate":"REJECT",` +
			`"controlMsg":"NO_SUBS_EXIST","subsId":"0","callNoPlayCode":"rej-1"}}`},
		{reject(call.DirectionNotAllowed, least), `{"code":"OK","message":"reject: direction_not_allowed","model":{"controlOperate":"REJECT",` +
			`"controlMsg":"DIRECTION_NOT_ALLOWED","subsId":"7","callNoPlayCode":"rej-1"}}`},
		{reject(call.LandlineCaller, least), `{"code":"OK","message":"reject: landline_caller","model":{"controlOperate":"REJECT",` +
			`"controlMsg":"LANDLINE_CALLER","subsId":"7","callNoPlayCode":"rej-1"}}`},
		{reject(call.SelfCall, least), `{"code":"OK","message":"reject: self_call","model":{"controlOperate":"REJECT",` +
			`"controlMsg":"SELF_CALL","subsId":"7","callNoPlayCode":"rej-1"}}`},
		{call.Fallback(), `{"code":"OK","message":"reject: store_unavailable","model":{"controlOperate":"REJECT",` +
			`"controlMsg":"STORE_UNAVAILABLE","subsId":"0","callNoPlayCode":"rej-1"}}`},
		{call.Decision{Outcome: call.Ask, Reason: call.ExtensionRequired}, `{"code":"OK","message":"ask: extension_required",` +
			`"model":{"controlOperate":"IVR","controlMsg":"EXTENSION_REQUIRED","subsId":"0","callNoPlayCode":"ivr-1"}}`},
		{call.Decision{Outcome: call.Ask, Reason: call.ExtensionUnknown}, `{"code":"OK","message":"ask: extension_unknown",` +
			`"model":{"controlOperate":"IVR","controlMsg":"EXTENSION_UNKNOWN","subsId":"0","callNoPlayCode":"ivr-1"}}`},
	} {
		t.Run(string(c.d.Outcome)+" "+string(c.d.Reason), func(t *testing.T) {
			answers(t, withCodes(), call.Voice, c.d, c.want)
		})
	}
}

func TestAnswerWithoutCodes(t *testing.T) {
	answers(t, settings(), call.Voice, reject(call.NoBinding, nil),
		`{"code":"OK","message":"reject: no_binding","model":{"controlOperate":"REJECT","controlMsg":"NO_SUBS_EXIST","subsId":"0"}}`)
	answers(t, settings(), call.Voice, call.Decision{Outcome: call.Ask, Reason: call.ExtensionRequired},
		`{"code":"OK","message":"ask: extension_required","model":{"controlOperate":"IVR","controlMsg":"EXTENSION_REQUIRED","subsId":"0"}}`)
}

func TestAnswerToATextMessage(t *testing.T) {
	full, intercepted := binding(t), bare(t)
	intercepted.SMS = call.Intercept
	answers(t, withCodes(), call.SMS, connect(t, call.ByPeer, full),
		`{"code":"OK","message":"connect: peer","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"100001",`+
			`"calledNo":"13800000021","calledDisplayNo":"17000000001","outId":"order-1","smsChannel":"SMS_NORMAL_SEND"}}`)
	answers(t, withCodes(), call.SMS, connect(t, call.ByOpen, intercepted),
		`{"code":"OK","message":"connect: open","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"7",`+
			`"calledNo":"13800000021","calledDisplayNo":"17000000001","smsChannel":"SMS_INTERCEPT"}}`)
	answers(t, withCodes(), call.SMS, reject(call.SMSDropped, intercepted),
		`{"code":"OK","message":"reject: sms_dropped","model":{"controlOperate":"REJECT","controlMsg":"SMS_DROPPED","subsId":"7","smsChannel":"SMS_DROP"}}`)
	answers(t, withCodes(), call.SMS, reject(call.NoBinding, nil),
		`{"code":"OK","message":"reject: no_binding","model":{"controlOperate":"REJECT","controlMsg":"NO_SUBS_EXIST","subsId":"0","smsChannel":"SMS_DROP"}}`)
}

func TestAnswerWritesNumbersTheNationalWay(t *testing.T) {
	for _, c := range []struct{ callee, display, want string }{
		{"+8613800000021", "+8617000000001", `"calledNo":"13800000021","calledDisplayNo":"17000000001"`},
		{"+8675528780001", "95013123456", `"calledNo":"075528780001","calledDisplayNo":"95013123456"`},
		{"+12125550123", "+8617000000001", `"calledNo":"0012125550123","calledDisplayNo":"17000000001"`},
	} {
		b := bare(t)
		b.A, b.X = party(t, c.callee), x(t, c.display)
		answers(t, settings(), call.Voice, connect(t, call.ByPeer, b),
			`{"code":"OK","message":"connect: peer","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"7",`+c.want+`}}`)
	}
}

func TestAnswerModelAsString(t *testing.T) {
	s := settings()
	s.Model = "string"
	answers(t, s, call.Voice, reject(call.NoBinding, nil),
		`{"code":"OK","message":"reject: no_binding","model":"{\"controlOperate\":\"REJECT\",\"controlMsg\":\"NO_SUBS_EXIST\",\"subsId\":\"0\"}"}`)
}

func TestAnswerRenamesAndLeavesOut(t *testing.T) {
	s := withCodes()
	s.Fields = "controlOperate=op,controlMsg=-,subsId=bindId,calledNo=calledDisplayNo,calledDisplayNo=calledNo," +
		"needRecord=need_record,callDuration=call-duration,callNoPlayCode=a.b,calledNoPlayCode=calledPlayCode,outId=-,smsChannel=_sms"
	answers(t, s, call.Voice, connect(t, call.ByPeer, binding(t)),
		`{"code":"OK","message":"connect: peer","model":{"op":"CONTINUE","bindId":"100001","calledDisplayNo":"13800000021",`+
			`"calledNo":"17000000001","need_record":true,"call-duration":3600,"a.b":"c-1","calledPlayCode":"c-2"}}`)
	answers(t, s, call.SMS, reject(call.SMSDropped, nil),
		`{"code":"OK","message":"reject: sms_dropped","model":{"op":"REJECT","bindId":"0","_sms":"SMS_DROP"}}`)
	s.Fields = "controlOperate=-,controlMsg=-,subsId=-,callNoPlayCode=-"
	answers(t, s, call.Voice, reject(call.NoBinding, nil), `{"code":"OK","message":"reject: no_binding","model":{}}`)
	s.Fields = "outId=-,calledNo=outId"
	answers(t, s, call.SMS, connect(t, call.ByPeer, binding(t)),
		`{"code":"OK","message":"connect: peer","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"100001","outId":"13800000021",`+
			`"calledDisplayNo":"17000000001","smsChannel":"SMS_NORMAL_SEND"}}`)
}

func TestAnswerEscapesWhatJSONMustAndNothingForHTML(t *testing.T) {
	for _, model := range []string{"object", "string"} {
		s := settings()
		s.Model = model
		b := bare(t)
		b.UserData = "\"\\/<a href='x'>&\b\n\x00\x1f\x7f 呼😀\u2028\xff"
		b.Prompts.Caller = `"},"x":{"`
		got := adapter(t, s).Answer(call.Query{Kind: call.Voice}, connect(t, call.ByPeer, b))
		var outer struct{ Model json.RawMessage }
		if err := json.Unmarshal(got, &outer); err != nil {
			t.Fatalf("%s: %v in %s", model, err, got)
		}
		if model == "string" {
			var inner string
			if err := json.Unmarshal(outer.Model, &inner); err != nil {
				t.Fatal(err)
			}
			outer.Model = json.RawMessage(inner)
		}
		var m map[string]string
		if err := json.Unmarshal(outer.Model, &m); err != nil {
			t.Fatalf("%s: %v in %s", model, err, outer.Model)
		}
		if want := "\"\\/<a href='x'>&\b\n\x00\x1f\x7f 呼😀\u2028\ufffd"; m["outId"] != want {
			t.Errorf("%s: outId %q, want %q", model, m["outId"], want)
		}
		if m["callNoPlayCode"] != b.Prompts.Caller || len(m) != 7 {
			t.Errorf("%s: %v", model, m)
		}
	}
	b := bare(t)
	b.UserData = "<&>"
	answers(t, settings(), call.SMS, connect(t, call.ByPeer, b),
		`{"code":"OK","message":"connect: peer","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"7","calledNo":"13800000021",`+
			`"calledDisplayNo":"17000000001","outId":"<&>","smsChannel":"SMS_NORMAL_SEND"}}`)
}
