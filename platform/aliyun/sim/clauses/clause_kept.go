package clauses

import (
	"context"
	"slices"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/conform"
)

// kept are the clauses about what becomes of receipts once they are acknowledged.
// Nobody sees that from outside: they need an endpoint that can be asked.
func (t *trial) kept() []conform.Clause {
	rule := conform.Rule
	const ref = "A2 HTTP batch push"
	list := []conform.Clause{
		rule("ALI-KEP-01", conform.Doc, ref, "A receipt that is acknowledged is kept: the platform does not push it again.",
			"receipt/success receipt/retry", t.keepsReport),
		rule("ALI-KEP-02", conform.Doc, ref, "Each of 50 receipts in one push is kept.",
			"receipt/array receipt/batch", t.keepsFifty),
		rule("ALI-KEP-03", conform.Doc, ref, "A receipt that is pushed again is kept once.",
			"receipt/duplicates receipt/retry", t.keepsOnce),
		rule("ALI-KEP-04", conform.Inferred, ref, "A receipt that is there twice in one push is kept once.",
			"receipt/duplicates", t.keepsTwiceOnce),
		rule("ALI-KEP-05", conform.Inferred, ref, "A receipt that comes again with other content is kept beside the first, both marked as a conflict.",
			"receipt/conflict", t.keepsConflict),
		rule("ALI-KEP-06", conform.Inferred, ref, "Right receipts beside a broken one are kept.",
			"receipt/broken", t.keepsBesideBroken),
		rule("ALI-KEP-07", conform.Inferred, ref, "What happened in a call is kept, in whatever order it came.",
			"receipt/order", t.keepsStages),
		rule("ALI-KEP-08", conform.Inferred, ref, "A receipt under another token is not kept.",
			"receipt/authentication", t.keepsNoForgery),
	}
	for i := range list {
		list[i].Needs = []string{conform.FlagAdmin, conform.NeedsRead}
	}
	return list
}

// inside asks the endpoint.
func (t *trial) inside() conform.Reader {
	return conform.Reader{Admin: t.c.Admin, Platform: "aliyun", Sender: t.c.Sender}
}

// callOf is the call of a receipt.
func callOf(r record) string {
	id, _ := r["call_id"].(string)
	return id
}

// pushed pushes call records so many times, each time acknowledged.
func (t *trial) pushed(ctx context.Context, times int, records ...record) error {
	for range times {
		if err := acknowledged(t.push(ctx, "a push of SecretReports", sim.SecretReport, batch(records...))); err != nil {
			return err
		}
	}
	return nil
}

// settled waits until a call that is pushed now is kept: what came before it is done
// with, too.
func (t *trial) settled(ctx context.Context) error {
	last := t.report()
	if err := t.pushed(ctx, 1, last); err != nil {
		return err
	}
	return t.inside().Records(ctx, callOf(last), 1)
}

// keeps checks that each of these receipts is kept so many times.
func (t *trial) keeps(ctx context.Context, times int, records ...record) error {
	return each(ctx, records, func(ctx context.Context, r record) error { return t.inside().Records(ctx, callOf(r), times) })
}

func (t *trial) keepsReport(ctx context.Context) error {
	r := t.report()
	if err := t.pushed(ctx, 1, r); err != nil {
		return err
	}
	return t.keeps(ctx, 1, r)
}

func (t *trial) keepsFifty(ctx context.Context) error {
	list := t.fifty()
	if err := t.pushed(ctx, 1, list...); err != nil {
		return err
	}
	return t.keeps(ctx, 1, list...)
}

func (t *trial) keepsOnce(ctx context.Context) error {
	list := []record{t.report(), t.report()}
	if err := t.pushed(ctx, 3, list...); err != nil {
		return err
	}
	if err := t.settled(ctx); err != nil {
		return err
	}
	return t.keeps(ctx, 1, list...)
}

func (t *trial) keepsTwiceOnce(ctx context.Context) error {
	r := t.report()
	if err := t.pushed(ctx, 1, r, r); err != nil {
		return err
	}
	if err := t.settled(ctx); err != nil {
		return err
	}
	return t.keeps(ctx, 1, r)
}

func (t *trial) keepsConflict(ctx context.Context) error {
	r := t.report()
	for _, one := range []record{r, r.With("release_cause", 17)} {
		if err := t.pushed(ctx, 1, one); err != nil {
			return err
		}
	}
	return t.inside().Conflict(ctx, callOf(r))
}

func (t *trial) keepsBesideBroken(ctx context.Context) error {
	first, last := t.report(), t.report()
	broken := record{"secret_no": "none", "call_time": "soon"}
	if err := t.pushed(ctx, 1, first, broken, last); err != nil {
		return err
	}
	return t.keeps(ctx, 1, first, last)
}

// keepsStages tells a call from its end to its beginning.
func (t *trial) keepsStages(ctx context.Context) error {
	id := t.id()
	stages := slices.Clone(t.kinds()[:4])
	slices.Reverse(stages)
	for _, k := range stages {
		if err := acknowledged(t.push(ctx, "a "+string(k.kind), k.kind, batch(k.record().With("call_id", id)))); err != nil {
			return err
		}
	}
	if err := t.inside().Records(ctx, id, 1); err != nil {
		return err
	}
	return t.inside().Events(ctx, id, 3)
}

func (t *trial) keepsNoForgery(ctx context.Context) error {
	if t.c.Token == "" {
		return conform.Note("the address has no token")
	}
	r := t.report()
	t.pushUnder(ctx, "a push under another token", "conform-another-token-0001", sim.SecretReport, batch(r))
	_ = t.settled(ctx) // what is lost is another clause's
	return t.keeps(ctx, 0, r)
}
