package lab

import (
	"slices"
	"time"
)

// Quantile is the q-th quantile of latencies in milliseconds; 0 without any. It
// sorts them.
func Quantile(latencies []time.Duration, q float64) float64 {
	if len(latencies) == 0 {
		return 0
	}
	slices.Sort(latencies)
	return latencies[int(q*float64(len(latencies)-1))].Seconds() * 1000
}
