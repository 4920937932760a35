package e2e_test

import (
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"
)

// overload is how much of what the endpoint can carry of each kind alone is asked of it
// all together: four times of what it can do.
var overload = struct{ queries, pushes, reads float64 }{0.5, 2, 1.5}

// TestPromiseOverload has an endpoint with a quarter of a processor carry four times what it can. Queries go first;
// what is refused is told so at once, memory stays bounded, and as soon as the load ends
// all is as before.
func TestPromiseOverload(t *testing.T) {
	atLength(t)
	const lasts, alone, least = time.Minute, 5 * time.Second, 0.95
	promised(t, "four times the load that it can carry", fmt.Sprintf("queries go first, at least %.0f %% are decided, pushes and reads are refused with 503 before; memory stays below 768 MiB; as usual a second after its end", 100*least))
	lightly(t)
	e := serveBy(t, plainly(t), []string{"GOMAXPROCS=1"})
	queries, pushes, reads := e.queries(), e.pushes(), e.reads(200)
	e.warm()
	e.throttle(5*time.Millisecond, 20*time.Millisecond)
	capacity := [3]float64{queries.closed(8, alone), pushes.closed(8, alone), reads.closed(8, alone)}
	measured(t, "it carries %.0f queries, %.0f pushes of %d records, or %.0f reads of 200 records a second", capacity[0], capacity[1], pushed, capacity[2])
	pause(t, time.Second)
	usual := queries.steady(200, alone)

	all := together(
		func() ends { return queries.steady(overload.queries*capacity[0], lasts) },
		func() ends { return pushes.steady(overload.pushes*capacity[1], lasts) },
		func() ends { return reads.steady(overload.reads*capacity[2], lasts) },
	)
	pause(t, time.Second)
	after := queries.steady(200, alone)
	_, most := e.memory()
	for i, what := range []string{"queries", "pushes", "reads"} {
		measured(t, "%s: %.1f %% served, 99th percentile %.1f ms: %s", what, 100*all[i].share(served), all[i].quantile(0.99), all[i])
		if n := len(all[i][silent]) + len(all[i][wrong]); n > 0 {
			t.Errorf("%d %s have no answer, or a wrong one", n, what)
		}
	}
	measured(t, "99th percentile of queries %.1f ms before, %.1f ms a second after; at most %d MiB of memory", usual.quantile(0.99), after.quantile(0.99), most)
	if share := all[0].share(served); share < least || all[1].share(served) > share || all[2].share(served) > share {
		t.Errorf("queries do not go first")
	}
	if len(all[1][refused])+len(all[2][refused]) == 0 {
		t.Errorf("nothing was refused: that was no overload")
	}
	if most > 768 {
		t.Errorf("%d MiB of memory", most)
	}
	if after.share(served) < 1 || after.quantile(0.99) > 3*usual.quantile(0.99)+10 {
		t.Errorf("afterwards: %s, 99th percentile %.1f ms", after, after.quantile(0.99))
	}
}

// throttle lets the endpoint run for so long of each period, as a container does whose
// share of the processor is used up; until the test ends.
func (e *endpoint) throttle(run, period time.Duration) {
	e.t.Helper()
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		defer e.cmd.Process.Signal(syscall.SIGCONT)
		tick := time.NewTicker(period)
		defer tick.Stop()
		for {
			_ = e.cmd.Process.Signal(syscall.SIGCONT)
			time.Sleep(run)
			_ = e.cmd.Process.Signal(syscall.SIGSTOP)
			select {
			case <-end:
				return
			case <-tick.C:
			}
		}
	}()
	e.t.Cleanup(func() { close(end); <-ended })
}

// together runs loads at the same time.
func together(loads ...func() ends) []ends {
	all := make([]ends, len(loads))
	var group sync.WaitGroup
	for i, load := range loads {
		group.Go(func() { all[i] = load() })
	}
	group.Wait()
	return all
}
