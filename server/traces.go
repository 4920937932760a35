package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/store"
)

// The writer of what decisions leave behind: how many traces may wait, and how
// long one write may take.
const (
	traceQueue   = 8192
	traceTimeout = 2 * time.Second
)

// newLater starts the writer with metrics of what became of the traces.
func newLater(traces store.Traces, reg prometheus.Registerer, log *slog.Logger) *store.Later {
	written := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "xmode_traces_written_total",
		Help: "Traces of decisions (the log, asks, last callers) that were written.",
	})
	lost := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xmode_traces_lost_total",
		Help: "Traces of decisions that were dropped, by cause (queue, store).",
	}, []string{"cause"})
	reg.MustRegister(written, lost)
	return store.NewLater(traces, traceQueue, store.LaterHooks{
		Written: func(n int) { written.Add(float64(n)) },
		Lost: func(n int, err error) {
			if err == nil {
				lost.WithLabelValues("queue").Add(float64(n))
				return
			}
			lost.WithLabelValues("store").Add(float64(n))
			log.Debug("write traces", slog.Int("lost", n), slog.Any("error", err))
		},
		Context: func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), traceTimeout)
		},
	})
}
