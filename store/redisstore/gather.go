package redisstore

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Many queries arrive at the same time. Instead of a round trip for each, those
// that are there while another round trip is under way share the next one: the
// same commands, far fewer system calls here and in Redis. A query that comes
// alone waits for nobody.

const (
	// lanes is how many round trips are under way at most, as long as none of them is
	// late; spareLanes take the place of late ones.
	lanes      = 2
	spareLanes = 14
	// laneLate is after how long a round trip is late: a connection that hangs must not
	// hold up those who come later.
	laneLate = 30 * time.Millisecond
	// spareIdle is how long a spare lane waits for something to do before it ends.
	spareIdle = time.Second
	// laneQueries is the largest number of queries in one.
	laneQueries = 64
)

// errand is one query's part of a round trip.
type errand struct {
	ctx  context.Context
	fill func(redis.Pipeliner)
	done chan struct{}
}

// gatherer takes errands to Redis together.
type gatherer struct {
	queue chan *errand
	exec  func(context.Context, func(redis.Pipeliner)) error
	stop  chan struct{}
	spare chan struct{} // a token for each spare lane there is
	work  sync.WaitGroup
	mu    sync.Mutex // a lane that begins must not miss the end
}

func newGatherer(exec func(context.Context, func(redis.Pipeliner)) error) *gatherer {
	g := &gatherer{queue: make(chan *errand), exec: exec, stop: make(chan struct{}), spare: make(chan struct{}, spareLanes)}
	for range lanes {
		g.work.Go(func() { g.lane(nil) })
	}
	return g
}

// do runs what fill queues and returns when it has been answered, or with the
// error of ctx. Errors of commands stay with the commands.
func (g *gatherer) do(ctx context.Context, fill func(redis.Pipeliner)) error {
	e := &errand{ctx: ctx, fill: fill, done: make(chan struct{})}
	select {
	case g.queue <- e:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-e.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close ends the lanes; nobody may call do any more.
func (g *gatherer) close() {
	g.mu.Lock()
	close(g.stop)
	g.mu.Unlock()
	g.work.Wait()
}

// lane makes one round trip after the other, until it is stopped, or, where idle gives
// a channel, until that says that there is nothing to do.
func (g *gatherer) lane(idle func() <-chan time.Time) {
	batch := make([]*errand, 0, laneQueries)
	late := time.AfterFunc(time.Hour, g.relieve)
	defer late.Stop()
	var bored <-chan time.Time
	for {
		if idle != nil {
			bored = idle()
		}
		select {
		case <-g.stop:
			return
		case <-bored:
			return
		case e := <-g.queue:
			late.Reset(laneLate)
			g.run(g.fill(append(batch[:0], e)))
			late.Stop()
		}
	}
}

// relieve starts a spare lane in place of one that is late.
func (g *gatherer) relieve() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.stop:
		return
	default:
	}
	select {
	case g.spare <- struct{}{}:
		g.work.Go(func() {
			defer func() { <-g.spare }()
			g.lane(func() <-chan time.Time { return time.After(spareIdle) })
		})
	default: // enough of them
	}
}

// fill adds the errands that wait already.
func (g *gatherer) fill(batch []*errand) []*errand {
	for len(batch) < laneQueries {
		select {
		case e := <-g.queue:
			batch = append(batch, e)
		default:
			return batch
		}
	}
	return batch
}

// run makes one round trip, for as long as any of its callers waits.
func (g *gatherer) run(batch []*errand) {
	ctx, cancel := untilLast(batch)
	defer cancel()
	_ = g.exec(ctx, func(p redis.Pipeliner) { // the commands know their errors
		for _, e := range batch {
			e.fill(p)
		}
	})
	for _, e := range batch {
		close(e.done)
	}
}

// untilLast gives a context with the latest deadline of the errands.
func untilLast(batch []*errand) (context.Context, context.CancelFunc) {
	var last time.Time
	for _, e := range batch {
		deadline, ok := e.ctx.Deadline()
		if !ok {
			return context.WithCancel(context.WithoutCancel(e.ctx))
		}
		last = later(last, deadline)
	}
	return context.WithDeadline(context.Background(), last)
}
