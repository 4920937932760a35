package call

import "time"

// Event is something that happened during a call, told while it lasts or
// shortly after.
type Event struct {
	// Platform pushed it.
	Platform Platform
	// ID is its identity among the events of the platform: type, call and time,
	// or a digest of them. Printable.
	ID string
	// CallID is the platform's id of the call.
	CallID string
	// Type is the platform's own word: "alerting", "SecretRingReport".
	Type string
	// Stage is how far the call had come; empty: the event says nothing of it.
	Stage Stage
	// At is when it happened; zero: not told.
	At time.Time
	// X, Caller and Callee as the event names them; zero: not told, or masked.
	X, Caller, Callee Number
	// BindingID decided the call; zero: not told.
	BindingID ID
	// Cause of a call's end.
	Cause Cause
	// ReleasedBy hung up; empty: not told.
	ReleasedBy Party
	// UserData is what the binding said, echoed.
	UserData string
	// Recorded is set when the event says that there is a recording.
	Recorded bool
	// RecordingID is that recording, where it can be fetched; empty: none.
	RecordingID string
}

// Content is a digest of everything the event says.
func (e *Event) Content() Fingerprint {
	s := newSum('e')
	s.texts(string(e.Platform), e.CallID, e.Type, string(e.Stage), e.X.Full(), e.Caller.Full(), e.Callee.Full(),
		e.Cause.Code, string(e.ReleasedBy), e.UserData)
	s.numbers(uint64(e.BindingID))
	s.instants(e.At)
	return s.sum()
}

// Identity is a digest of what makes two pushes speak of the same event.
func (e *Event) Identity() Fingerprint { return identity('E', e.Platform, e.ID) }

// NumberStatus is what a platform says of one of its X numbers.
type NumberStatus struct {
	Platform Platform
	Number   Number
	// Status and Cause are the platform's codes; Cause is empty where there is
	// none.
	Status, Cause string
	// Text says what they mean, in English; empty: not known.
	Text string
	// At is when it changed; where the platform does not say, when it was told.
	// The latest counts.
	At time.Time
}

// Report is one thing that a push reports: exactly one of Record, Event and
// Status, or a Fault.
type Report struct {
	Record *Record
	Event  *Event
	Status *NumberStatus
	// Recording is set, beside a Record or an Event, where that names a recording.
	Recording *Recording
	// Fault says why the thing could not be understood, by field, without any
	// value: "callInTime: not a time".
	Fault string
}
