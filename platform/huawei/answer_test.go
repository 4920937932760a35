package huawei_test

import (
	"encoding/json"
	"testing"

	"xmode/call"
	"xmode/platform/huawei"
)

// binding is one with everything set.
func binding(t testing.TB) *call.Binding {
	t.Helper()
	return &call.Binding{
		ID: 100001, X: x(t, "17000000001"), A: x(t, "13900000022"), Record: true, MaxDuration: 3600,
		Prompts: call.Prompts{Caller: "no.wav", Callee: "callee.wav", Ringback: "wait.wav", RecordHint: "record.wav", LastMinute: "last.wav", Hangup: "bye.wav"},
		SMS:     call.Forward, UserData: "order-1",
	}
}

// bare is one with nothing set that need not be.
func bare(t testing.TB) *call.Binding {
	t.Helper()
	return &call.Binding{ID: 7, X: x(t, "17000000001"), A: x(t, "13900000022"), SMS: call.Forward}
}

func connect(reason call.Reason, b *call.Binding) call.Decision {
	return call.Decision{Outcome: call.Connect, Reason: reason, Callee: b.A, Display: b.X, Binding: b}
}

func reject(reason call.Reason, b *call.Binding) call.Decision {
	return call.Decision{Outcome: call.Reject, Reason: reason, Binding: b}
}

// answers asserts the answer byte for byte.
func answers(t *testing.T, s huawei.Settings, kind call.Kind, d call.Decision, want string) {
	t.Helper()
	q := call.Query{Platform: "huawei", Kind: kind, Caller: x(t, "+8613800000021"), X: x(t, "17000000001")}
	got := adapter(t, s).Answer(q, d)
	if string(got) != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if !json.Valid(got) {
		t.Error("no JSON")
	}
}

const (
	fullConnect = `{"displayCalleeNum":"+8617000000001","calleeNum":"+8613900000022","maxDuration":60,"waitVoice":"wait.wav",` +
		`"recordFlag":"true","recordHintTone":"record.wav","lastMinVoice":"last.wav","calleeHintVoice":"callee.wav","userData":"order-1"}`
	bareConnect = `{"displayCalleeNum":"+8617000000001","calleeNum":"+8613900000022","recordFlag":"false"}`
)

func TestAnswerConnects(t *testing.T) {
	for _, reason := range []call.Reason{call.ByExtension, call.ByPeer, call.ByOwner, call.ByCallback, call.ByOpen} {
		answers(t, settings(), call.Voice, connect(reason, binding(t)), `{"operation":"connect","connectInfo":`+fullConnect+`}`)
	}
	answers(t, settings(), call.Voice, connect(call.ByPeer, bare(t)), `{"operation":"connect","connectInfo":`+bareConnect+`}`)
}

func TestAnswerCloses(t *testing.T) {
	for _, c := range []struct {
		d    call.Decision
		info string
	}{
		{reject(call.CallerNotAllowed, binding(t)), `{"closeHintTone":"bye.wav","userData":"order-1"}`},
		{reject(call.DirectionNotAllowed, bare(t)), `{}`},
		{reject(call.NoBinding, nil), `{}`},
		{call.Fallback(), `{}`},
		{call.Decision{Outcome: call.Ask, Reason: call.ExtensionRequired}, `{}`},
	} {
		answers(t, settings(), call.Voice, c.d, `{"operation":"close","closeInfo":`+c.info+`}`)
	}
}

func TestAnswerInLists(t *testing.T) {
	s := settings()
	s.Info = "array"
	answers(t, s, call.Voice, connect(call.ByPeer, bare(t)), `{"operation":"connect","connectInfo":[`+bareConnect+`]}`)
	answers(t, s, call.Voice, reject(call.NoBinding, nil), `{"operation":"close","closeInfo":[{}]}`)
	answers(t, s, call.SMS, reject(call.NoBinding, nil), `{"actions":[{"operation":"DiscardMessage"}]}`)
}

func TestAnswerHintsOfTheSettings(t *testing.T) {
	s := settings()
	s.RecordHint, s.CloseHint = "common-record.wav", "common-bye.wav"
	b := bare(t)
	answers(t, s, call.Voice, connect(call.ByPeer, b), `{"operation":"connect","connectInfo":`+bareConnect+`}`)
	answers(t, s, call.Voice, connect(call.ByPeer, binding(t)), `{"operation":"connect","connectInfo":`+fullConnect+`}`)
	b.Record = true
	answers(t, s, call.Voice, connect(call.ByPeer, b), `{"operation":"connect","connectInfo":{"displayCalleeNum":"+8617000000001",`+
		`"calleeNum":"+8613900000022","recordFlag":"true","recordHintTone":"common-record.wav"}}`)
	answers(t, s, call.Voice, reject(call.NoBinding, nil), `{"operation":"close","closeInfo":{"closeHintTone":"common-bye.wav"}}`)
	answers(t, s, call.Voice, reject(call.SelfCall, binding(t)), `{"operation":"close","closeInfo":{"closeHintTone":"bye.wav","userData":"order-1"}}`)
}

func TestAnswerWritesWholeMinutes(t *testing.T) {
	for seconds, want := range map[int]string{
		0: ``, 1: `"maxDuration":1,`, 60: `"maxDuration":1,`, 61: `"maxDuration":2,`, 86399: `"maxDuration":1440,`, 86400: `"maxDuration":1440,`, 90000: `"maxDuration":1440,`,
	} {
		b := bare(t)
		b.MaxDuration, b.Prompts.LastMinute = seconds, "last.wav"
		last := `,"lastMinVoice":"last.wav"`
		if seconds == 0 {
			last = "" // valid only beside a duration
		}
		answers(t, settings(), call.Voice, connect(call.ByPeer, b), `{"operation":"connect","connectInfo":{"displayCalleeNum":"+8617000000001",`+
			`"calleeNum":"+8613900000022",`+want+`"recordFlag":"false"`+last+`}}`)
	}
}

func TestAnswerWritesNumbersTheGlobalWay(t *testing.T) {
	b := bare(t)
	b.A, b.X = x(t, "075528780001"), x(t, "95013123456789")
	answers(t, settings(), call.Voice, connect(call.ByPeer, b), `{"operation":"connect","connectInfo":{"displayCalleeNum":"+8695013123456789",`+
		`"calleeNum":"+8675528780001","recordFlag":"false"}}`)
}

func TestAnswerToATextMessage(t *testing.T) {
	const discard = `{"actions":[{"operation":"DiscardMessage"}]}`
	answers(t, settings(), call.SMS, connect(call.ByPeer, binding(t)),
		`{"actions":[{"operation":"vNumberRoute","message":{"called":"+8613900000022","calling":"+8613800000021"}}]}`)
	intercepted := bare(t)
	intercepted.SMS = call.Intercept
	answers(t, settings(), call.SMS, connect(call.ByOpen, intercepted), discard)
	answers(t, settings(), call.SMS, reject(call.SMSDropped, binding(t)), discard)
	answers(t, settings(), call.SMS, reject(call.NoBinding, nil), discard)
	answers(t, settings(), call.SMS, call.Fallback(), discard)
	withheld := adapter(t, settings()).Answer(call.Query{Kind: call.SMS}, connect(call.ByOpen, bare(t)))
	if want := `{"actions":[{"operation":"vNumberRoute","message":{"called":"+8613900000022"}}]}`; string(withheld) != want {
		t.Errorf("sender withheld: %s, want %s", withheld, want)
	}
}

func TestAnswerEscapesWhatJSONMust(t *testing.T) {
	b := bare(t)
	b.UserData, b.Prompts.Ringback = "\"\\<&>\n\xff", `"},"x":{"`
	got := adapter(t, settings()).Answer(call.Query{Kind: call.Voice}, connect(call.ByPeer, b))
	var answer struct{ ConnectInfo map[string]string }
	if err := json.Unmarshal(got, &answer); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	info := answer.ConnectInfo
	if info["userData"] != "\"\\<&>\n\ufffd" || info["waitVoice"] != b.Prompts.Ringback || len(info) != 5 {
		t.Errorf("%v", info)
	}
}

func TestNothingAcknowledges(t *testing.T) {
	if got := adapter(t, settings()).Acknowledge(); got != nil {
		t.Errorf("%q", got)
	}
}
