package main

import (
	"context"
	"slices"
	"sync"
)

// window holds the entries that were taken from the file and have no answer
// yet, oldest first. Reservations bound it: one is made before an entry is
// taken, and given back with the entry's answer.
type window struct {
	slots chan struct{}

	mu      sync.Mutex
	entries []entry
	popped  int
}

// newWindow makes a window for n entries.
func newWindow(n int) *window { return &window{slots: make(chan struct{}, n)} }

// tryReserve makes a reservation if there is room.
func (w *window) tryReserve() bool {
	select {
	case w.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

// reserve waits for room.
func (w *window) reserve(ctx context.Context) error {
	select {
	case w.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// release gives a reservation back.
func (w *window) release() { <-w.slots }

// push adds an entry for which there is a reservation.
func (w *window) push(e entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.entries = append(w.entries, e)
}

// pop removes the oldest entry, which was answered.
func (w *window) pop() (entry, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.entries) == 0 {
		return entry{}, false
	}
	e := w.entries[0]
	w.entries[0] = entry{}
	w.entries = w.entries[1:]
	w.popped++
	<-w.slots
	return e, true
}

// unanswered copies the entries.
func (w *window) unanswered() []entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.entries)
}

// len is the number of entries.
func (w *window) len() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.entries)
}

// answered is how many entries have left.
func (w *window) answered() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.popped
}
