package main

import (
	"fmt"
	"time"

	"xmode/simulator/load"
)

// loadText is the line that shows how far a load is, and how long the answers of
// the moment took.
type loadText struct {
	progress func() load.Progress
	before   load.Latencies
	at       time.Duration
	recent   string
}

// next is the line of now.
func (t *loadText) next(elapsed time.Duration) string {
	p := t.progress()
	if span := elapsed - t.at; span >= time.Second || t.recent == "" {
		lately := p.Took.Since(&t.before)
		t.recent = fmt.Sprintf("%.0f messages/s, p50 %s, p99 %s", rate(int(lately.Count()), span), short(lately.Quantile(0.5)), short(lately.Quantile(0.99)))
		t.before, t.at = p.Took, elapsed
	}
	text := fmt.Sprintf("%s  %d of %d calls, %s", filled(float64(p.Ended)/float64(p.Calls)), p.Ended, p.Calls, t.recent)
	if p.Faults > 0 {
		text += fmt.Sprintf(", %d faults", p.Faults)
	}
	return text
}

// short writes a time to three digits or so.
func short(d time.Duration) string {
	if d < 10*time.Millisecond {
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}
