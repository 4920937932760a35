package life

import (
	"hash/fnv"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/load"
)

// setUp is how long it takes to reach the callee.
const setUp = time.Second

// The release_cause of a call that ends as it does.
// https://help.aliyun.com/document_detail/109196.htm
const (
	normal       = 16
	busy         = 17
	noAnswer     = 19
	refused      = 21
	networkFault = 38
)

// call is what the receipts of a call say.
func (p *Platform) call(c load.Call, d load.Decision) sim.Call {
	made := p.parties(c, d)
	made.Released = c.At.Add(2 * setUp)
	switch {
	case d.Failed:
		made.ReleaseCause, made.UnconnectedCause = networkFault, 4
		return made
	case d.Verb == load.Ask: // the caller typed nothing that is right, and hung up
		made.ReleaseCause, made.ReleaseDir = normal, 1
		return made
	case d.Verb != load.Connect:
		made.ReleaseCause, made.UnconnectedCause, made.Type = normal, 2, sim.Blocked
		return made
	}
	made.Out = c.At.Add(setUp)
	switch c.Ending {
	case load.Busy:
		made.ReleaseCause, made.ReleaseDir = busy, 2
		return made
	case load.Dropped:
		made.ReleaseCause = networkFault
		return made
	}
	made.Rang = c.At.Add(2 * setUp)
	made.Released = made.Rang.Add(c.Ring)
	return rung(made, c, d)
}

// rung is a call after it rang.
func rung(made sim.Call, c load.Call, d load.Decision) sim.Call {
	switch c.Ending {
	case load.NoAnswer:
		made.ReleaseCause = noAnswer
	case load.Refused:
		made.ReleaseCause, made.ReleaseDir = refused, 2
	case load.HungUp:
		made.ReleaseCause, made.ReleaseDir = normal, 1
	default:
		made.Answered = made.Released
		made.Released = made.Answered.Add(c.Talked(d))
		made.ReleaseCause, made.ReleaseDir = normal, 1
		switch {
		case c.Stopped || d.Longest > 0 && c.Talk >= d.Longest:
			made.ReleaseDir = 0
		case c.ByCallee:
			made.ReleaseDir = 2
		}
	}
	return made
}

// parties are who speaks to whom. Which of them is phone_no is not known: every
// other call has the one, or the other.
func (p *Platform) parties(c load.Call, d load.Decision) sim.Call {
	made := sim.Call{
		ID: recordID(c.ID), PoolKey: p.c.PoolKey, CallID: c.ID, X: national(c.X), Phone: national(c.Caller), Peer: d.Callee, OutID: d.UserData,
		Extension: d.Typed, Dialled: c.At,
	}
	made.SubsID, _ = subsID(d.SubsID)
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
	switch {
	case d.Verb != load.Connect:
		made.Type, made.UnconnectedCause = sim.TextBlocked, 2
	case made.Type == sim.ToPhone:
		made.Type = sim.TextTaken
	default:
		made.Type = sim.TextSent
	}
	return made
}
