package handlers

import (
	"context"
	"log/slog"
	"time"

	"xmode/call"
)

// report counts and logs a decision that has gone out.
func (x *exchange) report(d call.Decision) {
	took := x.Now().Sub(x.start)
	kind := string(x.received.Query.Kind)
	x.Metrics.queries.WithLabelValues(x.name, kind, string(d.Outcome), string(d.Reason)).Inc()
	x.Metrics.duration.WithLabelValues(x.name).Observe(took.Seconds())
	if x.Log.Enabled(context.Background(), slog.LevelDebug) {
		x.log(d, took)
	}
}

// log writes one decision to the log; numbers mask themselves.
func (x *exchange) log(d call.Decision, took time.Duration) {
	q := x.received.Query
	binding := ""
	if d.Binding != nil {
		binding = d.Binding.ID.String()
	}
	x.Log.Debug("query decided", slog.String("platform", x.name), slog.String("kind", string(q.Kind)),
		slog.String("call", x.Tag(q.CallID)), slog.Any("x", q.X), slog.Any("caller", q.Caller),
		slog.String("outcome", string(d.Outcome)), slog.String("reason", string(d.Reason)), slog.Int("row", d.Row),
		slog.Any("callee", d.Callee), slog.String("binding", binding),
		slog.String("signature", x.received.Proof.Form), slog.Duration("took", took))
}
