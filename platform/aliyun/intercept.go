package aliyun

import "xmode/call"

// readIntercept reads a SecretSmsIntercept: a text message that the platform
// kept from the receiver, or a smart one that it sent.
// https://help.aliyun.com/document_detail/305609.htm
func readIntercept(r *receipt) call.Report {
	r.telling("id", "call_id", "secret_no", "send_no", "receive_no", "sms_content")
	c := &call.Record{
		Platform: Name, Kind: call.SMS, CallID: r.callID(), BindingID: r.bindingID(), X: r.x(),
		Caller: r.Party("send_no"), Callee: r.Party("receive_no"), UserData: r.userData(),
		StartedAt: r.time("start_time"), Recording: call.NoRecording,
	}
	c.ID = r.identity("", c.StartedAt)
	c.Outcome, c.Cause = textOutcome(r.Text("sms_intercept_type"), r.Text("code"), r.Text("status"))
	return call.Report{Record: c}
}

// textOutcome tells from sms_intercept_type, code and status what became of a
// text message, and by which of them; without any it was intercepted.
func textOutcome(intercepted, code, status string) (call.RecordOutcome, call.Cause) {
	if text := interceptText(intercepted); text != "" {
		return call.Blocked, call.Cause{Code: intercepted, Text: text}
	}
	if outcome, text := delivery(code); outcome != "" {
		return outcome, call.Cause{Code: code, Text: text}
	}
	cause := call.Cause{Code: code} // unknown: kept as it came
	if code == "" {
		cause = call.Cause{Code: status, Text: statusText(status)}
	}
	switch status {
	case "1":
		return call.Answered, cause
	case "2":
		return call.Failed, cause
	}
	return call.Blocked, cause
}

// interceptText says why a pool that intercepts everything would have stopped
// the message anyway; "" for NORMAL.
func interceptText(intercepted string) string {
	switch intercepted {
	case "SUBS_NOT_EXISTS":
		return "no binding"
	case "CONTROL_DISABLE":
		return "not allowed"
	case "CALLED_NOT_EXISTS":
		return "no receiver"
	}
	return ""
}

// delivery reads a code; the outcome is empty where it is none of the list.
func delivery(code string) (call.RecordOutcome, string) {
	switch code {
	case "DELIVRD":
		return call.Answered, "delivered"
	case "ACCEPTD":
		return call.Answered, "accepted"
	case "REJECTD":
		return call.Failed, "rejected"
	case "UNDELIV":
		return call.Failed, "not deliverable"
	case "EXPIRED":
		return call.Failed, "expired"
	}
	return "", ""
}

func statusText(status string) string {
	switch status {
	case "1":
		return "ok"
	case "2":
		return "failed"
	}
	return ""
}
