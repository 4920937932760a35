package load

import "time"

// Duty is whether an endpoint must have something.
type Duty uint8

// The duties.
const (
	// Absent: it was never told, and must not have it.
	Absent Duty = iota
	// Perhaps: it was told, and never acknowledged it: at most once.
	Perhaps
	// Due: it acknowledged it, and must have it exactly once.
	Due
)

// Want is what an endpoint must have of a call.
type Want struct {
	// Platform and CallID name the call.
	Platform, CallID string
	Kind
	// Decision is what the endpoint answered in the end, with Failed where the call
	// was lost. Only Verb, Callee, Failed and Intercept are kept.
	Decision
	// Cut: a query was cut off before its answer, and sent again as it was. Whether the
	// endpoint notes the one that nobody heard, or the repeat, is its affair.
	Cut bool
	// Caller and X as the user wrote them.
	Caller, X string
	// Ending of a call that was connected, and how long it was talked.
	Ending
	Talked time.Duration
	// Record is whether there must be a call record, Recording whether a recording
	// of it must be known.
	Record, Recording Duty
}
