package verify

import "xmode/simulator/load"

// outcomes are what a record may say of a call. Where several are listed the
// platforms tell the story in ways of their own: that a call was lost for want of an
// answer is a failure to one and a missing binding to the other, and a caller who
// gives up at the extension hung up before anybody was called.
func outcomes(e *expected) []string {
	switch {
	case e.failed:
		return []string{"failed", "blocked"}
	case e.verb == load.Ask:
		return []string{"no_answer", "blocked"}
	case e.verb != load.Connect || e.intercept:
		return []string{"blocked"}
	case e.kind == load.Text:
		return []string{"answered"}
	}
	switch e.ending {
	case load.Answered:
		return []string{"answered"}
	case load.NoAnswer, load.HungUp: // who hangs up while it rings got no answer
		return []string{"no_answer"}
	case load.Busy:
		return []string{"busy"}
	case load.Refused:
		return []string{"rejected"}
	}
	return []string{"failed"}
}

// decision is the API's word for what was decided; empty: whatever it was, nobody
// got an answer in time, or a first answer went nowhere.
func decision(e *expected) string {
	switch {
	case e.failed, e.cut:
		return ""
	case e.verb == load.Connect:
		return "connect"
	case e.verb == load.Ask:
		return "ask"
	}
	return "reject"
}

// kind is the API's word for it.
func kind(e *expected) string {
	if e.kind == load.Text {
		return "sms"
	}
	return "voice"
}

// kept reports whether the endpoint may have a record that it was never told: of a
// text that is not to be forwarded, and which it keeps itself when it is asked.
func (e *expected) kept() bool {
	return e.kind == load.Text && (e.failed || e.verb == load.Reject)
}
