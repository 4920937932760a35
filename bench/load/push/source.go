package main

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"
)

// source gives out records by their numbers, which say all that is in them: new
// ones, and of those acknowledged last some again.
type source struct {
	run    uint64 // tells the records of this run from those of others
	clock  clock
	newest atomic.Uint64 // numbers given out
	acked  atomic.Uint64 // numbers that have been in the pool
	pool   []atomic.Uint64
}

// newSource gives out records of calls that came within the last twelve hours.
func newSource(pool int) *source {
	return &source{
		run: rand.Uint64(), clock: newClock(time.Now().Add(-12 * time.Hour)),
		pool: make([]atomic.Uint64, pool),
	}
}

// fill chooses the records of a batch: the first ones are duplicates, each
// another one, and the others new. It returns those.
func (s *source) fill(batch []uint64, duplicates int) (fresh []uint64) {
	known := min(s.acked.Load(), uint64(len(s.pool)))
	for i := range duplicates {
		n := s.pool[rand.Uint64N(known)].Load()
		for slices.Contains(batch[:i], n) {
			n = s.pool[rand.Uint64N(known)].Load()
		}
		batch[i] = n
	}
	fresh = batch[duplicates:]
	last := s.newest.Add(uint64(len(fresh)))
	for i := range fresh {
		fresh[i] = last - uint64(len(fresh)-1-i)
	}
	return fresh
}

// acknowledge lets records be pushed again from now on.
func (s *source) acknowledge(fresh []uint64) {
	if len(s.pool) == 0 {
		return
	}
	at := s.acked.Add(uint64(len(fresh))) - uint64(len(fresh))
	for i, n := range fresh {
		s.pool[(at+uint64(i))%uint64(len(s.pool))].Store(n)
	}
}

// given is how many records have been given out.
func (s *source) given() int { return int(s.newest.Load()) }
