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

// A round trip that hangs keeps nobody waiting who comes later, as long as not too many
// of them hang.
func TestGathererRelievesLateLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t)
		start := time.Now()
		l.occupy(t)
		for n := range redisstore.SpareLanes {
			_ = l.ask(t, time.Hour)
			<-l.sizes
			if late := time.Since(start); late > redisstore.LaneLate*time.Duration(n+1) {
				t.Errorf("errand %d began after %v", n, late)
			}
			<-l.bounds
		}
		full := time.Now()
		last := l.ask(t, time.Second)
		if err := <-last; !errors.Is(err, context.DeadlineExceeded) || time.Since(full) != time.Second {
			t.Errorf("with all lanes hanging: %v after %v", err, time.Since(full))
		}
		for range redisstore.Lanes + redisstore.SpareLanes {
			l.finish <- struct{}{}
		}
		time.Sleep(time.Minute) // the spare lanes have ended
		next := l.ask(t, time.Second)
		if n := <-l.sizes; n != 1 {
			t.Errorf("%d errands", n)
		}
		l.finish <- struct{}{}
		if err := <-next; err != nil {
			t.Errorf("when they are free again: %v", err)
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
		short, long := l.ask(t, redisstore.LaneLate/2), l.ask(t, 500*time.Millisecond)
		if err := <-short; !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != redisstore.LaneLate/2 {
			t.Errorf("short errand: %v after %v", err, time.Since(start))
		}
		if n, after := <-l.sizes, time.Since(start); n != 1 || after != redisstore.LaneLate {
			t.Errorf("%d errands after %v", n, after)
		}
		if bound := <-l.bounds; bound != 500*time.Millisecond-redisstore.LaneLate {
			t.Errorf("the long errand's round trip may take %v, want what is left of its budget", bound)
		}
		for range redisstore.Lanes + 1 {
			l.finish <- struct{}{}
		}
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
