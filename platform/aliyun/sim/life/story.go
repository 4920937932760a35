package life

import (
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/load"
)

// What a life takes beside ringing and talking (inferred).
const (
	setUp  = time.Second     // to reach the callee, or to be turned away
	typing = 4 * time.Second // an extension
)

// The values of unconnected_cause.
// https://help.aliyun.com/document_detail/109196.htm
const (
	noBinding   = 2
	restriction = 3
	other       = 4
)

// The values of release_dir.
const (
	byPlatform = 0
	byCaller   = 1
	byCallee   = 2
)

// The release_causes that the platform's list has for the end of a call.
// https://help.aliyun.com/document_detail/109196.htm
func normal() []int   { return []int{16, 31} }
func busy() []int     { return []int{17} }
func noAnswer() []int { return []int{18, 19} }
func refused() []int  { return []int{7, 33, 35, 37} }
func network() []int  { return []int{38, 34, 27} }

// one picks a code, so that each occurs.
func one(codes []int, c load.Call) int { return codes[c.N/4%len(codes)] }

// call is what the receipts of a call say.
func (p *Platform) call(c load.Call, d load.Decision) sim.Call {
	made := p.parties(c, d)
	decided := decidedAt(c, d)
	made.Released = decided.Add(2 * setUp)
	if d.Failed || d.Verb != load.Connect {
		turnedAway(&made, c, d)
		return made
	}
	made.Out = decided.Add(setUp)
	switch c.Ending {
	case load.Busy:
		made.ReleaseCause, made.ReleaseDir = one(busy(), c), byCallee
	case load.Dropped:
		made.ReleaseCause, made.ReleaseDir = one(network(), c), byPlatform
	default:
		made.Rang = made.Out.Add(setUp)
		made.Released = made.Rang.Add(c.Ring)
		rung(&made, c, d)
	}
	return made
}

// decidedAt is when the endpoint's last answer was there.
func decidedAt(c load.Call, d load.Decision) time.Time {
	if d.Typed != "" {
		return c.At.Add(typing)
	}
	return c.At
}

// turnedAway ends a call that reached nobody. What the receipts call the answer of
// an endpoint that has none, and one that refuses for another reason than that
// there is no binding, is inferred.
func turnedAway(made *sim.Call, c load.Call, d load.Decision) {
	made.ReleaseCause, made.ReleaseDir = one(normal(), c), byPlatform
	switch {
	case d.Failed:
		made.ReleaseCause, made.UnconnectedCause = one(network(), c), other
		made.Control, made.ControlMsg = "REJECT", "QUERY_FAILED"
	case d.Verb == load.Ask: // the caller typed nothing that is right, and hung up
		made.ReleaseDir, made.Control = byCaller, "IVR"
	default:
		made.Type = sim.Blocked
		made.UnconnectedCause, made.Control = blockedBy(made.SubsID), "REJECT"
	}
}

// blockedBy is why a binding does not connect; 0 is none.
func blockedBy(binding int64) int {
	if binding == 0 {
		return noBinding
	}
	return restriction
}

// rung ends a call that rang.
func rung(made *sim.Call, c load.Call, d load.Decision) {
	switch c.Ending {
	case load.NoAnswer:
		made.ReleaseCause, made.ReleaseDir = one(noAnswer(), c), byPlatform
	case load.Refused:
		made.ReleaseCause, made.ReleaseDir = one(refused(), c), byCallee
	case load.HungUp:
		made.ReleaseCause, made.ReleaseDir = one(normal(), c), byCaller
	default:
		made.Answered = made.Released
		made.Released = made.Answered.Add(c.Talked(d))
		made.ReleaseCause, made.ReleaseDir = one(normal(), c), hungUp(c, d)
	}
}

// hungUp is who ended a call that was answered.
func hungUp(c load.Call, d load.Decision) int {
	switch {
	case c.Stopped || d.Longest > 0 && c.Talk >= d.Longest:
		return byPlatform
	case c.ByCallee:
		return byCallee
	}
	return byCaller
}
