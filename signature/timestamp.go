package signature

import (
	"errors"
	"time"
)

// ErrTimestamp: the text is no timestamp of the one accepted form.
var ErrTimestamp = errors.New("timestamp must be yyyy-MM-ddTHH:mm:ssZ")

// ParseTimestamp reads yyyy-MM-ddTHH:mm:ssZ, UTC, and nothing like it: no
// fractions, no offsets, no leap seconds, no 31st of February. The error is
// [ErrTimestamp].
func ParseTimestamp(s string) (time.Time, error) {
	// The layout's punctuation and digits in place leave nothing to the
	// leniency of time.Parse.
	const layout = "2006-01-02T15:04:05Z"
	if len(s) != len(layout) {
		return time.Time{}, ErrTimestamp
	}
	for i := range len(s) {
		if isDigit(layout[i]) != isDigit(s[i]) || !isDigit(s[i]) && s[i] != layout[i] {
			return time.Time{}, ErrTimestamp
		}
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return time.Time{}, ErrTimestamp
	}
	return t, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// Window is how far a signed timestamp may be from our own clock.
type Window struct {
	// Behind is how old the timestamp may be, Ahead how far in the future.
	Behind, Ahead time.Duration
}

// Skew is a window that is open equally far both ways.
func Skew(d time.Duration) Window { return Window{Behind: d, Ahead: d} }

// Admits reports whether a message signed at the one instant is acceptable at
// the other; the limits themselves are.
func (w Window) Admits(signed, now time.Time) bool {
	return !signed.Before(now.Add(-w.Behind)) && !signed.After(now.Add(w.Ahead))
}

// Closes is the last instant at which a message signed then is acceptable:
// until it, the message's nonce must be remembered.
func (w Window) Closes(signed time.Time) time.Time { return signed.Add(w.Behind) }
