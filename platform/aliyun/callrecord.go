package aliyun

import (
	"strconv"
	"time"

	"xmode/call"
)

// The values of call_type. Those of text messages are of 2019.
const (
	typeCaller      = 0 // phone_no calls peer_no
	typeCallee      = 1 // peer_no calls phone_no
	typeSent        = 2 // phone_no texts peer_no
	typeReceived    = 3 // peer_no texts phone_no
	typeBlocked     = 4 // a call that was intercepted
	typeTextBlocked = 5 // a text message that was intercepted
)

// readCall reads a SecretReport: the record of a call or of a text message.
// https://help.aliyun.com/en/pnp/developer-reference/secretreport
func readCall(r *receipt) call.Report {
	r.telling("id", "call_id", "secret_no", "phone_no", "peer_no", "sub_id", "call_time")
	id, callType := r.printable("id"), r.callType()
	c := call.Record{Platform: Name, Kind: callType.kind(), CallID: r.callID(), BindingID: r.bindingID(), X: r.x()}
	c.Caller, c.Callee = r.parties(callType)
	c.Extension, c.UserData = r.Text("extension"), r.userData()
	c.StartedAt = r.time("call_time")
	if c.ID = id; id == "" {
		c.ID = r.identity(callType.text(), c.StartedAt)
	}
	r.stages(&c)
	c.ReleasedBy = r.releasedBy()
	c.Outcome, c.Cause = r.outcome(&c, callType), r.cause()
	recording := r.recordingOf(&c)
	return call.Report{Record: &c, Recording: recording}
}

// callType is a call_type; -1: not told.
type callType int

func (r *receipt) callType() callType {
	n, there := r.Int("call_type")
	if !there {
		return -1
	}
	return callType(n)
}

// text is "" where the type is not told.
func (t callType) text() string {
	if t < 0 {
		return ""
	}
	return strconv.Itoa(int(t))
}

func (t callType) kind() call.Kind {
	switch t {
	case typeSent, typeReceived, typeTextBlocked:
		return call.SMS
	}
	return call.Voice
}

// blocked reports whether the platform stopped what it is about.
func (t callType) blocked() bool { return t == typeBlocked || t == typeTextBlocked }

// parties returns who called whom. phone_no is the A number, peer_no the other
// one; that phone_no is the caller where the type does not say is inferred.
func (r *receipt) parties(t callType) (caller, callee call.Number) {
	phone, peer := r.Party("phone_no"), r.Party("peer_no")
	if t == typeCallee || t == typeReceived {
		return peer, phone
	}
	return phone, peer
}

// stages reads the times of a record. A call was connected if it was released
// after its start: without an answer both are the same instant.
func (r *receipt) stages(c *call.Record) {
	out := r.time("call_out_time")
	ring := r.time("ring_time", "ring_Time", "ringTime")
	if free := r.time("free_ring_time"); !free.IsZero() {
		ring = free // the better witness: equal to ring_time where it knows nothing
	}
	start, release := r.time("start_time"), r.time("release_time")
	c.EndedAt = release
	if c.Kind == call.SMS {
		if c.StartedAt.IsZero() {
			c.StartedAt = start // all its times but call_time are when it came
		}
		return
	}
	if ring.After(out) { // at the instant of dialling out: it did not ring
		c.RingingAt = ring
	}
	if spoken := release.Sub(start); !start.IsZero() && spoken > 0 {
		c.AnsweredAt, c.Duration = start, int(spoken/time.Second)
	}
}

// releasedBy reads release_dir.
func (r *receipt) releasedBy() call.Party {
	switch dir, there := r.Int("release_dir"); {
	case !there:
	case dir == 0:
		return call.ByPlatform
	case dir == 1:
		return call.ByCaller
	case dir == 2:
		return call.ByCallee
	}
	return ""
}
