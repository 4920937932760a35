package huawei

import (
	"strconv"
	"time"

	"xmode/call"
	"xmode/platform"
)

// readFee understands one FeeInfo.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2a.html
func readFee(item []byte, at time.Time) call.Report {
	f := platform.ReadFields(item)
	r := &call.Record{Platform: Name, Kind: call.Voice}
	icid := id(f, "icid")
	r.X = f.X("bindNum")
	r.CallID = id(f, "sessionId")
	r.Caller = f.Party("callerNum")
	r.Callee = f.Party("fwdDstNum")
	r.StartedAt = f.Time(utc, "callInTime", "fwdStartTime")
	r.RingingAt = f.Time(utc, "fwdAlertingTime")
	r.AnsweredAt = f.Time(utc, "fwdAnswerTime")
	r.EndedAt = f.Time(utc, "callEndTime", "failTime")
	e := endOf(f)
	r.Recording = recording(f)
	r.BindingID = f.BindingID("subscriptionId")
	r.UserData = f.Text("userData")
	r.ReleasedBy = releasedBy(f)
	r.Duration = duration(f, r.AnsweredAt, r.EndedAt)
	r.Outcome = e.outcome(!r.AnsweredAt.IsZero() || r.Duration > 0)
	r.Cause = e.cause()
	if !feeLike(f) {
		f.Note("item", faultNoRecord)
	}
	if fault := f.Fault(); fault != "" {
		return call.Report{Fault: fault}
	}
	r.ID = feeID(f, icid, r, item)
	return call.Report{Record: r, Recording: named(f, r, at)}
}

// feeLike reports whether the item has anything of a call record.
func feeLike(f *platform.Fields) bool {
	return f.Known("icid", "bindNum", "sessionId", "callerNum", "calleeNum", "fwdDstNum", "callInTime", "fwdStartTime",
		"fwdAlertingTime", "fwdAnswerTime", "callEndTime", "failTime", "fwdUnaswRsn", "ulFailReason")
}

// feeID is the record's identity: its icid, else what the call is told by, else,
// where any of that is missing, its content. A caller who is no number still
// tells one record from another.
func feeID(f *platform.Fields, icid string, r *call.Record, item []byte) string {
	started, caller := f.Time(utc, "callInTime"), r.Caller.Full()
	if caller == "" {
		caller = f.LongText("callerNum")
	}
	switch {
	case icid != "":
		return icid
	case r.CallID == "", r.X.IsZero(), caller == "", started.IsZero():
		return ofContent(item)
	}
	return platform.Digest("fee", r.CallID, r.X.Full(), caller, stamp(started))
}

// stamp writes an instant into an identity.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// duration is the time spoken in seconds: as told, which takes a request to the
// platform, else between answer and end.
func duration(f *platform.Fields, answered, ended time.Time) int {
	seconds, told := f.Int("callDuration")
	switch {
	case seconds < 0:
		f.Note("callDuration", faultNegative)
		return 0
	case told:
		return seconds
	case answered.IsZero() || !ended.After(answered):
		return 0
	}
	return int(ended.Sub(answered) / time.Second)
}

// recording tells whether the platform has a recording. Where the flag is
// absent, the file's name says so.
func recording(f *platform.Fields) call.RecordingState {
	flag, _ := f.Int("recordFlag")
	if flag == 1 || f.Text("recordObjectName") != "" {
		return call.RecordingPending
	}
	return call.NoRecording
}
