package handlers

import (
	"sync"
	"time"
)

// seldomPerSecond is how many lines of one kind are logged in a second.
const seldomPerSecond = 10

// seldom keeps a line of the log from filling the disk. Its zero value is ready.
type seldom struct {
	mu              sync.Mutex
	second          int64
	logged, skipped int64
}

// now reports whether a line may be logged, and how many were not since the
// last one.
func (s *seldom) now(t time.Time) (skipped int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if second := t.Unix(); second != s.second {
		s.second, s.logged = second, 0
	}
	if s.logged++; s.logged > seldomPerSecond {
		s.skipped++
		return 0, false
	}
	skipped, s.skipped = s.skipped, 0
	return skipped, true
}
