package load

import (
	"sync"
	"time"
)

// batchWait is how long an entry waits for others that go into the same push.
const batchWait = 100 * time.Millisecond

// batches put what is told into pushes of several entries.
type batches struct {
	load *Load

	mu   sync.Mutex
	open map[string]*batch
	n    uint64
}

// batch is a push to be.
type batch struct {
	entries [][]byte
	marks   []mark
	size    int
	n       uint64 // of all batches
	sent    bool
}

func newBatches(l *Load) *batches { return &batches{load: l, open: map[string]*batch{}} }

// add puts an entry into a push. One that is full goes out, and one that has waited
// long enough.
func (b *batches) add(kind string, entry []byte, m mark) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.load.c.Now()
	open := b.open[kind]
	if open == nil {
		b.n++
		open = &batch{n: b.n, size: 1 + draws(b.load.c.Seed, ofBatch, b.n).IntN(b.load.c.Batch)}
		b.open[kind] = open
		b.load.agenda.add(now.Add(batchWait), func(ln *lane) { b.flush(ln, kind, open) })
	}
	open.entries, open.marks = append(open.entries, entry), append(open.marks, m)
	if len(open.entries) >= open.size {
		delete(b.open, kind)
		b.load.agenda.add(now, func(ln *lane) { b.flush(ln, kind, open) })
	}
}

// flush sends a batch, unless it is gone.
func (b *batches) flush(ln *lane, kind string, full *batch) {
	b.mu.Lock()
	gone := full.sent
	full.sent = true
	if b.open[kind] == full {
		delete(b.open, kind)
	}
	b.mu.Unlock()
	if !gone {
		l := b.load
		luck := l.c.Trouble.fate(draws(l.c.Seed, ofPack, full.n))
		l.deliver(ln, l.newPush(l.c.Platform.Pack(kind, full.entries), full.marks, luck))
	}
}
