package huawei

import (
	"strconv"

	"xmode/call"
	"xmode/platform"
)

// readSMS understands the body about a text message: what became of one that
// was routed, or one that came and was intercepted.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0008_3.html
func readSMS(item []byte) call.Report {
	outer := platform.ReadFields(item)
	need(outer, "smsEvent", !outer.Known("smsEvent"))
	f := outer.Object("smsEvent")
	r := &call.Record{Platform: Name, Kind: call.SMS, Recording: call.NoRecording}
	r.CallID = id(f, "smsIdentifier")
	mode := f.Text("notificationMode")
	if mode != modeBlock && mode != modeNotify {
		f.Note("notificationMode", faultMode)
	}
	r.Caller = f.Party("calling")
	r.Callee = f.Party("called")
	r.X = f.X("virtualNumber")
	r.StartedAt = f.Time(textTime, "timeStamp")
	r.BindingID = f.BindingID("subscriptionId")
	r.UserData = f.Text("userData")
	if result, there := f.Int("sendResult"); there {
		r.Cause.Code = strconv.Itoa(result) // the platform's page has no table
	}
	r.Outcome = fate(mode, f.LongText("called") != "")
	if fault := outer.Fault(); fault != "" {
		return call.Report{Fault: fault}
	}
	r.ID = smsID(r.CallID, mode, item)
	return call.Report{Record: r}
}

// fate is what became of a text: one that is kept in Block mode was not let
// through, and of the others only a delivered one names its receiver.
func fate(mode string, named bool) call.RecordOutcome {
	switch {
	case mode == modeBlock:
		return call.Blocked
	case named:
		return call.Answered
	}
	return call.Failed
}

// smsID is the record's identity: both messages about one text are records.
func smsID(text, mode string, item []byte) string {
	if text == "" {
		return ofContent(item)
	}
	if whole := text + ":" + mode; len(whole) <= maxID {
		return whole
	}
	return platform.Digest("sms", text, mode)
}
