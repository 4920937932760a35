package e2e_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// openLoop begins to do something, rate times a second, by the clock and not when what it
// began before is done: a platform that asks does not wait for the answers to its other
// questions. What could not begin in time is not left out; it learns when it was due.
// stop begins nothing any more and waits for what was begun.
func openLoop(rate float64, do func(i int, due time.Time)) (stop func()) {
	ended := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		first := time.Now()
		timer := time.NewTimer(0)
		defer timer.Stop()
		for i := 0; ; i++ {
			due := first.Add(time.Duration(float64(i) / rate * float64(time.Second)))
			timer.Reset(time.Until(due))
			select {
			case <-ended:
				return
			case <-timer.C:
			}
			group.Go(func() { do(i, due) })
		}
	})
	return sync.OnceFunc(func() { close(ended); group.Wait() })
}

// manyConnections is a client of as many connections as are needed at once, all kept.
// What is not answered by then counts as not answered.
func manyConnections(t testing.TB) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 4096}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// response is what became of one message of an open loop.
type response struct {
	due     time.Time
	took    time.Duration // from when it was due
	outcome string        // platform and decision, "aliyun connect: peer"; of a push "stored" or "refused"
	fault   string        // what is not as the platform reads it; empty: nothing
}

// responses are those to all messages of an open loop, in order of when they came.
type responses []response

// between are those to what was due in a time.
func (a responses) between(from, until time.Time) (some responses) {
	for _, one := range a {
		if !one.due.Before(from) && one.due.Before(until) {
			some = append(some, one)
		}
	}
	return some
}

// of are those whose outcome has a word in it.
func (a responses) of(word string) (some responses) {
	for _, one := range a {
		if strings.Contains(one.outcome, word) {
			some = append(some, one)
		}
	}
	return some
}

// faulty are those that are not as the platform reads them.
func (a responses) faulty() (some responses) {
	for _, one := range a {
		if one.fault != "" {
			some = append(some, one)
		}
	}
	return some
}

// percentile is the time within which a share of the answers came; 1: the worst.
func (a responses) percentile(share float64) time.Duration {
	if len(a) == 0 {
		return 0
	}
	times := make([]time.Duration, len(a))
	for i, one := range a {
		times[i] = one.took
	}
	slices.Sort(times)
	return times[min(int(share*float64(len(times))), len(times)-1)].Round(100 * time.Microsecond)
}

// outcomes counts them.
func (a responses) outcomes() string {
	counts := map[string]int{}
	for _, one := range a {
		counts[one.outcome]++
	}
	var words []string
	for _, outcome := range slices.Sorted(maps.Keys(counts)) {
		words = append(words, fmt.Sprintf("%d %s", counts[outcome], outcome))
	}
	return strings.Join(words, ", ")
}

// wellFormed asserts that each was answered as the platform reads it, within a limit.
func (a responses) wellFormed(t testing.TB, what string, limit time.Duration) {
	t.Helper()
	faults, late := map[string]int{}, 0
	for _, one := range a {
		if one.fault != "" {
			faults[one.fault]++
		}
		if one.took > limit {
			late++
		}
	}
	for fault, n := range faults {
		t.Errorf("%d of %d %s: %s", n, len(a), what, fault)
	}
	if late > 0 {
		load, _ := os.ReadFile("/proc/loadavg") // a machine with other work is late by itself
		t.Errorf("%d of %d %s later than %v, the last after %v; load of the machine %s", late, len(a), what, limit, a.percentile(1), load)
	}
	if len(a) == 0 {
		t.Errorf("no %s", what)
	}
}

// settled is how long after an instant the last one was due that did not have a word in its outcome,
// or had a fault; false: nothing came after that one.
func (a responses) settled(since time.Time, word string) (after time.Duration, ok bool) {
	var last, end time.Time
	for _, one := range a {
		if end.Before(one.due) {
			end = one.due
		}
		if (!strings.Contains(one.outcome, word) || one.fault != "") && last.Before(one.due) {
			last = one.due
		}
	}
	return max(last.Sub(since), 0).Round(time.Millisecond), last.Before(end)
}

// tally gathers answers from many goroutines.
type tally struct {
	mu  sync.Mutex
	all responses
}

func (y *tally) add(one response) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.all = append(y.all, one)
}

// now is what there is so far.
func (y *tally) now() responses {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.Clone(y.all)
}
