package signature

import (
	"crypto/hmac"
	"crypto/sha1"
	"hash"
	"sync"
)

// maxKept is the capacity up to which a worker's buffers are kept for reuse,
// so that a few huge messages do not stay in memory.
const maxKept = 16 << 10

// worker is what one signature at a time is computed with: text buffers and
// an HMAC for each key, whose first block is hashed once and not per message.
type worker struct {
	form, rfc3986 []byte
	macs          []hash.Hash
	sum           [sha1.Size]byte
}

// workers lends workers for a fixed list of keys.
type workers struct {
	keys [][]byte
	pool sync.Pool
}

func (w *workers) get() *worker {
	if got, ok := w.pool.Get().(*worker); ok {
		return got
	}
	return &worker{macs: make([]hash.Hash, len(w.keys))}
}

func (w *workers) put(b *worker) {
	if cap(b.form) <= maxKept && cap(b.rfc3986) <= maxKept {
		w.pool.Put(b)
	}
}

// mac returns the HMAC of text under the key at index; it is valid until the
// worker's next one.
func (w *workers) mac(b *worker, index int, text []byte) []byte {
	h := b.macs[index]
	if h == nil {
		h = hmac.New(sha1.New, w.keys[index])
		b.macs[index] = h
	}
	h.Reset() // also makes a new HMAC remember its first blocks
	h.Write(text)
	return h.Sum(b.sum[:0])
}
