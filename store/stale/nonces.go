package stale

import (
	"bytes"
	"crypto/sha256"
	"time"

	"xmode/store"
)

// maxNonces is how many nonces are remembered in a generation. With the usual clock
// skew of 5 minutes that is enough for 860 queries a second; beyond, nothing is
// recalled, since a replay could not be told.
const maxNonces = 1 << 19

// nonces remembers those of the messages that this process has seen, in two
// generations: the present one, and the one before until none of its messages would be
// accepted any more.
type nonces struct {
	now  func() time.Time
	skew time.Duration
	// started is the second in which this process began to remember: what was signed
	// before may have been seen by somebody else. Timestamps are signed in seconds.
	started time.Time
	blind   time.Time // until then a nonce may have been forgotten too early
	present generation
	before  generation
}

// generation is a number of nonces, and when the first of them was met.
type generation struct {
	since time.Time
	met   map[[16]byte]meeting
}

// meeting is what used a nonce first, and when.
type meeting struct {
	digest [8]byte
	at     uint32 // seconds since the process began
}

func newNonces(c Config) *nonces {
	n := &nonces{now: c.Now, skew: c.Skew, started: c.Now().Truncate(time.Second)}
	n.present = n.fresh()
	return n
}

func (n *nonces) fresh() generation {
	return generation{since: n.now(), met: map[[16]byte]meeting{}}
}

// window is how long after a message was seen the same one may still be accepted.
func (n *nonces) window() time.Duration { return 2*n.skew + store.RetryWindow }

// meet files the nonce of a message; Late stands for everything that may be a replay
// and cannot be told from one.
func (n *nonces) meet(m *store.Message) store.Seen {
	if m == nil {
		return store.Late
	}
	n.turn()
	id, seen := idOf(m), meetingOf(m, n.started)
	first, known := n.present.met[id]
	if !known {
		first, known = n.before.met[id]
	}
	if !known {
		n.present.met[id] = seen
		if n.now().Before(n.blind) || m.Until.Add(-n.skew).Before(n.started) {
			return store.Late
		}
		return store.Fresh
	}
	switch age := time.Duration(seen.at-first.at) * time.Second; {
	case !bytes.Equal(first.digest[:], seen.digest[:]):
		return store.Replayed
	case age >= store.RetryWindow:
		return store.Late
	}
	return store.Repeated
}

// turn begins a generation when the present one is full or old enough.
func (n *nonces) turn() {
	now, window := n.now(), n.window()
	if len(n.present.met) < maxNonces && now.Sub(n.present.since) < window {
		return
	}
	if n.before.met != nil && now.Sub(n.present.since) < window { // some of those are not yet void
		n.blind = n.present.since.Add(window)
	}
	n.before, n.present = n.present, n.fresh()
}

// idOf is a nonce in sixteen bytes.
func idOf(m *store.Message) [16]byte {
	sum := sha256.Sum256([]byte(string(m.Platform) + "\x00" + m.Nonce))
	return [16]byte(sum[:16])
}

func meetingOf(m *store.Message, started time.Time) meeting {
	return meeting{digest: [8]byte(m.Digest[:8]), at: uint32(max(m.At.Sub(started), 0) / time.Second)}
}
