package recording

import (
	"time"

	"xmode/store"
)

const (
	// longestPause is that between two attempts.
	longestPause = time.Hour
	// lastCall is how long before a recording expires it is tried once more,
	// whatever the pauses are by then.
	lastCall = 10 * time.Minute
)

// nextTry is when a recording is due again: the pauses double, up to an hour, and
// differ a little, so that what failed together does not come back together.
func (f *Fetcher) nextTry(r *store.Recording, atLeast time.Duration) time.Time {
	now := f.Now()
	pause := min(f.Retry, longestPause)
	for range r.Attempts - 1 {
		if pause = 2 * pause; pause > longestPause {
			pause = longestPause
			break
		}
	}
	pause = max(pause, atLeast)
	pause += time.Duration((f.Random() - .5) / 2 * float64(pause)) // a quarter less to a quarter more
	next := now.Add(max(pause, atLeast))
	if last := r.ExpiresAt.Add(-lastCall); next.After(last) && now.Before(last) {
		return last
	}
	if next.After(r.ExpiresAt) { // when it is found to have expired
		return r.ExpiresAt
	}
	return next
}
