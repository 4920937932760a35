package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"xmode/store/storetest"
)

// TestPromiseKilled kills the endpoint with SIGKILL again and again while it is asked and
// records are pushed in batches. Every push is repeated until it is acknowledged. In the
// second run a push goes to several partitions, which are written one after the other.
func TestPromiseKilled(t *testing.T) {
	kills, records := 10, 4000
	if playsAll() {
		kills, records = 200, 40_000
	}
	promised(t, "xmode killed with SIGKILL under load", fmt.Sprint(kills, " times: no acknowledged record lost, none doubled"))
	for _, partitions := range []int{1, 3} {
		t.Run(fmt.Sprint("partitions ", partitions), func(t *testing.T) { killAgainAndAgain(t, kills/2, records, partitions) })
	}
}

func killAgainAndAgain(t *testing.T, kills, records, partitions int) {
	random := rand.New(rand.NewPCG(uint64(partitions), 4))
	redis, bound := storetest.Redis(t), false
	var e *endpoint
	var a *asker
	run := func() {
		e = serve(t, []string{"XMODE_REDIS=redis://" + redis}, "--push-budget=10s", fmt.Sprint("--record-partitions=", partitions))
		if !bound {
			e.bind(askedPair)
			bound = true
		}
		a = asking(e, 100) // what is decided is written beside the records
	}
	run()
	l := newLoad(t, records, aim(e))
	all := l.batches(random, 6)
	asked, down := 0, time.Duration(0)
	l.run(all, func() {
		l.at.at("")
		killed := time.Now()
		e.kill()
		a.stop()
		asked += len(a.now().of("connect"))
		run()
		down += time.Since(killed)
		l.at.at(e.public)
	}, moments(random, kills, len(all))...)
	a.stop()
	l.holds(e, redis, partitions)
	var acked, tried int64
	for i := range l.texts {
		acked, tried = acked+l.acked[i].Load(), tried+l.tried[i].Load()
	}
	measured(t, "%d kills, %d records sent %d times and acknowledged %d times, each stored once (%d partitions)", kills, records, tried, acked, partitions)
	measured(t, "%d pushes in %d attempts, %d queries connected, ready again %v after a kill", len(all), l.attempts.Load(), asked, (down / time.Duration(kills)).Round(time.Millisecond))
}
