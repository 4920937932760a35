package store

import (
	"context"
	"errors"
	"time"

	"xmode/call"
)

// Errors of the roles that keep what platforms push.
var (
	// ErrNotDurable: the push is stored, but not as durably as promised, or that
	// cannot be confirmed.
	ErrNotDurable = errors.New("not stored as durably as promised")
	// ErrReplayed: the nonce was used with another body, which holds something
	// that is not known yet. Nothing was stored.
	ErrReplayed = errors.New("nonce used before")
	// ErrPartitions: the store was set up with another number of partitions.
	ErrPartitions = errors.New("record partitions differ from those at the first start")
)

// Failure is an ErrUnavailable that says in a word what kind of trouble it was: what
// the store said, such as "OOM", or "connection". The word holds nothing of what
// was stored.
type Failure struct {
	Class string
	// Err is an ErrUnavailable around the cause.
	Err error
}

// Error is that of Err.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap gives Err.
func (f *Failure) Unwrap() error { return f.Err }

// Delivery is one push to be stored.
type Delivery struct {
	// Platform pushed it, as items of Kind.
	Platform call.Platform
	Kind     string
	// Items are the platform's JSON, one for each thing.
	Items [][]byte
	// Read understands the item at an index. It is not called for one that is
	// known to be here already.
	Read func(index int) call.Report
	// Message is the signed message; nil: it carries no nonce.
	Message *Message
	// At is when the push arrived.
	At time.Time
	// Requeued marks what comes out of the quarantine.
	Requeued bool
}

// Deposited counts what became of the items of a push.
type Deposited struct {
	// Fresh were stored, Duplicates known already, Conflicts stored beside
	// another content of the same identity, Quarantined not understood. A
	// status of a number is Fresh or, when a later one is known, a Duplicate.
	Fresh, Duplicates, Conflicts, Quarantined int
}

// Inbox takes what platforms push.
type Inbox interface {
	// Deposit stores a push in one round trip for each partition that it
	// touches, and returns once it is as durable as promised. The same push
	// again changes nothing but counters. The error is ErrReplayed,
	// ErrNotDurable, ErrPartitions or ErrUnavailable; then parts of the push may
	// be stored, and the push is to be repeated.
	Deposit(ctx context.Context, d Delivery) (Deposited, error)
}

// RecordFilter selects call records.
type RecordFilter struct {
	// X and Caller; zero: any.
	X, Caller call.Number
	// Platform; empty: any.
	Platform call.Platform
	// Since (inclusive) and Until (exclusive) bound the start of the call, or
	// where that is not told the first stage that is; zero: open.
	Since, Until time.Time
	// Limit is the largest page, 1-1000.
	Limit int
	// Cursor of the page before; empty: the first.
	Cursor string
}

// RecordPage is a part of a list of records.
type RecordPage struct {
	// Records are JSON objects as [AppendRecord] writes them, newest first; at
	// the same instant, those of one call in the order in which they came.
	Records [][]byte
	// Next is the cursor of the next page; empty: this is the last.
	Next string
}

// CallLog is all that is known of one call, each list in order of time, each
// item a JSON object: see [AppendQuery], [AppendEvent] and [AppendRecord].
type CallLog struct {
	// Queries are logged decisions, Events and Records what was pushed.
	Queries, Events, Records [][]byte
	// Stage is how far the call has come; empty: nothing is known.
	Stage call.Stage
}

// Records reads what Inbox and Traces keep.
type Records interface {
	// Records returns a page, newest first; ErrCursor, ErrUnavailable.
	Records(ctx context.Context, f RecordFilter) (RecordPage, error)
	// Call returns what is known of a call; empty lists where nothing is.
	// ErrUnavailable.
	Call(ctx context.Context, p call.Platform, callID string) (CallLog, error)
	// Numbers returns the last known status of each X number, in the order of
	// the numbers. ErrUnavailable.
	Numbers(ctx context.Context) ([]call.NumberStatus, error)
}

// Quarantined is something that could not be understood.
type Quarantined struct {
	// ID is a digest of platform, kind and text: 32 hexadecimal digits.
	ID       string
	Platform call.Platform
	Kind     string
	// Reason says why, without any value.
	Reason string
	// At is when it came first; Pushes is how often it came.
	At     time.Time
	Pushes int
	// Raw is the text, byte for byte.
	Raw []byte
}

// Quarantine keeps what could not be understood.
type Quarantine interface {
	// ListQuarantine returns up to limit entries after the cursor, newest
	// first; ErrCursor, ErrUnavailable.
	ListQuarantine(ctx context.Context, limit int, cursor string) (entries []Quarantined, next string, err error)
	// GetQuarantined returns one; ErrNotFound, ErrUnavailable.
	GetQuarantined(ctx context.Context, id string) (Quarantined, error)
	// DropQuarantined removes one; ErrNotFound, ErrUnavailable.
	DropQuarantined(ctx context.Context, id string) error
}

// Retention ends what is too old.
type Retention interface {
	// Retire removes a small batch of what came before an instant: records,
	// events, logged decisions, stream entries and quarantined texts. It returns
	// how many went; 0: nothing is left to remove. ErrUnavailable.
	Retire(ctx context.Context, before time.Time) (int, error)
}

// Durability tells whether deposits are as durable as promised.
type Durability interface {
	// CheckDurability asks every master. The error says what is wrong, and is
	// ErrNotDurable or ErrUnavailable; deposits fail until it is nil again.
	CheckDurability(ctx context.Context) error
}
