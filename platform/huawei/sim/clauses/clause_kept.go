package clauses

import (
	"context"
	"slices"

	"xmode/simulator/conform"
)

// kept are the clauses about what becomes of pushes once they are acknowledged.
// Nobody sees that from outside: they need an endpoint that can be asked.
func (t *trial) kept() []conform.Clause {
	rule := conform.Rule
	list := []conform.Clause{
		rule("HW-KEP-01", conform.Doc, "P8 Records", "A record that is acknowledged is kept: the platform keeps no copy to push again.",
			"cdr/success", t.keepsRecord),
		rule("HW-KEP-02", conform.Doc, "P2 Request", "Each of 50 records in one push is kept.",
			"cdr/feeLst cdr/fifty", t.keepsFifty),
		rule("HW-KEP-03", conform.Inferred, "P2 Re-push", "A record that is pushed again is kept once.",
			"push/duplicates push/schedule", t.keepsOnce),
		rule("HW-KEP-04", conform.Inferred, "P2 Request", "A record that is there twice in one push is kept once.",
			"cdr/repeated", t.keepsTwiceOnce),
		rule("HW-KEP-05", conform.Inferred, "P2 Request", "A record that comes again with other content is kept beside the first, both marked as a conflict.",
			"cdr/conflict", t.keepsConflict),
		rule("HW-KEP-06", conform.Inferred, "P2 Request", "Right records beside a broken one are kept.",
			"cdr/broken", t.keepsBesideBroken),
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

// inside asks the endpoint.
func (t *trial) inside() conform.Reader {
	return conform.Reader{Admin: t.c.Admin, Platform: "huawei", Sender: t.c.Sender}
}

// callOf is the call of a record.
func callOf(f fields) string {
	id, _ := f["sessionId"].(string)
	return id
}

// pushed pushes records so many times, each time signed anew and acknowledged.
func (t *trial) pushed(ctx context.Context, times int, list ...fields) error {
	for range times {
		if err := t.push(ctx, "a push of call records", fees(list...)).WantEmpty(); err != nil {
			return err
		}
	}
	return nil
}

// settled waits until a record that is pushed now is kept: what came before it is
// done with, too.
func (t *trial) settled(ctx context.Context) error {
	last := t.fee()
	if err := t.pushed(ctx, 1, last); err != nil {
		return err
	}
	return t.inside().Records(ctx, callOf(last), 1)
}

// keeps checks that each of these records is kept so many times.
func (t *trial) keeps(ctx context.Context, times int, list ...fields) error {
	return each(ctx, list, func(ctx context.Context, f fields) error { return t.inside().Records(ctx, callOf(f), times) })
}

func (t *trial) keepsRecord(ctx context.Context) error {
	f := t.fee()
	if err := t.pushed(ctx, 1, f); err != nil {
		return err
	}
	return t.keeps(ctx, 1, f)
}

func (t *trial) keepsFifty(ctx context.Context) error {
	list := t.fifty()
	if err := t.pushed(ctx, 1, list...); err != nil {
		return err
	}
	return t.keeps(ctx, 1, list...)
}

func (t *trial) keepsOnce(ctx context.Context) error {
	list := []fields{t.fee(), t.fee()}
	if err := t.pushed(ctx, 3, list...); err != nil {
		return err
	}
	if err := t.settled(ctx); err != nil {
		return err
	}
	return t.keeps(ctx, 1, list...)
}

func (t *trial) keepsTwiceOnce(ctx context.Context) error {
	f := t.fee()
	if err := t.pushed(ctx, 1, f, f); err != nil {
		return err
	}
	if err := t.settled(ctx); err != nil {
		return err
	}
	return t.keeps(ctx, 1, f)
}

func (t *trial) keepsConflict(ctx context.Context) error {
	f := t.fee()
	for _, one := range []fields{f, f.with("fwdUnaswRsn", 17)} {
		if err := t.pushed(ctx, 1, one); err != nil {
			return err
		}
	}
	return t.inside().Conflict(ctx, callOf(f))
}

func (t *trial) keepsBesideBroken(ctx context.Context) error {
	first, last := t.fee(), t.fee()
	if err := t.pushed(ctx, 1, first, fields{"bindNum": "none", "callInTime": "soon"}, last); err != nil {
		return err
	}
	return t.keeps(ctx, 1, first, last)
}

// keepsStages tells a call from its end to its beginning.
func (t *trial) keepsStages(ctx context.Context) error {
	f := t.fee()
	if err := t.pushed(ctx, 1, f); err != nil {
		return err
	}
	stages := []string{"callout", "alerting", "answer", "disconnect"}
	for _, kind := range slices.Backward(stages) {
		info := t.info(kind).with("sessionId", callOf(f))
		if err := t.tell(ctx, "the event "+kind, kind, info).WantEmpty(); err != nil {
			return err
		}
	}
	if err := t.keeps(ctx, 1, f); err != nil {
		return err
	}
	return t.inside().Events(ctx, callOf(f), len(stages))
}

func (t *trial) keepsNoForgery(ctx context.Context) error {
	f := t.fee()
	t.post(ctx, "a call record signed with another secret", t.recordsAddress(), t.forged(), fees(f))
	_ = t.settled(ctx) // what is lost is another clause's
	return t.keeps(ctx, 0, f)
}
