package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"xmode/call"
	"xmode/store"
)

// What becomes of a push, for the metrics; the causes above are the others.
const (
	resultStored   = "stored"
	resultBroken   = "broken"
	resultReplayed = "replayed"
)

// delivery is a push and its acknowledgement.
type delivery struct{ turn }

// run stores the push and acknowledges it within the budget, or refuses it.
func (x *delivery) run(ctx context.Context) {
	x.within(ctx, x.PushBudget, x.settle, x.unstored)
}

// settle stores and answers, when it is its turn: it may wait for that for half of the
// budget.
func (x *delivery) settle(ctx context.Context) {
	if !x.Bulkheads.pushes.enter(ctx, x.PushBudget/2) {
		x.unstored(causeOverload)
		return
	}
	defer x.Bulkheads.pushes.leave()
	err := x.deposit(ctx, x.message())
	switch {
	case errors.Is(err, store.ErrReplayed):
		x.refuseAs(replayed(), resultReplayed)
	case err != nil:
		x.unstoredFor(causeOf(err), err)
	case x.received.Broken != nil:
		x.refuseAs(x.received.Broken, resultBroken)
	case x.answer(http.StatusOK, x.adapter.Acknowledge):
		x.ended(resultStored)
	}
}

// refuseAs refuses and counts as one of the results.
func (x *delivery) refuseAs(err error, result string) {
	if x.refuse(err) {
		x.ended(result)
	}
}

// deposit stores what was pushed. A nil message files no nonce.
func (t *turn) deposit(ctx context.Context, m *store.Message) error {
	push := t.received.Push
	out, err := t.Inbox.Deposit(ctx, store.Delivery{Platform: t.adapter.Name(), Kind: push.Kind, Items: push.Items,
		Read: t.understand, Message: m, At: t.start})
	if err == nil {
		t.countItems(out)
	}
	return err
}

// understand reads the item at an index of the push.
func (t *turn) understand(i int) call.Report {
	if t.received.Broken != nil {
		return call.Report{Fault: t.received.Broken.Message}
	}
	push, at := t.received.Push, t.received.Proof.SignedAt
	if at.IsZero() {
		at = t.start
	}
	return readItem(t.adapter, push.Kind, push.Items[i], at, t.panicked)
}

// panicked counts every panic over an item; a batch may have thousands of them.
func (t *turn) panicked(v any) {
	if _, ok := t.seldomPanic.now(t.Now()); ok {
		t.logPanic("public", t.path, v)
		return
	}
	t.Metrics.panics.WithLabelValues("public").Inc()
}

// unstored refuses what could not be stored in time, or not as durably as
// promised, so that the platform sends it again.
func (t *turn) unstored(cause string) { t.unstoredFor(cause, nil) }

// unstoredFor tells the log a word more of what kept the store from it.
func (t *turn) unstoredFor(cause string, err error) {
	if !t.refuse(notStored()) {
		return
	}
	if skipped, ok := t.seldomUnstored.now(t.Now()); ok {
		t.Log.Error("push not stored", slog.String("platform", t.name), slog.String("kind", t.kind()),
			slog.String("cause", cause), slog.String("trouble", troubleOf(err)), slog.Int64("unlogged", skipped))
	}
	t.ended(cause)
}

// troubleOf is a word for what went wrong in the store.
func troubleOf(err error) string {
	if errors.Is(err, store.ErrPartitions) {
		return "partitions"
	}
	if f, ok := errors.AsType[*store.Failure](err); ok {
		return f.Class
	}
	return ""
}

// countItems counts what became of the items of a push, and tells of conflicts.
func (t *turn) countItems(out store.Deposited) {
	for outcome, n := range map[string]int{"fresh": out.Fresh, "duplicate": out.Duplicates,
		"conflict": out.Conflicts, "quarantined": out.Quarantined} {
		if n > 0 {
			t.Metrics.pushed.WithLabelValues(t.name, t.kind(), outcome).Add(float64(n))
		}
	}
	if out.Conflicts == 0 {
		return
	}
	if skipped, ok := t.seldomConflict.now(t.Now()); ok {
		t.Log.Warn("pushed again with other content", slog.String("platform", t.name), slog.String("kind", t.kind()),
			slog.Int("conflicts", out.Conflicts), slog.Int64("unlogged", skipped))
	}
}

// ended counts and logs a push that has its answer.
func (t *turn) ended(result string) {
	took := t.Now().Sub(t.start)
	t.Metrics.pushes.WithLabelValues(t.name, t.kind(), result).Inc()
	t.Metrics.pushDuration.WithLabelValues(t.name).Observe(took.Seconds())
	t.Log.Debug("push answered", slog.String("platform", t.name), slog.String("kind", t.kind()),
		slog.Int("items", len(t.received.Push.Items)), slog.String("result", result), slog.Duration("took", took))
}

// kind is what the adapter calls the items of the push.
func (t *turn) kind() string { return t.kinds.of(t.received.Push.Kind) }
