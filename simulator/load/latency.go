package load

import (
	"math/bits"
	"time"
)

// Latencies counts how long answers took, in steps of about 6 %: in memory that
// does not grow, however many there are. Its zero value is ready.
type Latencies struct {
	counts [64 * steps]uint32
	total  uint64
	max    time.Duration
}

// steps are how many there are to a doubling.
const steps = 16

// slot is where a time in microseconds is counted.
func slot(micros uint64) int {
	if micros < steps {
		return int(micros)
	}
	doubling := bits.Len64(micros) - bits.Len64(steps) // 0: one count a slot
	return (doubling+1)*steps + int(micros>>doubling) - steps
}

// upper is the longest time that is counted in a slot.
func upper(i int) time.Duration {
	if i < steps {
		return time.Duration(i) * time.Microsecond
	}
	doubling := i/steps - 1
	return time.Duration((uint64(i%steps+steps+1)<<doubling)-1) * time.Microsecond
}

// Add counts an answer.
func (l *Latencies) Add(d time.Duration) {
	l.counts[slot(uint64(max(0, d.Microseconds())))]++
	l.total++
	l.max = max(l.max, d)
}

// Count is the number of answers.
func (l *Latencies) Count() uint64 { return l.total }

// Max is the longest that an answer took.
func (l *Latencies) Max() time.Duration { return l.max }

// Quantile is the time within which a share of the answers came, 0.99 for the
// 99th percentile; 0: there are none.
func (l *Latencies) Quantile(share float64) time.Duration {
	want, seen := uint64(share*float64(l.total)+0.5), uint64(0)
	for i, n := range l.counts {
		if seen += uint64(n); seen >= max(want, 1) && n > 0 {
			return min(upper(i), l.max)
		}
	}
	return 0
}

// Since is what was counted after an earlier state of the same counts; its Max is
// that of all.
func (l *Latencies) Since(before *Latencies) Latencies {
	later := *l
	for i := range later.counts {
		later.counts[i] -= before.counts[i]
	}
	later.total -= before.total
	return later
}
