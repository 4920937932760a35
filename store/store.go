// Package store says what is kept and what is promised: small roles, each with
// the errors that come back. redisstore implements them, storetest holds every
// implementation against them.
package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"xmode/call"
)

// Errors that the roles return, to be tested with errors.Is.
var (
	// ErrUnavailable: the store did not answer, or not in time. The cause is wrapped.
	ErrUnavailable = errors.New("store unavailable")
	// ErrUnsent: the store is known to be away, and nothing was sent to it. It is an
	// ErrUnavailable.
	ErrUnsent = fmt.Errorf("%w: nothing was sent", ErrUnavailable)
	// ErrNotFound: no binding has that id; of the quarantine: no text has.
	ErrNotFound = errors.New("binding not found")
	// ErrXImmutable: the id exists on another X number.
	ErrXImmutable = errors.New("x cannot be changed")
	// ErrPrecondition: the binding is not the one that If-Match names.
	ErrPrecondition = errors.New("precondition failed")
	// ErrBusy: another writer is at work on the same id; try again.
	ErrBusy = errors.New("binding is being written")
	// ErrTooLarge: a change touches too many parties of one X number at a time.
	ErrTooLarge = errors.New("too many parties on one X number in one call")
	// ErrExists: a create named an id that is taken.
	ErrExists = errors.New("id already exists")
)

// Conflict refuses a write that would give one route to two owners.
type Conflict struct {
	// With is the binding in the way.
	With call.Binding
	// Route says in words which claim collides, without numbers: "owner or
	// peer", "extension", "open binding", "bindings with extensions".
	Route string
}

// Error names the binding in the way by its id.
func (c *Conflict) Error() string {
	return fmt.Sprintf("conflicts with binding %s: %s", c.With.ID, c.Route)
}

// Message identifies one signed message for the replay check.
type Message struct {
	// Platform sent it.
	Platform call.Platform
	// Nonce and Digest are those of its proof.
	Nonce  string
	Digest [16]byte
	// At is when it arrived; Until is when its timestamp leaves the window, and
	// so the nonce can be forgotten.
	At, Until time.Time
}

// Seen is the result of the replay check.
type Seen int

// Results of the replay check.
const (
	Fresh    Seen = iota // first time
	Repeated             // the same message within RetryWindow: the platform's own retry
	Late                 // the same message, later than that: refused, unless it could not be stored before
	Replayed             // another message, refused
)

// RetryWindow is how long the same signed query is answered again.
const RetryWindow = 10 * time.Second

// Encounter is how a process met a query, for what it remembers by itself.
type Encounter struct {
	// Seen is what an earlier use of its nonce in this process means.
	Seen Seen
	// Era tells whether bindings have changed since.
	Era uint64
}

// Router serves the hot path.
type Router interface {
	// Route files the nonce of m and fetches all that one decision needs, in one
	// round trip. A nil m checks no nonce (for /v1/decide). The error is
	// ErrUnavailable.
	Route(ctx context.Context, q call.Query, m *Message) (call.Routes, Seen, error)
}

// Traces keeps what decisions leave behind.
type Traces interface {
	// Leave writes the traces in one round trip: asks, last callers, and the log
	// of decisions; ErrUnsent, ErrUnavailable.
	Leave(ctx context.Context, traces []call.Trace) error
}

// Write is a binding to be created or replaced.
type Write struct {
	Binding call.Binding
	// Create refuses an id that is already taken (ErrExists). A Binding without
	// an ID is always created: under a new id, or, when a live binding is the
	// SameAs it, as that one.
	Create bool
	// Match, when not empty, are the ETags of which the present binding must
	// have one ("*": any); otherwise ErrPrecondition.
	Match []string
}

// Written is the outcome of a Write.
type Written struct {
	// Binding as it is kept now.
	Binding call.Binding
	// ETag of Binding.
	ETag string
	// Created: the id is new. Unchanged: an equal binding was there already.
	Created, Unchanged bool
	// Err is nil, *Conflict, ErrXImmutable, ErrPrecondition, ErrExists, ErrBusy
	// or ErrUnavailable.
	Err error
}

// Filter selects bindings. At most one of X and Owner is set.
type Filter struct {
	X, Owner call.Number
	// Limit is the largest page, 1-1000.
	Limit int
	// Cursor of the page before; empty: the first.
	Cursor string
}

// Entry is a binding as it is kept.
type Entry struct {
	Binding call.Binding
	ETag    string
}

// Page is a part of a list.
type Page struct {
	Entries []Entry
	// Next is the cursor of the next page; empty: this is the last.
	Next string
}

// ErrCursor: the cursor is none that List gave.
var ErrCursor = errors.New("bad cursor")

// Change is a call of the provisioning interface: Unbind first, then Bind.
type Change struct {
	Unbind []call.ID
	Bind   []call.Binding
	// At is the instant against which expiry is judged.
	At time.Time
	// Dry checks and reports, and changes nothing.
	Dry bool
}

// Applied is what a Change did, or with Dry would do.
type Applied struct {
	// Bound and Unbound are all ids of the Change, in its order.
	Bound, Unbound []call.ID
	// Changed are those of Bound that were created or replaced: not those that
	// were there already as they were to be. Removed are those of Unbound of
	// which there was a binding.
	Changed, Removed []call.ID
}

// Undone is the error of a Change that failed after parts of it were applied.
type Undone struct {
	// Cause is what failed.
	Cause error
	// Complete is set when everything that had been applied was taken back.
	Complete bool
}

// Error tells whether the change was taken back whole.
func (u *Undone) Error() string {
	if u.Complete {
		return u.Cause.Error() + "; everything applied before was undone"
	}
	return u.Cause.Error() + "; what was applied before could not be undone whole: repeat the call"
}

// Unwrap gives the cause.
func (u *Undone) Unwrap() error { return u.Cause }

// Bindings reads bindings. Expired ones are there until swept.
type Bindings interface {
	// Get returns one; ErrNotFound, ErrUnavailable.
	Get(ctx context.Context, id call.ID) (Entry, error)
	// List returns a page in a stable order; ErrCursor, ErrUnavailable.
	List(ctx context.Context, f Filter) (Page, error)
}

// Provisioner writes bindings. Each binding is written whole or not at all.
type Provisioner interface {
	// Put writes each binding by itself, in order, and reports on each; at is
	// the instant against which expiry is judged.
	Put(ctx context.Context, at time.Time, writes ...Write) []Written
	// Delete removes one; ErrNotFound, ErrPrecondition, ErrBusy, ErrUnavailable.
	Delete(ctx context.Context, id call.ID, match []string) error
	// Apply makes a Change, X number by X number, each atomically. The error is
	// a *Missing (nothing was applied), one of Put's, or an *Undone around it.
	Apply(ctx context.Context, c Change) (Applied, error)
	// Sweep removes a small batch of expired bindings and of what crashed
	// writers left, and returns how many bindings went.
	Sweep(ctx context.Context, now time.Time) (int, error)
}

// Missing lists ids that were to be unbound and are unknown. It is ErrNotFound.
type Missing struct{ IDs []call.ID }

// Error names the ids.
func (m *Missing) Error() string {
	names := make([]string, len(m.IDs))
	for i, id := range m.IDs {
		names[i] = id.String()
	}
	return "unknown binding ids: " + strings.Join(names, ", ")
}

// Is makes a Missing an ErrNotFound.
func (m *Missing) Is(target error) bool { return target == ErrNotFound }

// AuditEntry says who changed what.
type AuditEntry struct {
	At        time.Time
	Key       string // name of the API key
	Action    string // "create", "replace", "delete", "bind", "unbind", "import"
	BindingID call.ID
	UserID    string // user_id of /provision_x, else empty
}

// Audit is a capped log, newest first.
type Audit interface {
	// Record appends entries; ErrUnavailable.
	Record(ctx context.Context, entries ...AuditEntry) error
	// Recent returns up to limit entries before cursor; ErrCursor, ErrUnavailable.
	Recent(ctx context.Context, limit int, cursor string) (entries []AuditEntry, next string, err error)
}

// Pinger says whether the store answers.
type Pinger interface {
	// Ping returns nil or ErrUnavailable.
	Ping(ctx context.Context) error
}

// Store is all roles together.
type Store interface {
	Router
	Traces
	Bindings
	Provisioner
	Audit
	Pinger
	Inbox
	Records
	Quarantine
	Retention
	Durability
	RecordingWork
	RecordingList
	RecordingRetention
	Inspector
}
