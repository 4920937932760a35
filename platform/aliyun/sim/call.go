package sim

import (
	"cmp"
	"strconv"
	"time"
)

// CallType is the call_type of a receipt.
type CallType int

// The types of calls. Those of text messages are of 2019.
const (
	FromPhone   CallType = 0 // phone_no calls peer_no
	ToPhone     CallType = 1 // peer_no calls phone_no
	TextSent    CallType = 2
	TextTaken   CallType = 3
	Blocked     CallType = 4
	TextBlocked CallType = 5
)

// Call is a call through an X number, or a text message, as the platform's
// receipts tell it. https://help.aliyun.com/en/pnp/developer-reference/secretreport
type Call struct {
	// ID is the record's primary key, a number in the sample; 0: none.
	ID int64
	// PoolKey is the number pool.
	PoolKey string
	// SubsID is the binding: what the query's answer said (inferred).
	SubsID int64
	// CallID is that of the query (inferred).
	CallID string
	// Phone is the A number, Peer the other party, X the privacy number, all in
	// the national form.
	Phone, X, Peer string
	// City is the home of X, OutID what the answer said, Extension what was
	// typed; all may be empty.
	City, OutID, Extension string
	// Display is called_display_no; empty: X.
	Display string
	// Type says who called whom.
	Type CallType
	// Dialled is call_time, Out when the callee's leg began, Rang, Answered and
	// Released what they say. Zero: it did not come to that. A text message has
	// Dialled alone.
	Dialled, Out, Rang, Answered, Released time.Time
	// ReleaseDir is 0 for the platform, 1 caller, 2 callee.
	ReleaseDir int
	// ReleaseCause is a code of the platform's list.
	ReleaseCause int
	// UnconnectedCause is 0 for normal, 1 blacklist, 2 no binding, 3 call
	// restriction, 4 other.
	UnconnectedCause int
	// Control and ControlMsg are control_type and control_msg: how the query was
	// answered. Empty: CONTINUE and OK, or REJECT and NO_SUBS_EXIST where the
	// UnconnectedCause says that there is no binding.
	Control, ControlMsg string
	// Texts is sms_number; 0 for a call.
	Texts int
	// RecordURL is where the recording lies; empty: there is none.
	RecordURL string
}

// Start returns the SecretStartReport.
func (c Call) Start() Receipt {
	r := c.common()
	r["call_type"], r["sub_id"] = int(c.Type), c.SubsID
	r["partner_key"], r["called_display_no"], r["unconnected_cause"] = c.PoolKey, cmp.Or(c.Display, c.X), c.UnconnectedCause
	r["control_type"], r["control_msg"] = c.control()
	return r
}

// Ring returns the SecretRingReport. Its numbers are strings in the sample.
func (c Call) Ring() Receipt {
	r := c.common()
	r.put("extension", c.Extension)
	r.at("ring_time", c.Rang)
	return r
}

// PickUp returns the SecretPickUpReport, with ring_time in the spelling of the
// message queue's page.
func (c Call) PickUp() Receipt {
	r := c.common()
	r.put("extension", c.Extension)
	r.at("ring_Time", c.Rang)
	r.at("start_time", c.Answered)
	return r
}

// Report returns the SecretReport. A stage that was not reached has the time of
// the one before it, or the end's.
func (c Call) Report() Receipt {
	out := later(c.Out, c.Dialled)
	ring := later(c.Rang, out)
	release := later(c.Released, later(c.Answered, ring))
	r := c.Start()
	if c.ID != 0 {
		r["id"] = c.ID
	}
	r.put("extension", c.Extension)
	r["call_out_time"], r["ring_time"], r["free_ring_time"] = dateTime(out), dateTime(ring), dateTime(ring)
	r["start_time"], r["release_time"] = dateTime(later(c.Answered, release)), dateTime(release)
	r["release_dir"], r["release_cause"], r["sms_number"] = c.ReleaseDir, c.ReleaseCause, c.Texts
	r.put("record_url", c.RecordURL)
	return r
}

// Recording returns the SecretRecording, whose call_time is in milliseconds.
func (c Call) Recording() Receipt {
	r := Receipt{"pool_key": c.PoolKey, "sub_id": c.SubsID, "call_id": c.CallID, "call_time": c.Dialled.UnixMilli()}
	r.put("out_id", c.OutID)
	return r
}

// common is what all receipts of a call but its recording's have, with numbers
// as strings.
func (c Call) common() Receipt {
	r := Receipt{
		"pool_key": c.PoolKey, "sub_id": strconv.FormatInt(c.SubsID, 10), "call_id": c.CallID, "phone_no": c.Phone, "secret_no": c.X,
		"peer_no": c.Peer, "call_type": strconv.Itoa(int(c.Type)), "call_time": dateTime(c.Dialled),
	}
	r.put("city", c.City)
	r.put("out_id", c.OutID)
	return r
}

// control says how the query was answered.
func (c Call) control() (kind, message string) {
	if c.UnconnectedCause == 2 {
		return cmp.Or(c.Control, "REJECT"), cmp.Or(c.ControlMsg, "NO_SUBS_EXIST") // the type is inferred
	}
	return cmp.Or(c.Control, "CONTINUE"), cmp.Or(c.ControlMsg, "OK")
}

// later is an instant, or the one that stands for it where it is not reached.
func later(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}
