package huawei

import (
	"strings"
	"time"

	"xmode/call"
	"xmode/platform"
)

// readNumber understands one numInfo. The platform does not tell when the state
// changed, so that it counts from when it was told.
// https://support.huaweicloud.com/api-PrivateNumber/numstatus_notify_axe.html
func readNumber(item []byte, at time.Time) call.Report {
	f := platform.ReadFields(item)
	s := &call.NumberStatus{Platform: Name, At: at}
	s.Number = f.X("number")
	s.Status = strings.TrimSpace(f.Text("status"))
	s.Cause = strings.TrimSpace(f.Text("cause"))
	if !f.Known("number", "status", "cause") {
		f.Note("item", faultNotANumber)
	}
	need(f, "number", s.Number.IsZero())
	need(f, "status", s.Status == "")
	for name, code := range map[string]string{"status": s.Status, "cause": s.Cause} {
		if !printable(code, maxType) {
			f.Note(name, faultType)
		}
	}
	if fault := f.Fault(); fault != "" {
		return call.Report{Fault: fault}
	}
	s.Text = numberText(s.Status, s.Cause)
	return call.Report{Status: s}
}

// numberText says what the codes mean; empty: not known.
func numberText(status, cause string) string {
	text, why := statusText(status), causeText(cause)
	switch {
	case why == "":
		return text
	case text == "":
		return why
	}
	return text + ": " + why
}

func statusText(status string) string {
	switch status {
	case "5":
		return "normal"
	case "9":
		return "paused"
	case "10":
		return "unusable"
	case "11":
		return "bindings frozen"
	}
	return ""
}

func causeText(cause string) string {
	switch cause {
	case "1":
		return "deleted"
	case "2":
		return "arrears"
	case "3":
		return "stopped"
	case "5":
		return "calls restricted by the carrier"
	case "6":
		return "restriction lifted"
	case "7":
		return "unconditional forwarding set"
	case "8":
		return "forwarding on no answer set"
	case "9":
		return "forwarding on busy set"
	}
	return ""
}
