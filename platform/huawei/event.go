package huawei

import (
	"strconv"

	"xmode/call"
	"xmode/platform"
)

// maxType is the longest name of an event in bytes; the longest known has ten.
const maxType = 64

// readEvent understands the body of a call event.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
func readEvent(item []byte) call.Report {
	outer := platform.ReadFields(item)
	e := &call.Event{Platform: Name, Type: outer.Text("eventType")}
	need(outer, "eventType", e.Type == "")
	if !printable(e.Type, maxType) {
		outer.Note("eventType", faultType)
	}
	f := outer.Object("statusInfo")
	e.At = f.Time(eventTime, "timestamp")
	e.CallID = id(f, "sessionId")
	need(f, "sessionId", e.CallID == "")
	e.Caller = f.Party("caller")
	e.X, e.Callee = ends(f, e.Type)
	e.UserData = f.Text("userData")
	e.BindingID = f.BindingID("subscriptionId")
	e.Stage = stageOf(e.Type)
	if e.Type == "disconnect" {
		e.Cause, e.ReleasedBy = stateOf(f), releasedBy(f)
	}
	if fault := outer.Fault(); fault != "" {
		return call.Report{Fault: fault}
	}
	e.ID = platform.Digest("event", e.CallID, e.Type, stamp(e.At))
	return call.Report{Event: e}
}

// ends reads what was dialled and who is to be reached. On callin the called
// number is the X number; later it is the callee, as far as it is true at all,
// and the X number is the original callee (seen in samples).
func ends(f *platform.Fields, event string) (x, callee call.Number) {
	if event == eventCallin {
		return f.X("called"), call.Number{}
	}
	callee = f.Party("called")
	x, err := call.ParseX(f.LongText("origCalleeNum"))
	if err == nil && x == callee {
		callee = call.Number{}
	}
	return x, callee
}

// stageOf is how far an event says that the call has come.
func stageOf(event string) call.Stage {
	switch event {
	case "callout":
		return call.StageStarted
	case "alerting":
		return call.StageRinging
	case "answer":
		return call.StageAnswered
	case "disconnect":
		return call.StageEnded
	}
	return ""
}

// stateOf reads why a call was cut. Where our list has no text, the platform's
// own, which is English, has to do.
func stateOf(f *platform.Fields) call.Cause {
	code, there := f.Int("stateCode")
	if !there {
		return call.Cause{}
	}
	text := stateText(code)
	if text == "" {
		text = f.Text("stateDesc")
	}
	return call.Cause{Code: strconv.Itoa(code), Text: text}
}
