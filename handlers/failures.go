package handlers

import (
	"net/netip"
	"sync"
	"time"
)

// What bounds the memory of failures: a minute, and so many sources in it. Those that
// come later share one count; that costs only who fails, and never a valid message.
const (
	failureWindow  = time.Minute
	failureSources = 16 << 10
)

// failures counts what failed to prove itself, by source and minute. All sources
// have the same minute, so that nothing has to be thrown out one by one.
type failures struct {
	limit int // 0: none

	mu     sync.Mutex
	start  time.Time // of the minute
	counts map[netip.Prefix]int
}

// newFailures allows each source so many failures a minute; 0: any number.
func newFailures(limit int) *failures {
	return &failures{limit: limit, counts: map[netip.Prefix]int{}}
}

// add counts one failure. wait is how long the source has too many, 0 if it has
// not; first is set on the one that made them too many.
func (f *failures) add(source netip.Addr, now time.Time) (wait time.Duration, first bool) {
	if f.limit <= 0 {
		return 0, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if age := now.Sub(f.start); age < 0 || age >= failureWindow {
		f.start = now
		clear(f.counts)
	}
	network := neighbours(source)
	if _, known := f.counts[network]; !known && len(f.counts) >= failureSources {
		network = netip.Prefix{}
	}
	f.counts[network]++
	n := f.counts[network]
	if n <= f.limit {
		return 0, false
	}
	return f.start.Add(failureWindow).Sub(now), n == f.limit+1
}

// neighbours is the range that one sender has at his disposal: an address of IPv4, a
// /64 of IPv6. The zero Prefix stands for an unknown source.
func neighbours(source netip.Addr) netip.Prefix {
	bits := source.BitLen()
	if source.Is6() {
		bits = 64
	}
	network, _ := source.Prefix(bits) // an error, and the zero Prefix, for the zero Addr
	return network
}
