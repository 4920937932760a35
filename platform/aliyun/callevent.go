package aliyun

import (
	"xmode/call"
	"xmode/platform"
)

// readStart reads a SecretStartReport: a call begins, or was stopped already.
// https://help.aliyun.com/en/pnp/developer-reference/secretstartreport
func readStart(r *receipt) call.Report {
	e := r.event("call_time")
	if e.Stage = call.StageStarted; r.blocked(r.callType()) {
		e.Stage = call.StageRejected
	}
	e.Cause = r.cause()
	return call.Report{Event: e}
}

// readRing reads a SecretRingReport.
// https://help.aliyun.com/en/pnp/developer-reference/secretringreport
func readRing(r *receipt) call.Report {
	e := r.event("ring_time", "ring_Time", "ringTime")
	e.Stage = call.StageRinging
	return call.Report{Event: e}
}

// readPickUp reads a SecretPickUpReport.
// https://help.aliyun.com/en/pnp/developer-reference/secretpickupreport
func readPickUp(r *receipt) call.Report {
	e := r.event("start_time")
	e.Stage = call.StageAnswered
	return call.Report{Event: e}
}

// readRecording reads a SecretRecording. Its only time is that of the call,
// which is what the recording is asked for by.
// https://help.aliyun.com/en/pnp/developer-reference/secretrecording
func readRecording(r *receipt) call.Report {
	e := r.event("call_time")
	e.Recorded = true
	recording := r.recording(e.CallID, e.At)
	if recording != nil {
		e.RecordingID = recording.ID
	}
	return call.Report{Event: e, Recording: recording}
}

// event reads what the receipts during a call have in common; the names are
// those of its time.
func (r *receipt) event(times ...string) *call.Event {
	r.telling("call_id", "secret_no", "phone_no", "peer_no", "sub_id", "subs_id", "id")
	e := &call.Event{Platform: Name, Type: r.kind, CallID: r.callID(), BindingID: r.bindingID(), X: r.x(), UserData: r.userData()}
	e.Caller, e.Callee = r.parties(r.callType())
	e.At = r.time(times...)
	e.ID = r.identity("", e.At)
	return e
}

// readOther reads a SecretAsrReport or SmartLogisticsReport. Their fields are
// not known: what joins them to a call is inferred, and one is another unless
// all of it is the same.
func readOther(r *receipt) call.Report {
	text := platform.Canonical(r.item)
	if len(text) == len("{}") {
		r.Note("item", faultForeign)
	}
	return call.Report{Event: &call.Event{
		Platform: Name, Type: r.kind, ID: platform.Digest(r.kind, text), CallID: r.callID(), BindingID: r.bindingID(), UserData: r.userData(),
	}}
}
