package redisstore

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// Many queries arrive at the same time. Instead of a round trip for each, those
// that are there while another round trip is under way share the next one: the
// same commands, far fewer system calls here and in Redis. A query that comes
// alone waits for nobody.

const (
	// lanes is how many round trips are under way at most.
	lanes = 2
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
}

func newGatherer(exec func(context.Context, func(redis.Pipeliner)) error) *gatherer {
	g := &gatherer{queue: make(chan *errand), exec: exec, stop: make(chan struct{})}
	for range lanes {
		go g.lane()
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

// close lets the lanes end; nobody may call do any more.
func (g *gatherer) close() { close(g.stop) }

func (g *gatherer) lane() {
	batch := make([]*errand, 0, laneQueries)
	for {
		select {
		case <-g.stop:
			return
		case e := <-g.queue:
			g.run(g.fill(append(batch[:0], e)))
		}
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
