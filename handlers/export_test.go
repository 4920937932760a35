package handlers

import (
	"net/http"
	"net/netip"
	"time"
)

// SourceOf is where a request comes from.
func SourceOf(proxies Networks, r *http.Request) netip.Addr { return proxies.source(r) }

// FailureSources is how many sources are remembered.
const FailureSources = failureSources

// Failures are counts of failures.
type Failures struct{ failures *failures }

// NewFailures makes counts with a limit.
func NewFailures(limit int) Failures { return Failures{newFailures(limit)} }

// Add counts one failure.
func (f Failures) Add(source netip.Addr, now time.Time) time.Duration {
	wait, _ := f.failures.add(source, now)
	return wait
}

// Len is how many sources are remembered.
func (f Failures) Len() int { return len(f.failures.counts) }
