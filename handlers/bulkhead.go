package handlers

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// How much of each kind of work is under way at a time. What callers wait for goes
// before all else: while they crowd, one push at a time is stored and nothing new is
// begun on the admin listener, so that these are refused before the first query is.
const (
	// maxQueries is how many queries are decided at a time; the fallback answers what
	// comes on top of them.
	maxQueries = 1024
	// crowd is how many queries at a time are many, if they take a noticeable part of
	// their budget as well: a tenth. Many of them alone may be a busy day, and slow
	// ones a Redis that is far away.
	crowd, noticeable = 64, 10
	// maxPushes is how many pushes are stored at a time; some wait for a disk.
	maxPushes, pushesInCrowd, waitingPushes = 48, 1, 256
	// waitingInCrowd is how many of each kind may wait while callers crowd: more would
	// not get their turn in time.
	waitingInCrowd = 16
	// callsPerProcessor is how many calls of the admin listener are served at a time: a
	// page of records is some milliseconds of work, and queries wait behind all of them.
	// maxLong is how many that take as long as their clients do: imports, streams of
	// records, files.
	callsPerProcessor, waitingCalls = 2, 128
	maxLong, waitingLong            = 16, 32
	// lookEvery is how often those in line look whether the crowd is gone.
	lookEvery = 20 * time.Millisecond
	// callPatience is how long a call of the admin listener waits for its turn.
	callPatience = time.Second
)

// traffic knows how many queries are under way, and how long they take of late.
type traffic struct {
	queries atomic.Int64
	pace    atomic.Int64 // mean of the last ones, in parts of their budget: 1000*paceOver is all of it
}

// paceOver is over about how many queries the mean goes.
const paceOver = 32

// enter counts a query in; false: there are too many.
func (t *traffic) enter() bool {
	if t.queries.Add(1) <= maxQueries {
		return true
	}
	t.queries.Add(-1)
	return false
}

// leave counts a query out, which took so long of its budget. Of two at the same moment
// one may not be heeded.
func (t *traffic) leave(took, budget time.Duration) {
	t.queries.Add(-1)
	pace, part := t.pace.Load(), int64(1000*paceOver*took/budget)
	t.pace.Store(pace + (part-pace)/paceOver)
}

func (t *traffic) crowded() bool {
	return t.queries.Load() > crowd && t.pace.Load() > 1000*paceOver/noticeable
}

// bulkhead lets so many in at a time, in the order in which they come, and fewer while
// callers crowd. Some may wait; the others are turned away at once.
type bulkhead struct {
	limit, inCrowd, room int
	crowded              func() bool

	mu      sync.Mutex
	inside  int
	waiting []chan struct{} // closed when it is one's turn
}

// enter waits for a turn for as long as ctx and patience last; false: there was none.
// Whoever was let in has to leave.
func (b *bulkhead) enter(ctx context.Context, patience time.Duration) bool {
	turn, ok := b.queue()
	if turn == nil {
		return ok
	}
	limit, look := time.NewTimer(patience), time.NewTicker(lookEvery)
	defer limit.Stop()
	defer look.Stop()
	for {
		select {
		case <-turn:
			return true
		case <-ctx.Done():
			return !b.giveUp(turn)
		case <-limit.C:
			return !b.giveUp(turn)
		case <-look.C: // the crowd may be gone, and nobody inside to leave
			b.advance()
		}
	}
}

// queue goes in at once, or gets in line; nil and false: there is no room.
func (b *bulkhead) queue() (turn chan struct{}, in bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 && b.inside < b.limitNow() {
		b.inside++
		return nil, true
	}
	if len(b.waiting) >= b.roomNow() {
		return nil, false
	}
	turn = make(chan struct{})
	b.waiting = append(b.waiting, turn)
	return turn, false
}

// full reports whether whoever comes now is turned away.
func (b *bulkhead) full() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting) >= b.roomNow()
}

// giveUp takes one out of the line; false: it is their turn after all.
func (b *bulkhead) giveUp(turn chan struct{}) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, other := range b.waiting {
		if other == turn {
			b.waiting = append(b.waiting[:i], b.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// leave makes room, for those in line as well.
func (b *bulkhead) leave() {
	b.mu.Lock()
	b.inside--
	b.mu.Unlock()
	b.advance()
}

// advance lets those in line in for whom there is room.
func (b *bulkhead) advance() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.waiting) > 0 && b.inside < b.limitNow() {
		close(b.waiting[0])
		b.waiting = b.waiting[1:]
		b.inside++
	}
}

func (b *bulkhead) limitNow() int {
	if b.crowded() {
		return b.inCrowd
	}
	return b.limit
}

func (b *bulkhead) roomNow() int {
	if b.crowded() {
		return min(b.room, waitingInCrowd)
	}
	return b.room
}

// Bulkheads are those of one process, of both listeners.
type Bulkheads struct {
	traffic             traffic
	pushes, calls, long *bulkhead
}

// NewBulkheads makes them, empty.
func NewBulkheads() *Bulkheads {
	b := &Bulkheads{}
	b.pushes = &bulkhead{limit: maxPushes, inCrowd: pushesInCrowd, room: waitingPushes, crowded: b.traffic.crowded}
	b.calls = &bulkhead{limit: max(2, callsPerProcessor*runtime.GOMAXPROCS(0)), room: waitingCalls, crowded: b.traffic.crowded}
	b.long = &bulkhead{limit: maxLong, room: waitingLong, crowded: b.traffic.crowded}
	return b
}
