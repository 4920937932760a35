package redisstore

import (
	"hash/maphash"
	"sync"

	"xmode/call"
)

// A push that was not acknowledged in time comes again, byte for byte. What was
// stored of late is remembered here by its text, so that it need not be
// understood again to be counted: the store is told its identity and content,
// and says whether it has it. Forgetting costs time and nothing else.

// generation is how many items are remembered at least, and half of how many at
// most.
const generation = 96 << 10

// itemKey stands for one item's text. Two hashes under seeds of this process
// make a text that is taken for another one a matter of 2^-128.
type itemKey [2]uint64

// past is what the store knows an item by.
type past struct {
	identity  [memberLength]byte
	content   [contentLength]byte
	partition int // -1: there is nothing to remember
	// quarantined is set for what lies in the quarantine; then the rest is empty.
	quarantined bool
}

// contentLength is how many bytes of a content's fingerprint are kept: it tells
// the few contents of one identity apart.
const contentLength = 5

func pastOf(identity, content call.Fingerprint, partition int) past {
	return past{
		identity: [memberLength]byte(identity[:memberLength]), content: [contentLength]byte(content[:contentLength]),
		partition: partition,
	}
}

// recent remembers items in two generations: when the younger one is full, the
// older one goes.
type recent struct {
	seeds [2]maphash.Seed

	mu           sync.RWMutex
	young, older map[itemKey]past
}

func newRecent() *recent {
	return &recent{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, young: map[itemKey]past{}}
}

func (r *recent) key(p call.Platform, kind string, item []byte) (k itemKey) {
	for i, seed := range r.seeds {
		var h maphash.Hash
		h.SetSeed(seed)
		_, _ = h.WriteString(string(p))
		_ = h.WriteByte(0)
		_, _ = h.WriteString(kind)
		_ = h.WriteByte(0)
		_, _ = h.Write(item)
		k[i] = h.Sum64()
	}
	return k
}

func (r *recent) get(k itemKey) (past, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if p, ok := r.young[k]; ok {
		return p, true
	}
	p, ok := r.older[k]
	return p, ok
}

func (r *recent) put(k itemKey, p past) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.young) >= generation {
		r.older, r.young = r.young, make(map[itemKey]past, generation)
	}
	r.young[k] = p
}
