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
	rule, k := conform.Rule, t.keeps()
	const ref = "A2 HTTP batch push"
	list := []conform.Clause{
		rule("ALI-KEP-01", conform.Doc, ref, "A receipt that is acknowledged is kept: the platform does not push it again.",
			"receipt/success receipt/retry", k.One),
		rule("ALI-KEP-02", conform.Doc, ref, "Each of 50 receipts in one push is kept.",
			"receipt/array receipt/batch", k.All(t.fifty)),
		rule("ALI-KEP-03", conform.Doc, ref, "A receipt that is pushed again is kept once.",
			"receipt/duplicates receipt/retry", k.Once),
		rule("ALI-KEP-04", conform.Inferred, ref, "A receipt that is there twice in one push is kept once.",
			"receipt/duplicates", k.TwiceOnce),
		rule("ALI-KEP-05", conform.Inferred, ref, "A receipt that comes again with other content is kept beside the first, both marked as a conflict.",
			"receipt/conflict", k.Conflict),
		rule("ALI-KEP-06", conform.Inferred, ref, "Right receipts beside a broken one are kept.",
			"receipt/broken", k.BesideBroken),
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

// keeps checks what becomes of call records.
func (t *trial) keeps() conform.Keeps[record] {
	return conform.Keeps[record]{
		Reader: conform.Reader{Admin: t.c.Admin, Platform: "aliyun", Sender: t.c.Sender},
		New:    t.report,
		CallOf: callOf,
		Push: func(ctx context.Context, records ...record) error {
			return acknowledged(t.push(ctx, "a push of SecretReports", sim.SecretReport, batch(records...)))
		},
		Other:  func(r record) record { return r.With("release_cause", 17) },
		Broken: record{"secret_no": "none", "call_time": "soon"},
	}
}

// callOf is the call of a record.
func callOf(r record) string {
	id, _ := r["call_id"].(string)
	return id
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
	if err := t.keeps().Reader.Records(ctx, id, 1); err != nil {
		return err
	}
	return t.keeps().Reader.Events(ctx, id, 3)
}

func (t *trial) keepsNoForgery(ctx context.Context) error {
	if t.c.Token == "" {
		return conform.Note("the address has no token")
	}
	r := t.report()
	t.pushUnder(ctx, "a push under another token", "conform-another-token-0001", sim.SecretReport, batch(r))
	_ = t.keeps().One(ctx) // what is lost is another clause's
	return t.keeps().Times(ctx, 0, r)
}
