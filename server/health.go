package server

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/handlers"
	"xmode/store"
)

// pingTimeout is when a ping counts as unanswered: before the next one is due.
const pingTimeout = 900 * time.Millisecond

// health is how the process is doing, for /readyz and the metrics.
type health struct {
	reached  atomic.Bool // the store has answered at least once
	away     atomic.Bool // its last ping went unanswered
	draining atomic.Bool
	lapsed   atomic.Bool // it cannot be confirmed that pushes are as durable as promised
}

// readiness reports to /readyz.
func (h *health) readiness() handlers.Readiness {
	r := handlers.Readiness{Reached: h.reached.Load(), Draining: h.draining.Load()}
	if h.away.Load() {
		r.Degraded = append(r.Degraded, "store")
	}
	if h.lapsed.Load() {
		r.Degraded = append(r.Degraded, "durability")
	}
	return r
}

// storeUp is a gauge of whether the store answers.
func (h *health) storeUp() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "xmode_store_up",
		Help: "1 while the store answers pings, else 0.",
	}, func() float64 {
		if h.reached.Load() && !h.away.Load() {
			return 1
		}
		return 0
	})
}

// durable is a gauge of whether pushes are as durable as promised.
func (h *health) durable() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "xmode_durability_confirmed",
		Help: "1 while pushes are stored as durably as promised, else 0: then they get 503.",
	}, func() float64 {
		if h.reached.Load() && !h.lapsed.Load() {
			return 1
		}
		return 0
	})
}

// durabilityEvery is how often the servers are asked whether they still keep
// what they acknowledge; durabilityTimeout how long that may take.
const (
	durabilityEvery   = 10 * time.Second
	durabilityTimeout = 2 * time.Second
)

// confirm asks whether pushes are as durable as promised, and logs when that
// changes.
func (h *health) confirm(ctx context.Context, d store.Durability, log *slog.Logger) {
	within, cancel := context.WithTimeout(ctx, durabilityTimeout)
	defer cancel()
	err := d.CheckDurability(within)
	switch {
	case ctx.Err() != nil: // stopping
	case err == nil:
		if h.lapsed.Swap(false) {
			log.Info("pushes are as durable as promised again")
		}
	case !h.lapsed.Swap(true):
		log.Error("pushes cannot be stored as durably as promised, and get 503", slog.Any("error", err))
	}
}

// ping asks the store whether it is there, and logs when that changes.
func (h *health) ping(ctx context.Context, p store.Pinger, log *slog.Logger) error {
	within, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	err := p.Ping(within)
	switch {
	case ctx.Err() != nil: // stopping, not away
	case err == nil:
		first := !h.reached.Swap(true)
		if h.away.Swap(false) || first {
			log.Info("the store answers")
		}
	case !h.away.Swap(true):
		log.Error("the store does not answer; queries get the fallback", slog.Any("error", err))
	}
	return err
}
