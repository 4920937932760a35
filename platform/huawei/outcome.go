package huawei

import (
	"strconv"

	"xmode/call"
	"xmode/platform"
)

// end is what a record says about how its call ended: three lists of causes,
// any of which may be 0 for nothing to tell.
// https://support.huaweicloud.com/devg-PrivateNumber/privatenumber_04_0010.html
type end struct {
	point    int  // ulFailReason: where the call was cut
	pointSet bool // it is there, be it 0
	q850     int  // fwdUnaswRsn: why the callee's leg failed
	sip      int  // sipStatusCode of the failure
	unbound  bool // direction 2: abnormal, no binding (stated for sibling modes)
}

// endOf reads the causes.
func endOf(f *platform.Fields) end {
	var e end
	e.q850, _ = f.Int("fwdUnaswRsn")
	e.point, e.pointSet = f.Int("ulFailReason")
	e.sip, _ = f.Int("sipStatusCode")
	direction, _ := f.Int("direction")
	e.unbound = direction == 2
	return e
}

// cause is the most telling of the codes that say something.
func (e end) cause() call.Cause {
	switch {
	case e.point != 0:
		return call.Cause{Code: strconv.Itoa(e.point), Text: pointText(e.point)}
	case e.q850 != 0:
		return call.Cause{Code: strconv.Itoa(e.q850), Text: q850Text(e.q850)}
	case e.sip != 0:
		return call.Cause{Code: strconv.Itoa(e.sip), Text: "SIP status"}
	case e.pointSet:
		return call.Cause{Code: "0", Text: pointText(0)}
	}
	return call.Cause{}
}

// outcome is what became of the call. Without an answer the causes are asked
// from the clearest to the vaguest.
func (e end) outcome(answered bool) call.RecordOutcome {
	if answered {
		return call.Answered
	}
	for _, o := range []call.RecordOutcome{q850Outcome(e.q850), pointOutcome(e.point), sipOutcome(e.sip)} {
		if o != "" {
			return o
		}
	}
	if e.unbound {
		return call.Blocked
	}
	return call.Failed
}

// q850Outcome reads a Q.850 cause; empty: it does not say.
func q850Outcome(code int) call.RecordOutcome {
	switch code {
	case 0, 16, 31: // none, or normal: then something else ended the call
		return ""
	case 17:
		return call.Busy
	case 18, 19:
		return call.NoAnswer
	case 21:
		return call.Rejected
	}
	return call.Failed
}

// pointOutcome reads a disconnect point; empty: it does not say.
func pointOutcome(code int) call.RecordOutcome {
	switch groupOf(code) {
	case groupBinding, groupControl:
		return call.Blocked
	case groupCaller:
		return call.NoAnswer // whoever hangs up before an answer got none
	}
	switch code {
	case 0:
		return ""
	case 7503, 7504:
		return call.Rejected
	case 8102:
		return call.Busy
	case 8003, 8035, 8101:
		return call.NoAnswer
	case 7100, 7101, 7105, 7106, 7108, 8012:
		return call.Blocked
	}
	return call.Failed
}

// sipOutcome reads a SIP status; empty: it does not say.
func sipOutcome(code int) call.RecordOutcome {
	switch code {
	case 0:
		return ""
	case 486, 600:
		return call.Busy
	case 408, 480, 487:
		return call.NoAnswer
	case 603:
		return call.Rejected
	}
	return call.Failed
}
