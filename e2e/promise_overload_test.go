package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// mix is in what proportion queries, pushes and reads come.
var mix = [...]int{4, 2, 2}

// TestPromiseOverload asks four times as much of an endpoint on one core as it can do.
func TestPromiseOverload(t *testing.T) {
	lasts := 8 * time.Second
	if playsAll() {
		lasts = time.Minute
	}
	promised(t, fmt.Sprintf("four times the load that one core can carry, for %v", lasts),
		"no crash, memory bounded, queries served first, normal again a second later")
	lightly(t)
	wrap := slices.Concat([]string{"taskset", "-c", "0"}, plainly(t))
	apart(t)
	e := serveBy(t, wrap, []string{"GOMAXPROCS=1"})
	all := [...]*stream{e.queries(), e.pushes(), e.reads(200)}
	e.warm()
	_ = all[1].closed(2, time.Second) // something to read
	capacity := together(all, 3*time.Second)
	measured(t, "capacity: %.0f queries, %.0f pushes of %d records and %.0f reads of 200 a second",
		capacity*float64(mix[0]), capacity*float64(mix[1]), pushed, capacity*float64(mix[2]))
	before := all[0].steady(300, 3*time.Second)
	quiet, _ := e.memory()

	became := overload(all, 4*capacity, lasts)
	over := time.Now()
	_, most := e.memory()
	measured(t, "queries: %v, 99th percentile %.0f ms", became[0], became[0].quantile(0.99))
	measured(t, "pushes: %v", became[1])
	measured(t, "reads: %v", became[2])
	measured(t, "resident memory: %d MiB before, at most %d MiB", quiet, most)
	time.Sleep(time.Until(over.Add(time.Second))) // the promise's second, not a wait for something
	after := all[0].steady(300, 3*time.Second)
	measured(t, "99th percentile of queries: %.1f ms before, %.1f ms from a second after on", before.quantile(0.99), after.quantile(0.99))

	e.carried(became, most)
	if most := max(3*before.quantile(0.99), 50); after.share(served) < 1 || after.quantile(0.99) > most {
		t.Errorf("afterwards: %v, 99th percentile %.1f ms, want %.1f", after, after.quantile(0.99), most)
	}
}

// carried asserts what has to hold of an overload.
func (e *endpoint) carried(became [3]ends, most int) {
	e.t.Helper()
	select {
	case err := <-e.exited:
		e.t.Errorf("exited: %v", err)
	default:
	}
	if share := became[0].share(served); share < 0.95 {
		e.t.Errorf("%.1f %% of the queries were decided", 100*share)
	}
	for i, what := range []string{"pushes", "reads"} {
		y := became[i+1]
		if len(y[refused]) == 0 || y.share(served) > 0.75*became[0].share(served) {
			e.t.Errorf("%s were not refused first: %v", what, y)
		}
		if y.share(silent) > 0.01 {
			e.t.Errorf("%s without an answer: %v", what, y)
		}
	}
	if most > mostMemory {
		e.t.Errorf("%d MiB of memory", most)
	}
}

// mostMemory is what an endpoint may take with every place taken, MiB.
const mostMemory = 512

// together sends the mix over connections that each wait for their answers, and tells
// how often a second it was served.
func together(all [3]*stream, lasts time.Duration) float64 {
	var order []*stream
	for i, s := range all {
		order = append(order, slices.Repeat([]*stream{s}, mix[i])...)
	}
	var group sync.WaitGroup
	counts := make([]int, 8)
	start := time.Now()
	for c := range counts {
		group.Go(func() {
			for i := c; time.Since(start) < lasts; i++ {
				if s := order[i*3%len(order)]; s.send(s.compose()) == served {
					counts[c]++
				}
			}
		})
	}
	group.Wait()
	n := 0
	for _, count := range counts {
		n += count
	}
	return float64(n) / float64(len(order)) / time.Since(start).Seconds()
}

// overload sends the mix so many times a second, in an open loop.
func overload(all [3]*stream, rate float64, lasts time.Duration) (became [3]ends) {
	var group sync.WaitGroup
	for i, s := range all {
		group.Go(func() { became[i] = s.steady(rate*float64(mix[i]), lasts) })
	}
	group.Wait()
	return became
}

// apart keeps this process, and what it starts from now on, on the second core.
func apart(t *testing.T) {
	t.Helper()
	bind := func(cores string) error {
		return exec.Command("taskset", "-a", "-c", "-p", cores, fmt.Sprint(syscall.Getpid())).Run()
	}
	before, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	if err := bind("1"); err != nil {
		t.Fatalf("taskset: %v (two cores are needed)", err)
	}
	t.Cleanup(func() {
		if err := bind(allowed(string(before))); err != nil {
			t.Error(err)
		}
	})
}
