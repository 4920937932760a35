// Package storetest is the contract that every store keeps: run Contract on an
// implementation and it is held against everything that package store promises.
package storetest

import (
	"sync"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

// Store is all roles together.
type Store = store.Store

// Open makes an empty store, isolated from those of other tests, that runs on
// the clock.
type Open func(t testing.TB, now func() time.Time) Store

// Clock is a clock that tests move by hand.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock starts at a fixed instant.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)} }

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Contract runs the whole suite.
func Contract(t *testing.T, open Open) {
	for _, group := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"Put", putContract},
		{"Claims", claimsContract},
		{"Delete", deleteContract},
		{"List", listContract},
		{"Apply", applyContract},
		{"Sweep", sweepContract},
		{"Route", routeContract},
		{"Nonces", nonceContract},
		{"Traces", tracesContract},
		{"Audit", auditContract},
		{"Concurrency", concurrencyContract},
		{"Deposit", depositContract},
		{"PushNonces", pushNonceContract},
		{"Records", recordsContract},
		{"Call", callContract},
		{"Numbers", numbersContract},
		{"Quarantine", quarantineContract},
		{"Retire", retireContract},
		{"Recordings", recordingContract},
		{"RecordingWork", recordingWorkContract},
		{"RecordingList", recordingListContract},
		{"RecordingRetention", recordingRetentionContract},
		{"Asks", asksContract},
		{"RandomPushes", randomContract},
	} {
		t.Run(group.name, func(t *testing.T) { group.run(t, open) })
	}
}

// world is a store with its clock and short words for what tests do.
type world struct {
	testing.TB
	Store
	clock *Clock
}

func newWorld(t testing.TB, open Open) *world {
	clock := NewClock()
	return &world{TB: t, Store: open(t, clock.Now), clock: clock}
}

// X numbers and parties of the tests.
const (
	x1    = "17000000001"
	x2    = "17000000002"
	alice = "13800000021"
	bob   = "13900000022"
	carol = "13700000023"
	dave  = "13600000024"
)

func party(t testing.TB, s string) call.Number {
	t.Helper()
	n, err := call.ParseParty(s)
	if err != nil {
		t.Fatalf("party: %v", err)
	}
	return n
}

func xnumber(t testing.TB, s string) call.Number {
	t.Helper()
	n, err := call.ParseX(s)
	if err != nil {
		t.Fatalf("x: %v", err)
	}
	return n
}

// binding is owner a on x, reachable for peers; mods change the rest.
func binding(t testing.TB, id call.ID, x, a string, peers []string, mods ...func(*call.Binding)) call.Binding {
	t.Helper()
	b := call.Binding{ID: id, X: xnumber(t, x), A: party(t, a), Direction: call.Both, SMS: call.Forward}
	for _, p := range peers {
		b.Peers = append(b.Peers, party(t, p))
	}
	b.PeerCount = len(b.Peers)
	for _, mod := range mods {
		mod(&b)
	}
	if err := b.Check(); err != nil {
		t.Fatalf("test binding: %v", err)
	}
	return b
}

func extension(e string) func(*call.Binding) { return func(b *call.Binding) { b.Extension = e } }

func expires(at time.Time) func(*call.Binding) { return func(b *call.Binding) { b.ExpiresAt = at } }

func on(p call.Platform) func(*call.Binding) { return func(b *call.Binding) { b.Platform = p } }

// try writes one binding and returns the outcome.
func (w *world) try(b call.Binding, mods ...func(*store.Write)) store.Written {
	w.Helper()
	write := store.Write{Binding: b}
	for _, mod := range mods {
		mod(&write)
	}
	out := w.Put(w.Context(), w.clock.Now(), write)
	if len(out) != 1 {
		w.Fatalf("Put of one binding gave %d outcomes", len(out))
	}
	return out[0]
}

// put writes one binding, which has to succeed.
func (w *world) put(b call.Binding) store.Written {
	w.Helper()
	out := w.try(b)
	if out.Err != nil {
		w.Fatalf("Put: %v", out.Err)
	}
	return out
}

func (w *world) query(caller, x, extension string) call.Query {
	q := call.Query{
		Platform: "aliyun", Kind: call.Voice, CallID: "call-1", X: xnumber(w, x),
		Extension: extension, CanAsk: true, At: w.clock.Now(),
	}
	if caller != "" {
		q.Caller = party(w, caller)
	}
	return q
}

// decide asks the store and decides.
func (w *world) decide(q call.Query) call.Decision {
	w.Helper()
	r, _, err := w.Route(w.Context(), q, nil)
	if err != nil {
		w.Fatalf("Route: %v", err)
	}
	return call.Decide(q, r, call.Policy{MaxAsks: 3})
}

// expect decides and compares.
func (w *world) expect(q call.Query, outcome call.Outcome, reason call.Reason, callee string) {
	w.Helper()
	d := w.decide(q)
	want := call.Number{}
	if callee != "" {
		want = party(w, callee)
	}
	if d.Outcome != outcome || d.Reason != reason || d.Callee != want {
		w.Errorf("decided %s: %s to %s, want %s: %s to %s", d.Outcome, d.Reason, d.Callee, outcome, reason, want)
	}
}
