package redisstore_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/store/redisstore"
)

// line is a Redis whose round trips the test ends by hand.
type line struct {
	gatherer redisstore.Gatherer
	sizes    chan int           // of each round trip, when it begins
	bounds   chan time.Duration // how long it may take
	finish   chan struct{}
	filled   int
}

func newLine(t *testing.T) *line {
	l := &line{sizes: make(chan int), bounds: make(chan time.Duration, 1000), finish: make(chan struct{})}
	l.gatherer = redisstore.NewGatherer(l.exec)
	t.Cleanup(l.gatherer.Close)
	return l
}

func (l *line) exec(ctx context.Context, fill func(redis.Pipeliner)) error {
	before := l.filled
	fill(nil)
	deadline, _ := ctx.Deadline()
	l.bounds <- time.Until(deadline)
	select {
	case l.sizes <- l.filled - before:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-l.finish:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// ask sends an errand that waits for at most budget; its error comes later.
func (l *line) ask(t *testing.T, budget time.Duration) <-chan error {
	ctx, cancel := context.WithTimeout(t.Context(), budget)
	result := make(chan error, 1)
	go func() {
		defer cancel()
		result <- l.gatherer.Do(ctx, func(redis.Pipeliner) { l.filled++ })
	}()
	synctest.Wait()
	return result
}

// occupy keeps every lane busy with one errand each.
func (l *line) occupy(t *testing.T) {
	for range redisstore.Lanes {
		_ = l.ask(t, time.Hour)
		if n := <-l.sizes; n != 1 {
			t.Fatalf("a lone errand shared its round trip: %d", n)
		}
		<-l.bounds
	}
}

func TestGathererSharesRoundTrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t)
		l.occupy(t)
		var waiting []<-chan error
		for range redisstore.LaneQueries + 10 {
			waiting = append(waiting, l.ask(t, time.Hour))
		}
		l.finish <- struct{}{} // one lane is free and takes as many as it may
		if n := <-l.sizes; n != redisstore.LaneQueries {
			t.Errorf("%d errands in a round trip, want %d", n, redisstore.LaneQueries)
		}
		l.finish <- struct{}{}
		if n := <-l.sizes; n != 10 {
			t.Errorf("%d errands in the next one, want 10", n)
		}
		l.finish <- struct{}{}
		l.finish <- struct{}{}
		for i, result := range waiting {
			if err := <-result; err != nil {
				t.Errorf("errand %d: %v", i, err)
			}
		}
	})
}

func TestGathererKeepsEveryBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t)
		start := time.Now()
		for range redisstore.Lanes {
			_ = l.ask(t, 300*time.Millisecond)
			<-l.sizes
			if bound := <-l.bounds; bound != 300*time.Millisecond {
				t.Errorf("a round trip may take %v", bound)
			}
		}
		short, long := l.ask(t, 100*time.Millisecond), l.ask(t, 500*time.Millisecond)
		if err := <-short; !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 100*time.Millisecond {
			t.Errorf("short errand: %v after %v", err, time.Since(start))
		}
		// The lanes are free when their errands have given up.
		if n, after := <-l.sizes, time.Since(start); n != 1 || after != 300*time.Millisecond {
			t.Errorf("%d errands after %v", n, after)
		}
		if bound := <-l.bounds; bound != 200*time.Millisecond {
			t.Errorf("the long errand's round trip may take %v, want what is left of its budget", bound)
		}
		synctest.Wait() // the other lane has noticed its deadline too
		l.finish <- struct{}{}
		if err := <-long; err != nil {
			t.Errorf("long errand: %v", err)
		}
	})
}

func TestGathererGoesByTheLatestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t)
		l.occupy(t)
		for _, budget := range []time.Duration{time.Second, 3 * time.Second, 2 * time.Second} {
			_ = l.ask(t, budget)
		}
		l.finish <- struct{}{}
		<-l.sizes
		if bound := <-l.bounds; bound != 3*time.Second {
			t.Errorf("bound %v, want the latest of its errands", bound)
		}
		l.finish <- struct{}{}
		l.finish <- struct{}{}
	})
}
