package clauses

import (
	"context"
	"time"

	"xmode/simulator/conform"
)

func secondsOf(n int) time.Duration { return time.Duration(n) * time.Second }

// replays are the clauses about messages that come again.
func (t *trial) replays() []conform.Clause {
	rule := conform.Rule
	return []conform.Clause{
		rule("ALI-RPL-01", conform.Inferred, "A1 Common request parameters", "The same signed query at once again is the platform's retry, and answered again.",
			"flow/retry", t.sameAgain),
		rule("ALI-RPL-02", conform.Inferred, "A1 Common request parameters", "The same query placed another way is the same query.",
			"flow/retry", t.sameElsewhere),
		rule("ALI-RPL-03", conform.Inferred, "A1 Common request parameters", "Another query under a nonce that was used is refused.",
			"common/signatureNonce", t.nonceTwice),
		rule("ALI-RPL-04", conform.Inferred, "A1 Common request parameters", "Another query under a used nonce is refused however it is placed.",
			"common/signatureNonce", t.nonceElsewhere),
	}
}

func (t *trial) sameAgain(ctx context.Context) error {
	q := t.signed(t.any())
	first, err := decided(t.c.Sender.Send(ctx, t.message("a signed query", viaGET, q)))
	if err != nil {
		return err
	}
	again, err := decided(t.c.Sender.Send(ctx, t.message("the same signed query again", viaGET, q)))
	if err != nil {
		return err
	}
	if first.text("controlOperate") != again.text("controlOperate") {
		return again.Fault("the decision was %s the first time", first.text("controlOperate"))
	}
	return nil
}

func (t *trial) sameElsewhere(ctx context.Context) error {
	q := t.signed(t.any())
	return each(ctx, []via{viaGET, viaForm}, func(ctx context.Context, how via) error {
		_, err := decided(t.c.Sender.Send(ctx, t.message("a signed query by GET, and again as a form", how, q)))
		return err
	})
}

// nonceTwice sends a query, then one about another call under its nonce.
func (t *trial) nonceTwice(ctx context.Context) error { return t.nonceAgain(ctx, viaGET) }

func (t *trial) nonceElsewhere(ctx context.Context) error { return t.nonceAgain(ctx, viaForm) }

func (t *trial) nonceAgain(ctx context.Context, how via) error {
	q := t.any()
	if _, err := decided(t.send(ctx, "a signed query", viaGET, q)); err != nil {
		return err
	}
	return refused(t.send(ctx, "another signed query under the same nonce", how, q.set("callId", t.id())))
}
