package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"xmode/store/storetest"
)

// TestPromisePushes: call records at half of what can be taken hardly slow queries down.
func TestPromisePushes(t *testing.T) {
	atLength(t)
	// Short rounds in turn: what else the machine does meets both.
	const rounds, lasts, full, most = 15, 6 * time.Second, 10 * time.Second, 2.0
	promised(t, "CDR pushes at half of its capacity instead of 5 %", fmt.Sprintf("the 99th percentile of queries is at most %.0f times what it is", most))
	lightly(t)
	addr := storetest.Redis(t)
	e := serveBy(t, plainly(t), []string{"XMODE_REDIS=redis://" + addr})
	queries, pushes := e.queries(), e.pushes()
	e.warm()
	_ = pushes.closed(8, full/3) // what is not warm yet
	capacity := pushes.closed(8, full)
	measured(t, "capacity: %.0f pushes of %d records a second", capacity, pushed)

	redis := clientOf(t, addr)
	settled := func() {
		within(t, time.Minute, "what pushes left to do", func() bool {
			return redis.LLen(t.Context(), "xmode:{r0}:vq").Val() == 0
		})
	}
	var few, many []float64
	for range rounds {
		settled()
		few = append(few, beside(t, queries, pushes, 0.05*capacity, lasts))
		settled()
		many = append(many, beside(t, queries, pushes, 0.5*capacity, lasts))
	}
	ratio := median(many) / median(few)
	measured(t, "99th percentile of %d rounds: %.1f ms with pushes at 5 %% of that, %.1f ms at 50 %%, ratio %.2f (%.1f, %.1f)",
		rounds, median(few), median(many), ratio, few, many)
	if ratio > most {
		t.Errorf("queries take %.2f times as long", ratio)
	}
}

// beside gives the 99th percentile of queries, in milliseconds, while pushes come at a
// rate. All of both have to be served.
func beside(t *testing.T, queries, pushes *stream, rate float64, lasts time.Duration) float64 {
	t.Helper()
	done := make(chan ends, 1)
	go func() { done <- pushes.steady(rate, lasts) }()
	asked := queries.steady(500, lasts)
	for what, all := range map[string]ends{"queries": asked, "pushes": <-done} {
		if share := all.share(served); share < 0.999 {
			t.Errorf("%.1f %% of %d %s served: %s", 100*share, all.count(), what, all)
		}
	}
	return asked.quantile(0.99)
}
