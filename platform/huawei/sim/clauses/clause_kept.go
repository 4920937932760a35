package clauses

import (
	"context"
	"slices"

	"xmode/simulator/conform"
)

// kept are the clauses about what becomes of pushes once they are acknowledged.
// Nobody sees that from outside: they need an endpoint that can be asked.
func (t *trial) kept() []conform.Clause {
	rule, k := conform.Rule, t.keeps()
	list := []conform.Clause{
		rule("HW-KEP-01", conform.Doc, "P8 Records", "A record that is acknowledged is kept: the platform keeps no copy to push again.",
			"cdr/success", k.One),
		rule("HW-KEP-02", conform.Doc, "P2 Request", "Each of 50 records in one push is kept.",
			"cdr/feeLst cdr/fifty", k.All(t.fifty)),
		rule("HW-KEP-03", conform.Inferred, "P2 Re-push", "A record that is pushed again is kept once.",
			"push/duplicates push/schedule", k.Once),
		rule("HW-KEP-04", conform.Inferred, "P2 Request", "A record that is there twice in one push is kept once.",
			"cdr/repeated", k.TwiceOnce),
		rule("HW-KEP-05", conform.Inferred, "P2 Request", "A record that comes again with other content is kept beside the first, both marked as a conflict.",
			"cdr/conflict", k.Conflict),
		rule("HW-KEP-06", conform.Inferred, "P2 Request", "Right records beside a broken one are kept.",
			"cdr/broken", k.BesideBroken),
		rule("HW-KEP-07", conform.Inferred, "P1 Re-push", "What happened in a call is kept, in whatever order it came.",
			"push/order cdr/order", t.keepsStages),
		rule("HW-KEP-08", conform.Inferred, "P1 Request headers", "A record that is signed with another secret is not kept.",
			"digest/secret", t.keepsNoForgery),
	}
	for i := range list {
		list[i].Needs = []string{conform.FlagAdmin, conform.NeedsRead}
	}
	return list
}

// keeps checks what becomes of call records.
func (t *trial) keeps() conform.Keeps[fields] {
	return conform.Keeps[fields]{
		Reader: conform.Reader{Admin: t.c.Admin, Platform: "huawei", Sender: t.c.Sender},
		New:    t.fee,
		CallOf: callOf,
		Push: func(ctx context.Context, records ...fields) error {
			return t.push(ctx, "a push of call records", fees(records...)).WantEmpty()
		},
		Other:  func(f fields) fields { return f.with("fwdUnaswRsn", 17) },
		Broken: fields{"bindNum": "none", "callInTime": "soon"},
	}
}

// callOf is the call of a record.
func callOf(r fields) string {
	id, _ := r["sessionId"].(string)
	return id
}

// keepsStages tells a call from its end to its beginning.
func (t *trial) keepsStages(ctx context.Context) error {
	f := t.fee()
	if err := t.keeps().Push(ctx, f); err != nil {
		return err
	}
	stages := []string{"callout", "alerting", "answer", "disconnect"}
	for _, kind := range slices.Backward(stages) {
		info := t.info(kind).with("sessionId", callOf(f))
		if err := t.tell(ctx, "the event "+kind, kind, info).WantEmpty(); err != nil {
			return err
		}
	}
	if err := t.keeps().Times(ctx, 1, f); err != nil {
		return err
	}
	return t.keeps().Reader.Events(ctx, callOf(f), len(stages))
}

func (t *trial) keepsNoForgery(ctx context.Context) error {
	f := t.fee()
	t.post(ctx, "a call record signed with another secret", t.recordsAddress(), t.forged(), fees(f))
	_ = t.keeps().One(ctx) // what is lost is another clause's
	return t.keeps().Times(ctx, 0, f)
}
