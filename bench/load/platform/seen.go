package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"xmode/bench/internal/lab"
)

// window is the time in which requests were under way.
type window struct {
	mu          sync.Mutex
	first, last time.Time
}

// around has requests that a handler answers count.
func (w *window) around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		if w.first.IsZero() {
			w.first = time.Now()
		}
		w.mu.Unlock()
		h.ServeHTTP(rw, r)
		w.mu.Lock()
		w.last = time.Now()
		w.mu.Unlock()
	})
}

// seen tells what has reached the platform.
func (p *platform) seen(w http.ResponseWriter, _ *http.Request) {
	p.window.mu.Lock()
	s := lab.Seen{First: p.window.first, Last: p.window.last}
	p.window.mu.Unlock()
	for _, t := range p.storage.Tallies() {
		s.Downloads += t.Begun
		s.Bytes += t.Sent
		if t.Begun != 1 || t.Complete != 1 || t.Sent != p.size {
			s.Faults = append(s.Faults, fmt.Sprintf("%s: begun %d times, complete %d, %d bytes", t.Name, t.Begun, t.Complete, t.Sent))
		}
	}
	s.Faults = append(s.Faults, p.api.Check(p.fees()...)...)
	s.Faults = append(s.Faults, p.storage.CheckDownloads()...)
	_ = json.NewEncoder(w).Encode(s) // who asked sees that it is cut off
}
