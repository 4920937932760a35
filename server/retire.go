package server

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/store"
)

// The pace at which old records go: small batches, so that queries find their
// way between them, for most of each minute if need be.
const (
	retireEvery   = time.Minute
	retireTimeout = 50 * time.Second
)

// retirer ends what is older than the retention.
type retirer struct {
	store store.Retention
	keep  time.Duration
	now   func() time.Time
	log   *slog.Logger
	gone  prometheus.Counter
}

// newRetirer makes a retirer and its metric.
func newRetirer(r store.Retention, keep time.Duration, now func() time.Time, reg prometheus.Registerer, log *slog.Logger) *retirer {
	gone := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "xmode_retired_total",
		Help: "Records, events, logged decisions and quarantined texts that were removed after the retention.",
	})
	reg.MustRegister(gone)
	return &retirer{store: r, keep: keep, now: now, log: log, gone: gone}
}

// retire removes small batches until nothing old is left or the round is long
// enough.
func (r *retirer) retire(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, retireTimeout)
	defer cancel()
	before := r.now().Add(-r.keep)
	for ctx.Err() == nil {
		n, err := r.store.Retire(ctx, before)
		r.gone.Add(float64(n))
		if err != nil && !errors.Is(err, store.ErrUnavailable) { // the ping tells of an absent store
			r.log.Error("remove old records", slog.Any("error", err))
		}
		if n == 0 || err != nil {
			return
		}
	}
}
