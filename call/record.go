package call

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Record is one call detail record, or what became of one text message, in the
// same terms for all platforms.
type Record struct {
	// Platform pushed it.
	Platform Platform
	// ID is the platform's own identity of the record, or a digest where it has
	// none; unique among the records of a platform. Printable, 1-256 bytes.
	ID string
	// CallID is the platform's id of the call; empty: not told.
	CallID string
	// Kind is a call or a text message.
	Kind Kind
	// X was dialled; zero: not told.
	X Number
	// Caller and Callee are the true parties; zero: unknown.
	Caller, Callee Number
	// Extension that was typed; empty: none.
	Extension string
	// BindingID decided the call; zero: not told.
	BindingID ID
	// StartedAt to EndedAt are the stages of the call; zero: not reached, or
	// not told.
	StartedAt, RingingAt, AnsweredAt, EndedAt time.Time
	// Duration is the time spoken in seconds.
	Duration int
	// Outcome is what became of the call.
	Outcome RecordOutcome
	// ReleasedBy hung up; empty: not told.
	ReleasedBy Party
	// Cause is the platform's own code, and what it says.
	Cause Cause
	// Recording is how far the recording has come.
	Recording RecordingState
	// RecordingID is the recording that can be fetched; empty: none.
	RecordingID string
	// UserData is what the binding said, echoed.
	UserData string
}

// RecordOutcome is what became of a call.
type RecordOutcome string

// The outcomes of a call. A text message that went through is answered.
const (
	Answered RecordOutcome = "answered"
	NoAnswer RecordOutcome = "no_answer"
	Busy     RecordOutcome = "busy"
	Rejected RecordOutcome = "rejected" // by the callee
	Blocked  RecordOutcome = "blocked"  // by us or the platform: no binding, a limit, a list
	Failed   RecordOutcome = "failed"   // by the network, or nobody knows why
)

// Party is one end of a call, or the platform between them.
type Party string

// The parties that may hang up.
const (
	ByCaller   Party = "caller"
	ByCallee   Party = "callee"
	ByPlatform Party = "platform"
)

// Cause is a platform's code for how a call ended.
type Cause struct {
	// Code as the platform wrote it; empty: none.
	Code string
	// Text says what the code means, in English; empty: not known.
	Text string
}

// RecordingState is how far a recording has come.
type RecordingState string

// The states of a recording.
const (
	NoRecording      RecordingState = "none"     // the call was not recorded
	RecordingPending RecordingState = "pending"  // the platform has it, or will
	RecordingLocated RecordingState = "located"  // its address is known
	RecordingKept    RecordingState = "archived" // it lies in our own storage
	RecordingExpired RecordingState = "expired"  // it was not fetched in time
	RecordingFailed  RecordingState = "failed"   // it cannot be fetched
	// RecordingUnmatched: a receipt that nobody signed names it, for a call that we
	// never decided. It waits for somebody to ask for it.
	RecordingUnmatched RecordingState = "unmatched"
)

// At is the instant that lists go by: the start of the call, else the first
// later stage that is known; zero: none is.
func (r *Record) At() time.Time {
	for _, t := range []time.Time{r.StartedAt, r.RingingAt, r.AnsweredAt, r.EndedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// Content is a digest of everything a record says: two records of one identity
// and one content are the same record, whatever their spelling. The recording's
// state is not part of it, since it changes, nor is the cause's text, which is
// ours.
func (r *Record) Content() Fingerprint {
	s := newSum('r')
	s.texts(string(r.Platform), r.CallID, string(r.Kind), r.X.Full(), r.Caller.Full(), r.Callee.Full(),
		r.Extension, string(r.Outcome), string(r.ReleasedBy), r.Cause.Code, r.UserData)
	s.numbers(uint64(r.BindingID), uint64(r.Duration), recorded(r.Recording))
	s.instants(r.StartedAt, r.RingingAt, r.AnsweredAt, r.EndedAt)
	return s.sum()
}

// recorded tells whether a state speaks of a recording at all.
func recorded(s RecordingState) uint64 {
	if s == NoRecording || s == "" {
		return 0
	}
	return 1
}

// Identity is a digest of what makes two pushes speak of the same record.
func (r *Record) Identity() Fingerprint { return identity('R', r.Platform, r.ID) }

// Fingerprint is a SHA-256, cut to what tells records apart: with a million
// million of them, the odds that any two agree by chance are one in 10^14.
type Fingerprint [16]byte

// identity is the fingerprint of an id among those of one platform and sort.
func identity(sort byte, p Platform, id string) Fingerprint {
	s := newSum(sort)
	s.texts(string(p), id)
	return s.sum()
}

// CallFingerprint stands for one call where its id is too long or too telling:
// real call ids contain both parties' numbers.
func CallFingerprint(p Platform, callID string) Fingerprint { return identity('C', p, callID) }

// CallerFingerprint stands for the records of one caller.
func CallerFingerprint(p Platform, caller Number) Fingerprint { return identity('P', p, caller.Full()) }

// sum is a digest under way. Every part goes in with its length, so that no two
// lists of parts look alike.
type sum struct{ buf []byte }

func newSum(sort byte) sum { return sum{append(make([]byte, 0, 512), sort)} }

func (s *sum) texts(parts ...string) {
	for _, p := range parts {
		s.buf = binary.AppendUvarint(s.buf, uint64(len(p)))
		s.buf = append(s.buf, p...)
	}
}

func (s *sum) numbers(parts ...uint64) {
	for _, p := range parts {
		s.buf = binary.BigEndian.AppendUint64(s.buf, p)
	}
}

// instants writes milliseconds; none is a value that no instant has.
func (s *sum) instants(parts ...time.Time) {
	for _, t := range parts {
		if t.IsZero() {
			s.numbers(1 << 63)
		} else {
			s.numbers(uint64(t.UnixMilli()))
		}
	}
}

func (s *sum) sum() (f Fingerprint) {
	full := sha256.Sum256(s.buf)
	copy(f[:], full[:])
	return f
}
