package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"xmode/call"
)

// Later writes traces after the answers have gone out: bounded, in the
// background, many in one round trip. While the store is known to be away they wait.
// A full queue drops, a crash may lose; no caller ever waits.
type Later struct {
	traces Traces
	queue  chan call.Trace
	hooks  LaterHooks
	done   chan struct{}
	ending chan struct{} // closed by Close: nothing waits for the store any more
	once   sync.Once
	mu     sync.RWMutex // guards closed against senders
	closed bool
}

// LaterHooks are told what happens to traces; each may be nil.
type LaterHooks struct {
	// Written is called with the number of traces in a write.
	Written func(n int)
	// Lost is called with the number of traces that were dropped (err is nil) or
	// whose write went wrong.
	Lost func(n int, err error)
	// Context bounds one write; it is called before each. Default: no bound.
	Context func() (context.Context, context.CancelFunc)
}

const (
	// laterBatch is the largest number of traces in one write.
	laterBatch = 128
	// laterLinger is how long a write waits for more traces to join it. Nobody
	// types an extension or calls back that fast.
	laterLinger = 2 * time.Millisecond
	// laterPause is how long a write waits for a store that is known to be away.
	laterPause = 100 * time.Millisecond
)

// NewLater starts the writer with a queue of size traces.
func NewLater(traces Traces, size int, hooks LaterHooks) *Later {
	l := &Later{traces: traces, queue: make(chan call.Trace, size), hooks: hooks, done: make(chan struct{}), ending: make(chan struct{})}
	go l.run()
	return l
}

// Leave queues a trace and reports whether there was room. It never blocks.
func (l *Later) Leave(t call.Trace) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if !l.closed {
		select {
		case l.queue <- t:
			return true
		default:
		}
	}
	l.lost(1, nil)
	return false
}

// Close writes what is queued and stops; ctx bounds the wait.
func (l *Later) Close(ctx context.Context) error {
	l.once.Do(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.closed = true
		close(l.queue)
		close(l.ending)
	})
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Later) run() {
	defer close(l.done)
	batch := make([]call.Trace, 0, laterBatch)
	for t := range l.queue {
		batch = l.fill(append(batch[:0], t))
		l.write(batch)
	}
}

// fill adds what is queued, and what comes while it lingers.
func (l *Later) fill(batch []call.Trace) []call.Trace {
	linger := time.NewTimer(laterLinger)
	defer linger.Stop()
	for len(batch) < laterBatch {
		select {
		case t, ok := <-l.queue:
			if !ok {
				return batch
			}
			batch = append(batch, t)
		case <-linger.C:
			return batch
		}
	}
	return batch
}

// write writes a batch, once the store is not known to be away.
func (l *Later) write(batch []call.Trace) {
	err := l.leave(batch)
	for errors.Is(err, ErrUnsent) && l.pause() {
		err = l.leave(batch)
	}
	if err != nil {
		l.lost(len(batch), err)
	} else if l.hooks.Written != nil {
		l.hooks.Written(len(batch))
	}
}

func (l *Later) leave(batch []call.Trace) error {
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	if l.hooks.Context != nil {
		ctx, cancel = l.hooks.Context()
	}
	defer cancel()
	return l.traces.Leave(ctx, batch)
}

// pause waits a moment; false: nothing is waited for any more.
func (l *Later) pause() bool {
	select {
	case <-time.After(laterPause):
		return true
	case <-l.ending:
		return false
	}
}

func (l *Later) lost(n int, err error) {
	if l.hooks.Lost != nil {
		l.hooks.Lost(n, err)
	}
}
