package store

import (
	"context"
	"errors"
	"time"

	"xmode/call"
)

// ErrLost: the lease of a claim ended, and somebody else has the recording now.
// What came of the claim is discarded.
var ErrLost = errors.New("claim lost")

// Recording is one recording and how far it has come.
type Recording struct {
	call.Recording
	// State is pending until it is settled: located, archived, expired, failed or
	// unmatched.
	State call.RecordingState
	// Unmatched is set where a receipt that nobody signed names it, for a call that
	// we never decided.
	Unmatched bool
	// Asked is set once somebody asked for it by hand: then it is fetched, matched
	// or not.
	Asked bool
	// Attempts counts how often the platform was asked for it.
	Attempts int
	// NamedAt is when a push first named it. NextTryAt is when it is due; zero:
	// not by itself. ArchivedAt is when it was stored.
	NamedAt, NextTryAt, ArchivedAt time.Time
	// Error is why the last attempt failed, a word and perhaps the platform's
	// code; empty: it did not.
	Error string
	// Key is where in the archive it lies, with Size in bytes, SHA256 in
	// hexadecimal and ContentType; zero until it does.
	Key         string
	Size        int64
	SHA256      string
	ContentType string
}

// Open reports whether work on it is due, now or later.
func (r *Recording) Open() bool { return !r.NextTryAt.IsZero() }

// Claim is a recording that nobody else works on until the lease ends.
type Claim struct {
	Recording
	// Token is higher than that of any claim before.
	Token uint64
	// Taken is set where an earlier claim was never settled: its worker died, or
	// is too slow.
	Taken bool
	// Place is the store's own.
	Place int
}

// RecordingWork hands out the work of fetching recordings.
type RecordingWork interface {
	// FileRecordings makes work of what pushes have named since. ClaimRecordings
	// does so too, a part at a time. ErrUnavailable.
	FileRecordings(ctx context.Context) error
	// ClaimRecordings claims up to n recordings of a platform that are due, those
	// whose lease ended first. ErrUnavailable.
	ClaimRecordings(ctx context.Context, p call.Platform, n int) ([]Claim, error)
	// HoldRecording begins the lease anew. ErrLost, ErrUnavailable.
	HoldRecording(ctx context.Context, c Claim) error
	// SettleRecording ends a claim with what became of the recording: due again at
	// NextTryAt, or, where that is zero, done. ErrLost, ErrUnavailable.
	SettleRecording(ctx context.Context, c Claim, r Recording) error
	// AdmitAsk takes one of the questions that all endpoints together may put to a
	// platform in this second; zero: taken, else how long to wait. ErrUnavailable.
	AdmitAsk(ctx context.Context, p call.Platform, perSecond int) (time.Duration, error)
	// PauseAsks lets nobody ask a platform for a while. ErrUnavailable.
	PauseAsks(ctx context.Context, p call.Platform, d time.Duration) error
}

// RecordingFilter selects recordings.
type RecordingFilter struct {
	// Platform and State; empty: any.
	Platform call.Platform
	State    call.RecordingState
	// Limit is the largest page, 1-1000.
	Limit int
	// Cursor of the page before; empty: the first.
	Cursor string
}

// RecordingCounts is how many recordings of a platform there are.
type RecordingCounts struct {
	// States counts by state.
	States map[call.RecordingState]int
	// Oldest is when the oldest one that is still due was named; zero: none is.
	Oldest time.Time
	// Early counts those still due that were named before the instant asked for.
	Early int
}

// RecordingList reads recordings.
type RecordingList interface {
	// ListRecordings returns a page, the one named last first. ErrCursor,
	// ErrUnavailable.
	ListRecordings(ctx context.Context, f RecordingFilter) (page []Recording, next string, err error)
	// GetRecording returns one; ErrNotFound, ErrUnavailable.
	GetRecording(ctx context.Context, id string) (Recording, error)
	// RetryRecording makes one due at an instant, whatever became of it, and
	// returns it as it is then. ErrBusy: somebody works on it. ErrNotFound,
	// ErrUnavailable.
	RetryRecording(ctx context.Context, id string, at time.Time) (Recording, error)
	// CountRecordings counts those of a platform; Early are those that were named
	// before an instant. ErrUnavailable.
	CountRecordings(ctx context.Context, p call.Platform, before time.Time) (RecordingCounts, error)
}

// RecordingRetention ends recordings that are too old.
type RecordingRetention interface {
	// OldRecordings returns up to n recordings that were named before an instant
	// and are not due any more, or have expired by then. ErrUnavailable.
	OldRecordings(ctx context.Context, before time.Time, n int) ([]Recording, error)
	// ForgetRecording removes one, and reports whether it did: not where something
	// happened to it since it was read, or where it is absent. ErrUnavailable.
	ForgetRecording(ctx context.Context, r Recording) (gone bool, err error)
}
