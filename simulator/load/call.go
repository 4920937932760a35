package load

import "time"

// Kind is what reaches the X number.
type Kind uint8

// The kinds.
const (
	Voice Kind = iota
	Text
)

// Party is somebody who may call, as the user wrote it.
type Party struct {
	// Caller is the number of who calls; empty: withheld. X is the number that is
	// dialled.
	Caller, X string
	// Extension is what the caller types if asked; empty: nothing.
	Extension string
}

// Ending is what becomes of a call once the endpoint has it connected.
type Ending uint8

// The endings.
const (
	Answered Ending = iota
	NoAnswer        // it rang, and nobody answered
	Busy
	Refused // by the callee
	Dropped // the network failed
	HungUp  // the caller hung up while it rang
	endings // how many there are
)

// Call is a call or a text message of a load: what follows from the seed and its
// number alone.
type Call struct {
	// N counts from 0. ID is the platform's id of the call, unique over loads.
	N  int
	ID string
	Kind
	Party
	// Ending is how it would end if it was connected.
	Ending
	// Ring and Talk are how long it rings and is talked, in whole seconds. Talk is 0
	// unless it is answered, and at least 3 s if it is, so that there can be a
	// recording.
	Ring, Talk time.Duration
	// ByCallee: the callee hangs up, after an answer.
	ByCallee bool
	// Stopped: the customer's system has had it cut, after Talk.
	Stopped bool
	// At is when it was dialled, by the platform's clock.
	At time.Time
}

// Verb is what an endpoint decides.
type Verb uint8

// The verbs.
const (
	Reject Verb = iota
	Connect
	Ask // for an extension
)

// Decision is an endpoint's answer to a query.
type Decision struct {
	Verb
	// Callee is connected, Display shown to the callee, both as the endpoint wrote
	// them.
	Callee, Display string
	// SubsID names the binding, UserData comes back in what is told of the call.
	SubsID, UserData string
	// Typed is what the caller had typed by then.
	Typed string
	// Intercept: the text is not delivered, but told to the customer.
	Intercept bool
	// Record: the call is to be recorded.
	Record bool
	// Longest is after how long a call is cut; 0: never.
	Longest time.Duration
	// Failed: there was no answer that a platform can use, and the call is lost.
	Failed bool
}

// Talked is for how long a call is talked under a decision.
func (c Call) Talked(d Decision) time.Duration {
	if d.Verb != Connect || c.Ending != Answered {
		return 0
	}
	if d.Longest > 0 {
		return min(c.Talk, d.Longest)
	}
	return c.Talk
}

// Recorded reports whether there is a recording of a call under a decision: none
// of those under three seconds (https://support.huaweicloud.com/api-PrivateNumber/,
// in the product's FAQ).
func (c Call) Recorded(d Decision) bool {
	return c.Kind == Voice && d.Record && c.Talked(d) >= 3*time.Second
}
