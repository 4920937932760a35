package handlers

import (
	"slices"
	"sync"
	"time"
)

// How many messages refused for their time are many, within which time; and how
// many of the latest are remembered.
const (
	untimelyMany   = 5
	untimelyWithin = time.Minute
	untimelyKept   = 64
)

// untimely gathers how far signed times were off. Its zero value is ready.
type untimely struct {
	mu    sync.Mutex
	since time.Time // when gathering began
	told  bool      // in this minute
	count int
	offs  []time.Duration // the latest
}

// note takes one more. Once a minute, when they are many, it returns how many and
// the median of how far they were off: the one clock that is wrong shows in all of
// them alike, a message that somebody kept and sends again does not.
func (u *untimely) note(now time.Time, off time.Duration) (many bool, count int, median time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if since := now.Sub(u.since); since < 0 || since >= untimelyWithin {
		u.since, u.told, u.count, u.offs = now, false, 0, u.offs[:0]
	}
	u.count++
	if len(u.offs) == untimelyKept {
		u.offs = slices.Delete(u.offs, 0, 1)
	}
	u.offs = append(u.offs, off)
	if u.told || u.count < untimelyMany {
		return false, 0, 0
	}
	u.told = true
	sorted := slices.Sorted(slices.Values(u.offs))
	return true, u.count, sorted[len(sorted)/2]
}
