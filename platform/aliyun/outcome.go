package aliyun

import (
	"strings"

	"xmode/call"
)

// The values of unconnected_cause.
// https://help.aliyun.com/document_detail/109196.htm
const (
	unconnectedNormal  = "0"
	unconnectedListed  = "1"
	unconnectedNoSubs  = "2"
	unconnectedLimited = "3"
	unconnectedOther   = "4"
)

// outcome says what became of a call or a text message.
func (r *receipt) outcome(c *call.Record, t callType) call.RecordOutcome {
	switch {
	case !c.AnsweredAt.IsZero():
		return call.Answered
	case r.blocked(t):
		return call.Blocked
	case c.Kind == call.Voice:
		return unanswered(r.releaseCause(), c.ReleasedBy)
	case r.unconnectedCause() == unconnectedOther:
		return call.Failed
	}
	return call.Answered // a text message that nothing speaks against
}

// blocked reports whether no phone was to be reached: for lack of a binding, or
// by a list or a limit.
func (r *receipt) blocked(t callType) bool {
	switch r.unconnectedCause() {
	case unconnectedListed, unconnectedNoSubs, unconnectedLimited:
		return true
	}
	return t.blocked() || r.Text("control_msg") == messageNoSubs
}

func (r *receipt) releaseCause() string     { return strings.TrimSpace(r.Text("release_cause")) }
func (r *receipt) unconnectedCause() string { return strings.TrimSpace(r.Text("unconnected_cause")) }

// unanswered sorts a call that nobody answered by its release_cause: inferred.
// A call that was hung up normally before an answer is the caller's patience or
// the callee's refusal, whoever hung up.
func unanswered(releaseCause string, by call.Party) call.RecordOutcome {
	switch releaseCause {
	case "17":
		return call.Busy
	case "18", "19":
		return call.NoAnswer
	case "7", "21", "26", "33", "35", "37":
		return call.Rejected
	case "16", "31":
		if by == call.ByCallee {
			return call.Rejected
		}
		return call.NoAnswer
	case "", "0": // no list has a zero
		switch by {
		case call.ByCallee:
			return call.Rejected
		case call.ByCaller:
			return call.NoAnswer
		}
	}
	return call.Failed
}

// cause is the release_cause, with the text of an unconnected_cause behind its
// own. Where there is only the latter, it is the code.
func (r *receipt) cause() call.Cause {
	c := call.Cause{Code: r.releaseCause()}
	c.Text = releaseText(c.Code)
	unconnected := r.unconnectedCause()
	if unconnected == "" || unconnected == unconnectedNormal {
		return c
	}
	text := unconnectedText(unconnected)
	switch {
	case c.Code == "":
		return call.Cause{Code: unconnected, Text: text}
	case text != "" && c.Text != "":
		c.Text += "; not connected: " + text
	case text != "":
		c.Text = "not connected: " + text
	}
	return c
}

func unconnectedText(code string) string {
	switch code {
	case unconnectedListed:
		return "blacklist"
	case unconnectedNoSubs:
		return "no binding"
	case unconnectedLimited:
		return "call restriction"
	case unconnectedOther:
		return "other"
	}
	return ""
}
