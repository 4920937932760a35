package call

import "time"

// Kind is what reached the X number.
type Kind string

// The kinds of a query.
const (
	Voice Kind = "voice"
	SMS   Kind = "sms"
)

// Query is a platform's question: whom do I connect?
type Query struct {
	// Platform asks.
	Platform Platform
	// Kind is a call or a text message.
	Kind Kind
	// CallID is the platform's id of the call, 1-256 printable bytes.
	CallID string
	// Caller dialled; zero: unknown, withheld or no valid number.
	Caller Number
	// X was dialled.
	X Number
	// Extension as it was dialled, unchecked; empty: none.
	Extension string
	// CanAsk is set where the platform can ask the caller for an extension.
	CanAsk bool
	// At is the instant of the decision.
	At time.Time
}

// Routes is what a store knows about one X number, seen from one query. The
// bindings may be expired or bound to another platform; [Decide] checks.
type Routes struct {
	// Extension is the binding that the dialled extension reaches.
	Extension *Binding
	// Admits is set when the caller is among the peers of Extension.
	Admits bool
	// Own is the binding without extension of which the caller is the owner or
	// a peer.
	Own *Binding
	// Open is the binding without extension and without peers.
	Open *Binding
	// ExtensionsUntil is the latest expiry of the bindings with extensions on X
	// that the query's platform may see; zero: there are none. [Never] stands
	// for a binding that does not expire.
	ExtensionsUntil time.Time
	// Last is the last caller who was connected to the caller of this query.
	Last *LastCaller
	// Asks is how many times this call has been asked for an extension.
	Asks int
}

// Never is an instant after all others.
var Never = time.Unix(1<<40, 0).UTC()

// LastCaller is who was connected last to an owner through an X number.
type LastCaller struct {
	// Caller is the party to call back.
	Caller Number
	// Binding connected them; nil when it is gone.
	Binding *Binding
	// Admits is set when Caller is among the peers of Binding.
	Admits bool
}

// Policy holds the operator's choices.
type Policy struct {
	// MaxAsks is how often one call is asked for an extension.
	MaxAsks int
	// RejectLandlines turns away callers who are fixed lines for certain.
	RejectLandlines bool
}
