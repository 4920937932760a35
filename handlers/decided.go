package handlers

import (
	"context"
	"log/slog"
	"time"

	"xmode/call"
	"xmode/store"
)

// message is what the store needs for the replay check. The nonce has to be
// remembered until the timestamp that was signed with it leaves the window.
func (x *exchange) message() *store.Message {
	p := x.question.Proof
	return &store.Message{Platform: x.adapter.Name(), Nonce: p.Nonce, Digest: p.Digest,
		At: x.start, Until: p.SignedAt.Add(x.ClockSkew)}
}

// report counts and logs a decision that has gone out.
func (x *exchange) report(d call.Decision) {
	took := x.Now().Sub(x.start)
	kind := string(x.question.Query.Kind)
	x.Metrics.queries.WithLabelValues(x.name, kind, string(d.Outcome), string(d.Reason)).Inc()
	x.Metrics.duration.WithLabelValues(x.name).Observe(took.Seconds())
	if x.Log.Enabled(context.Background(), slog.LevelDebug) {
		x.log(d, took)
	}
}

// log writes one decision to the log; numbers mask themselves.
func (x *exchange) log(d call.Decision, took time.Duration) {
	q := &x.question.Query
	binding := ""
	if d.Binding != nil {
		binding = d.Binding.ID.String()
	}
	x.Log.Debug("query decided", slog.String("platform", x.name), slog.String("kind", string(q.Kind)),
		slog.String("call", x.tag.of(q.CallID)), slog.Any("x", q.X), slog.Any("caller", q.Caller),
		slog.String("outcome", string(d.Outcome)), slog.String("reason", string(d.Reason)), slog.Int("row", d.Row),
		slog.Any("callee", d.Callee), slog.String("binding", binding),
		slog.String("signature", x.question.Proof.Form), slog.Duration("took", took))
}
