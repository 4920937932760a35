package e2e_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"

	"xmode/store/storetest"
)

// seeds is how many runs each of the tests has that kill something. `make soak`
// sets it to 20; the ordinary tests have to be quick.
var seeds = flag.Int("seeds", 2, "runs of each test that kills something, each with another seed")

// manyRecords is how many records a run pushes.
const manyRecords = 10_000

// TestRecordsExactlyOnce pushes all records three times in random batches, some
// records twice in one batch.
func TestRecordsExactlyOnce(t *testing.T) {
	redis := storetest.Redis(t)
	e := serve(t, []string{"XMODE_REDIS=redis://" + redis}, "--push-budget=10s")
	l := newLoad(t, manyRecords, aim(e))
	l.run(l.batches(rand.New(rand.NewPCG(1, 1)), 3), nil)
	sent := l.holds(e, redis, 1)
	if l.refused.Load() > 0 {
		t.Errorf("%d pushes were refused", l.refused.Load())
	}
	for i := range l.texts {
		if tried, acked := l.tried[i].Load(), l.acked[i].Load(); tried != acked {
			t.Fatalf("%s: pushed %d times, acknowledged %d times", l.name(i), tried, acked)
		}
	}
	for outcome, want := range map[string]int64{"fresh": manyRecords, "duplicate": sent - manyRecords, "conflict": 0, "quarantined": 0} {
		if got := e.metric("xmode_push_records_total", `outcome="`+outcome+`"`); int64(got) != want {
			t.Errorf("%v counted as %s, want %d", got, outcome, want)
		}
	}
	if got := e.metric("xmode_push_records_total", `platform="huawei"`, `kind="fee"`, `outcome="fresh"`); got != manyRecords/2 {
		t.Errorf("%v of Huawei's counted as fresh", got)
	}
	if got, want := e.metric("xmode_pushes_total", `result="stored"`), float64(l.attempts.Load()); got != want {
		t.Errorf("%v pushes counted, want %v", got, want)
	}
	for _, x := range []int{0, 17, 49} {
		found := map[string]bool{}
		for _, r := range e.records(url.Values{"x": {fmt.Sprintf("170000001%02d", x)}}) {
			found[r.name()] = true
		}
		if len(found) != manyRecords/50 {
			t.Errorf("%d records by one X number, want %d", len(found), manyRecords/50)
		}
	}
}

// TestRecordsExactlyOnceKilled does the same while the endpoint is killed with
// SIGKILL at random moments, restarted, and every push repeated until it is
// acknowledged. With every other seed a push goes to several partitions, which
// are written one after the other.
func TestRecordsExactlyOnceKilled(t *testing.T) {
	for seed := range *seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 2))
			redis, partitions := storetest.Redis(t), 1+seed%2*2
			run := func() *endpoint {
				return serve(t, []string{"XMODE_REDIS=redis://" + redis}, "--push-budget=10s", fmt.Sprint("--record-partitions=", partitions))
			}
			e := run()
			l := newLoad(t, manyRecords, aim(e))
			all := l.batches(random, 3)
			l.run(all, func() {
				l.at.at("")
				e.kill()
				e = run()
				l.at.at(e.public)
			}, moments(random, 4, len(all))...)
			l.holds(e, redis, partitions)
			t.Logf("%d batches in %d attempts, %d of them refused", len(all), l.attempts.Load(), l.refused.Load())
		})
	}
}

// moments draws n of the first attempts of a load.
func moments(random *rand.Rand, n, of int) (at []int64) {
	for _, m := range random.Perm(of)[:n] {
		at = append(at, int64(m)+1)
	}
	return at
}

// holds asserts that the inbox and the stream hold every record that was
// pushed, once, with as many pushes as were acknowledged, or more where the
// acknowledgement got lost. It returns how many were sent.
func (l *load) holds(e *endpoint, redis string, partitions int) (sent int64) {
	l.t.Helper()
	wanted := map[string]int{}
	for i := range l.texts {
		if sent += l.tried[i].Load(); l.acked[i].Load() > 0 {
			wanted[l.name(i)] = i
		}
	}
	inbox := e.records(nil)
	seen := map[string]bool{}
	for _, r := range inbox {
		i, known := wanted[r.name()]
		pushes := int64(r.Pushes)
		switch {
		case !known || seen[r.name()]:
			l.t.Fatalf("%s is there without need", r.name())
		case pushes < l.acked[i].Load() || pushes > l.tried[i].Load() || r.Conflict:
			l.t.Fatalf("%s: %d pushes counted, %d acknowledged, %d begun, conflict %v", r.name(), pushes, l.acked[i].Load(), l.tried[i].Load(), r.Conflict)
		case r.Caller != fmt.Sprintf("+86139%08d", i%1000) || r.Duration != 105 || len(r.Raw) == 0:
			l.t.Fatalf("%s is not what was sent: %+v", r.name(), r)
		}
		seen[r.name()] = true
	}
	if len(inbox) != len(wanted) {
		l.t.Errorf("%d records in the inbox, want %d", len(inbox), len(wanted))
	}
	l.streamed(entries(l.t, redis, partitions), wanted)
	return sent
}

// streamed asserts that each record is one entry of the stream for consumers.
func (l *load) streamed(all []entry, wanted map[string]int) {
	l.t.Helper()
	seen := map[string]bool{}
	for _, m := range all {
		name := m.record.name()
		if _, known := wanted[name]; !known || seen[name] || m.kind != "record" || m.id != m.record.RecordID {
			l.t.Fatalf("entry %s of type %s about %s", m.id, m.kind, name)
		}
		seen[name] = true
	}
	if len(seen) != len(wanted) {
		l.t.Errorf("%d records in the stream, want %d", len(seen), len(wanted))
	}
}
