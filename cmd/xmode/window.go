package main

import (
	"context"
	"slices"
	"sync"
)

// window holds the entries that were taken from the file and have no answer
// yet, oldest first. One goroutine adds entries, another one takes those that
// were answered.
type window struct {
	left chan struct{} // holds something when an entry has left

	mu      sync.Mutex
	entries []entry
	size    int // of all texts in bytes
	popped  int
}

// newWindow makes an empty window.
func newWindow() *window { return &window{left: make(chan struct{}, 1)} }

// wait waits until the texts are smaller than limit.
func (w *window) wait(ctx context.Context, limit int) error {
	for w.full(limit) {
		select {
		case <-w.left:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// full reports whether the texts have reached limit.
func (w *window) full(limit int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size >= limit
}

// push adds an entry.
func (w *window) push(e entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.entries = append(w.entries, e)
	w.size += len(e.text)
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
	w.size -= len(e.text)
	w.popped++
	select {
	case w.left <- struct{}{}:
	default:
	}
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
