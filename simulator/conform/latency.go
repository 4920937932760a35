package conform

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Sampling says how latencies are measured.
type Sampling struct {
	// Count is how many messages are sent, one after the other, at most.
	Count int
	// For is after how long no more are; 0: five seconds.
	For time.Duration
	// Limit is how long an answer may take.
	Limit time.Duration
}

// Measure sends messages and holds the 99th percentile of the times of their
// answers against the limit. It returns a [Note] with the percentiles, or a fault;
// a message without an answer, or with one that nobody reads to its end, is one.
func (s Sampling) Measure(ctx context.Context, send func(context.Context) Exchange) error {
	if s.For == 0 {
		s.For = 5 * time.Second
	}
	var times []time.Duration
	var spent time.Duration
	for len(times) < max(1, s.Count) && spent < s.For {
		x := send(ctx)
		if x.Reply.Err != nil || x.Reply.Long {
			return x.Fault("an answer within %v is due", s.Limit)
		}
		times = append(times, x.Reply.Took)
		spent += x.Reply.Took
	}
	slices.Sort(times)
	text := fmt.Sprintf("%d answers: p50 %v, p99 %v, slowest %v; the limit is %v",
		len(times), short(percentile(times, 50)), short(percentile(times, 99)), short(times[len(times)-1]), s.Limit)
	if percentile(times, 99) > s.Limit {
		return fmt.Errorf("%s", text)
	}
	return Note(text)
}

// percentile is the smallest time that p of 100 do not exceed; times are sorted.
func percentile(times []time.Duration, p int) time.Duration {
	return times[max(0, (len(times)*p+99)/100-1)]
}

// short rounds a time to what matters.
func short(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}

// Within is the fault of an answer that took longer than a limit, or that nobody
// reads to its end, or nil.
func (x Exchange) Within(limit time.Duration) error {
	if x.Reply.Err != nil || x.Reply.Long || x.Reply.Took > limit {
		return x.Fault("after %v; an answer within %v is due", short(x.Reply.Took), limit)
	}
	return nil
}
