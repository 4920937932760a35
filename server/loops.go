package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/call"
	"xmode/store"
)

// The paces of the background loops, and how long one round of the sweeper may
// take.
const (
	pingEvery    = time.Second
	sweepEvery   = time.Second
	sweepTimeout = 5 * time.Second
	// sweepBatches is how many full batches one round may remove: enough to
	// keep up with many expiries, too few to crowd out queries.
	sweepBatches = 10
	// sweepGrace is how long an expired binding stays: another endpoint on the
	// same store, whose clock is behind, may still connect by it.
	sweepGrace = time.Minute
)

// startLoops starts what runs beside the listeners until ctx ends.
func (s *Server) startLoops(ctx context.Context, group *sync.WaitGroup) {
	group.Go(func() {
		s.ping(ctx)
		s.every(ctx, PingLoop, pingEvery, func() { s.ping(ctx) })
	})
	group.Go(func() { s.every(ctx, SweepLoop, sweepEvery, func() { s.sweeper.sweep(ctx) }) })
	group.Go(func() { s.every(ctx, RetireLoop, retireEvery, func() { s.retirer.retire(ctx) }) })
	group.Go(func() {
		s.every(ctx, DurabilityLoop, durabilityEvery, func() { s.health.confirm(ctx, s.store, s.config.Log) })
	})
	group.Go(func() { s.every(ctx, CheckupLoop, checkupEvery, func() { s.checkup.round(ctx) }) })
	group.Go(func() { s.every(ctx, FileLoop, fileEvery, func() { s.recordings.file(ctx) }) })
	group.Go(func() { s.every(ctx, CountLoop, countEvery, func() { s.recordings.count(ctx) }) })
	group.Go(func() { s.every(ctx, ForgetLoop, forgetEvery, func() { s.recordings.forget(ctx) }) })
	group.Go(func() {
		s.recordings.fetcher.Run(ctx, func(p call.Platform) (<-chan time.Time, func()) {
			return s.config.Ticker(FetchLoop+string(p), fetchEvery)
		})
	})
	group.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.config.Hangup:
				s.rotator.rotate()
			}
		}
	})
}

// ping asks the store whether it is there. One that was set up otherwise is no
// store of ours, and ends the process: to go on would scatter records.
func (s *Server) ping(ctx context.Context) {
	first := !s.health.reached.Load()
	if err := s.health.ping(ctx, s.store, s.config.Log); errors.Is(err, store.ErrPartitions) {
		select {
		case s.unfit <- fmt.Errorf("XMODE_RECORD_PARTITIONS: %w", err):
		default: // said already
		}
	}
	if first && s.health.reached.Load() {
		s.health.confirm(ctx, s.store, s.config.Log)
		s.checkup.round(ctx)
	}
}

// every does something at each tick until ctx ends.
func (s *Server) every(ctx context.Context, loop string, d time.Duration, do func()) {
	ticks, stop := s.config.Ticker(loop, d)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			do()
		}
	}
}

// sweeper removes expired bindings.
type sweeper struct {
	store store.Provisioner
	now   func() time.Time
	log   *slog.Logger
	swept prometheus.Counter
}

// newSweeper makes a sweeper and its metric.
func newSweeper(p store.Provisioner, now func() time.Time, reg prometheus.Registerer, log *slog.Logger) *sweeper {
	swept := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "xmode_swept_bindings_total",
		Help: "Expired bindings that the sweeper removed.",
	})
	reg.MustRegister(swept)
	return &sweeper{store: p, now: now, log: log, swept: swept}
}

// sweep removes small batches until nothing expired is left or the round is
// long enough.
func (s *sweeper) sweep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	for range sweepBatches {
		n, err := s.store.Sweep(ctx, s.now().Add(-sweepGrace))
		s.swept.Add(float64(n))
		if err != nil && !errors.Is(err, store.ErrUnavailable) { // the ping tells of an absent store
			s.log.Error("sweep expired bindings", slog.Any("error", err))
		}
		if n == 0 || err != nil {
			return
		}
	}
}
