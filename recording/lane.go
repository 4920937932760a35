package recording

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"xmode/store"
)

// lane is the work on one platform's recordings: trouble with one platform does
// not keep the other's from being fetched.
type lane struct {
	*Fetcher
	source Source
	free   chan struct{} // a token for each worker that has nothing to do
	disk   chan struct{} // holds those that wait for the disk
	paused atomic.Int64  // until then nobody asks this platform, ms
	warned atomic.Int64  // the minute in which the archive's trouble was logged last
	work   sync.WaitGroup
}

// job is a claim in the hands of a worker.
type job struct {
	store.Claim
	// done frees the worker for the next one. All has been downloaded by then; what
	// is left to do waits for the disk and the store.
	done func()
}

// run claims as much as there are free workers, until ctx ends.
func (l *lane) run(ctx context.Context, ticks <-chan time.Time) {
	defer l.work.Wait()
	for range l.Workers {
		l.free <- struct{}{}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.free:
		}
		n := 1 + l.takeFree()
		claims := l.claim(ctx, n)
		for _, c := range claims {
			done := sync.OnceFunc(func() { l.free <- struct{}{} })
			l.work.Go(func() {
				defer done()
				l.attempt(ctx, job{c, done})
			})
		}
		for range n - len(claims) {
			l.free <- struct{}{}
		}
		if len(claims) == n {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		case <-l.again(len(claims)):
		}
	}
}

// soon is when a lane looks again that found some work, but not enough: pushes name
// many recordings one after the other.
const soon = 50 * time.Millisecond

// again tells when to look before the next tick: soon after some work, or when a
// pause is over. Nil, which never does, is for the tick.
func (l *lane) again(found int) <-chan time.Time {
	if found > 0 {
		return time.After(soon)
	}
	return l.resumed()
}

// resumed tells when the pause is over; nil, which never does, where there is none.
func (l *lane) resumed() <-chan time.Time {
	left := time.Duration(l.paused.Load()-l.Now().UnixMilli()) * time.Millisecond
	if left <= 0 {
		return nil
	}
	return time.After(left)
}

// takeFree takes the tokens of all other free workers.
func (l *lane) takeFree() (n int) {
	for {
		select {
		case <-l.free:
			n++
		default:
			return n
		}
	}
}

// claim claims what is due, unless the platform wants to be left alone.
func (l *lane) claim(ctx context.Context, n int) (claims []store.Claim) {
	defer func() {
		if v := recover(); v != nil { // or the whole process would end
			l.Log.Error("panic while claiming recordings", slog.String("type", fmt.Sprintf("%T", v)))
		}
	}()
	if l.Now().UnixMilli() < l.paused.Load() {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	claims, err := l.Store.ClaimRecordings(within, l.source.Name, n)
	if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrUnavailable) { // the ping tells of an absent store
		l.Log.Error("claim recordings", slog.String("platform", string(l.source.Name)), slog.Any("error", err))
	}
	return claims
}

// pause has this endpoint ask nobody until then.
func (l *lane) pause(until time.Time) {
	for {
		now := l.paused.Load()
		if until.UnixMilli() <= now || l.paused.CompareAndSwap(now, until.UnixMilli()) {
			return
		}
	}
}
