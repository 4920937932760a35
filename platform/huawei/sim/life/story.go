package life

import (
	"time"

	"xmode/simulator/load"
)

// story is when what happens in a call, after it was dialled; 0: it does not come
// to that.
type story struct {
	out, rings, answered, ended time.Duration
	// state is the stateCode of the end, why its text.
	state int
	why   string
	// q850, point and sip are the causes in the record.
	q850, point, sip int
	// by is 1 where the caller, 2 where the callee hung up; 0: neither.
	by int
}

// setUp is how long it takes to reach the callee.
const setUp = time.Second

// storyOf tells a call under a decision. The codes are those of the platform's
// lists; which of them belong together in one record is inferred.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0018.html
func storyOf(c load.Call, d load.Decision) story {
	switch {
	case d.Failed:
		return story{ended: setUp, state: 8014, why: "Invalid call.", point: 8014}
	case d.Verb != load.Connect:
		return story{ended: setUp, state: 8014, why: "The application closes the call.", point: 8014} // inferred: no page has a code for it
	}
	s := story{out: setUp, rings: 2 * setUp, ended: 2*setUp + c.Ring}
	switch c.Ending {
	case load.Answered:
		return s.talk(c, d)
	case load.NoAnswer:
		return s.fails(8101, "No answer.", 19, 480)
	case load.Busy:
		s.rings, s.ended = 0, 2*setUp
		return s.fails(8102, "The callee is busy.", 17, 486)
	case load.Refused:
		s.by = 2
		return s.fails(7504, "The callee rejects the call.", 21, 603)
	case load.HungUp:
		s.by = 1
		return s.fails(7502, "The caller hangs up after ringing.", 16, 487)
	}
	s.rings = 0
	return s.fails(7506, "The network of the callee fails.", 38, 503)
}

// talk is a call that is answered.
func (s story) talk(c load.Call, d load.Decision) story {
	s.answered = s.ended
	s.ended += c.Talked(d)
	s.why, s.by = "The user releases the call.", 1
	switch {
	case c.Stopped:
		s.by, s.state, s.why, s.point = 0, 8011, "The application ends the call.", 8011 // inferred: one of the platform's own
	case d.Longest > 0 && c.Talk >= d.Longest:
		s.by, s.state, s.why, s.point = 0, 8010, "The maximum duration is reached.", 8010
	case c.ByCallee:
		s.by = 2
	}
	return s
}

// fails is a call that is not answered.
func (s story) fails(state int, why string, q850, sip int) story {
	s.state, s.why, s.q850, s.point, s.sip = state, why, q850, state, sip
	return s
}
