package life

import (
	"hash/fnv"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/load"
)

// parties are who speaks to whom. Which of them is phone_no is not known: every
// other two calls have the one, or the other.
func (p *Platform) parties(c load.Call, d load.Decision) sim.Call {
	made := sim.Call{
		ID: recordID(c.ID), PoolKey: p.c.PoolKey, CallID: c.ID, X: national(c.X), Phone: national(c.Caller), Peer: d.Callee,
		Display: d.Display, OutID: d.UserData, Extension: d.Typed, Dialled: c.At,
	}
	made.SubsID, _ = subsID(d.SubsID) // Decide has read it
	if d.Verb == load.Connect && c.N%4 > 1 {
		made.Phone, made.Peer, made.Type = made.Peer, made.Phone, sim.ToPhone
	}
	return made
}

// recordID is the primary key of a call's record: a number, as in the page's sample,
// that no other load has.
func recordID(callID string) int64 {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(callID))
	return int64(sum.Sum64() >> 11) // JSON has no larger ones
}

// text is what the record of a text says.
func (p *Platform) text(c load.Call, d load.Decision) sim.Call {
	made := p.parties(c, d)
	made.Texts, made.ReleaseCause = 1, ofText
	switch {
	case d.Failed:
		made.Type, made.UnconnectedCause = sim.TextSent, other
		made.Control, made.ControlMsg = "REJECT", "QUERY_FAILED" // inferred
	case d.Verb != load.Connect:
		made.Type, made.UnconnectedCause, made.Control = sim.TextBlocked, blockedBy(made.SubsID), "REJECT"
	case made.Type == sim.ToPhone:
		made.Type = sim.TextTaken
	default:
		made.Type = sim.TextSent
	}
	return made
}

// ofText is the release_cause of a text with a relative of the platform (inferred).
const ofText = 9999

// intercepted is a text that the endpoint keeps from the receiver. Why is told only
// by pools that intercept everything.
func (p *Platform) intercepted(c load.Call, d load.Decision) sim.Intercept {
	kept := sim.Intercept{
		ID: recordID(c.ID), PoolKey: p.c.PoolKey, CallID: c.ID, Sender: national(c.Caller), X: national(c.X), Receiver: d.Callee,
		Content: "模拟 (simulated)", OutID: d.UserData, At: c.At,
	}
	kept.SubsID, _ = subsID(d.SubsID) // Decide has read it
	return kept
}
