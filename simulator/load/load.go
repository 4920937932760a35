package load

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"
)

// Load is many calls of a platform. It runs once.
type Load struct {
	c       Config
	terms   Terms
	agenda  *agenda
	books   *books
	batches *batches
	history *history
	answers [Text + 1]answers // by kind: the same words may mean something else

	mu    sync.Mutex
	lives map[int]*life // those under way

	begun time.Time
}

// New makes a load. The error lists all faults.
func New(c Config) (*Load, error) {
	if err := c.fill(); err != nil {
		return nil, fmt.Errorf("make load: %w", err)
	}
	l := &Load{c: c, terms: c.Platform.Terms(), agenda: newAgenda(c.Now), books: newBooks(), history: newHistory(c.Calls), lives: map[int]*life{}}
	l.batches = newBatches(l)
	return l, nil
}

// Run plays the load, until everything was told and acknowledged or given up, or
// until the context ends: then the report is of what there was.
func (l *Load) Run(ctx context.Context) Report {
	l.begun = l.c.Now()
	to := newAddress(l.c.URL, l.c.TLS)
	lanes := make([]*lane, l.c.Parallel)
	for i := range lanes {
		lanes[i] = &lane{ctx: ctx, line: line{to: to, now: l.c.Now}, last: map[bool]Stamp{}}
	}
	stop := context.AfterFunc(ctx, func() {
		l.agenda.end()
		for _, ln := range lanes {
			ln.line.close(true)
		}
	})
	defer stop()
	l.agenda.add(l.begun, func(ln *lane) { l.begin(ln, 0) })
	var all sync.WaitGroup
	for _, ln := range lanes {
		all.Go(func() { l.work(ln) })
	}
	all.Wait()
	return l.report(ctx.Err() != nil)
}

// lane does one thing after the other, over a connection of its own.
type lane struct {
	ctx  context.Context
	line line
	last map[bool]Stamp // of the last message that was accepted: of queries, of pushes
}

func (l *Load) work(ln *lane) {
	defer ln.line.close(true)
	for {
		do := l.agenda.take()
		if do == nil {
			return
		}
		do(ln)
		l.agenda.done()
	}
}

// begin begins the n-th call, and has the next one begin in its time.
func (l *Load) begin(ln *lane, n int) {
	now := l.c.Now()
	if next := n + 1; next < l.c.Calls {
		at := now
		if l.c.Rate > 0 {
			at = l.begun.Add(time.Duration(float64(next) / l.c.Rate * float64(time.Second)))
		}
		l.agenda.add(at, func(ln *lane) { l.begin(ln, next) })
	}
	f := &life{call: l.c.call(n), began: now}
	f.call.At = l.c.dialled(f.call, now)
	l.mu.Lock()
	l.lives[n] = f
	l.mu.Unlock()
	l.books.began()
	l.ask(ln, f, "", 0)
}

// Wants are what the endpoint must have of each call that was begun.
func (l *Load) Wants() iter.Seq[Want] {
	return func(yield func(Want) bool) {
		for n := range l.c.Calls {
			if w, asked := l.want(n); asked && !yield(w) {
				return
			}
		}
	}
}

// want is that of the n-th call; not asked, it never reached the endpoint.
func (l *Load) want(n int) (w Want, asked bool) {
	past := l.history.of(n)
	made := l.c.call(n)
	w = Want{
		Platform: l.c.Platform.Name(), CallID: made.ID, Kind: made.Kind, Decision: Decision{Verb: past.verb, Callee: past.callee, Failed: past.failed, Intercept: past.intercept},
		Cut: past.cut, Caller: made.Caller, X: made.X, Ending: made.Ending, Talked: past.talked, Record: past.record, Recording: past.recording,
	}
	if w.Kind == Text && w.Verb == Reject && w.Record == Absent {
		w.Record = Perhaps // whoever has texts intercepted keeps what the query said
	}
	return w, past.asked
}

// ErrOver: there is no such call under way.
var ErrOver = errors.New("the call is over")

// Stop cuts a call that was connected and is under way, for whoever asks for it
// through the platform's own API. The error is [ErrOver].
func (l *Load) Stop(id string) error {
	n, ok := l.c.number(id)
	l.mu.Lock()
	f := l.lives[n]
	l.mu.Unlock()
	if !ok || f == nil || !f.stop(l, l.c.Now()) {
		return fmt.Errorf("stop: %w", ErrOver)
	}
	return nil
}
