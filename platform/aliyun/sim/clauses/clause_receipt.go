package clauses

import (
	"context"
	"fmt"
	"strings"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/conform"
)

// receipts are the clauses about pushes as such.
// https://help.aliyun.com/zh/pnp/developer-reference/push-receipts-over-http/
func (t *trial) receipts() []conform.Clause {
	rule := conform.Rule
	const ref = "A2 HTTP batch push"
	list := []conform.Clause{
		rule("ALI-RCT-01", conform.Doc, ref, "A receipt, a POST of a JSON array, is acknowledged with the status 200.",
			"receipt/method receipt/array receipt/success", t.acknowledges("a SecretReport", sim.SecretReport, one(t.report))),
		rule("ALI-RCT-02", conform.Doc, ref, "The code of an acknowledgement is a number.",
			"receipt/code", t.acknowledges("a SecretReport", sim.SecretReport, one(t.report))),
		rule("ALI-RCT-03", conform.Doc, ref, "The msg of an acknowledgement is a String, if it is there.",
			"receipt/msg", t.msgIsText),
		rule("ALI-RCT-04", conform.Doc, ref, "The answer to a receipt takes at most 700 ms, for 99 of 100.",
			"receipt/timeout", t.receiptsInTime).Apart(),
		rule("ALI-RCT-05", conform.Doc, ref, "50 receipts in one push are acknowledged, within 700 ms.",
			"receipt/batch", t.fiftyInTime).Apart(),
		rule("ALI-RCT-06", conform.Doc, ref, "A push that comes again is acknowledged again.",
			"receipt/duplicates receipt/retry", t.pushedTwice),
		rule("ALI-RCT-07", conform.Inferred, ref, "A receipt that is there twice in one push is acknowledged.",
			"receipt/duplicates", t.acknowledges("a push with the same SecretReport twice", sim.SecretReport, t.twice)),
		rule("ALI-RCT-08", conform.Inferred, ref, "A receipt that comes again with other content is acknowledged.",
			"receipt/conflict", t.contradicted),
		rule("ALI-RCT-09", conform.Inferred, ref, "One broken receipt does not make its push fail.",
			"receipt/broken", t.brokenAmongRight),
		rule("ALI-RCT-10", conform.Inferred, ref, "Receipts of a call are acknowledged in any order.",
			"receipt/order", t.anyOrder),
		rule("ALI-RCT-11", conform.Inferred, ref, "A push without receipts, an empty array, is acknowledged.",
			"receipt/empty", t.acknowledges("a push without receipts", sim.SecretReport, func() []record { return nil })),
		rule("ALI-RCT-12", conform.Inferred, ref, "Fields that nobody knows are no reason to refuse a receipt.",
			"receipt/unknown-fields", t.acknowledges("a SecretReport with fields that nobody knows", sim.SecretReport, func() []record {
				return []record{t.report().With("next_year", map[string]any{"a": []int{1, 2}}).With("x", nil)}
			})),
		rule("ALI-RCT-13", conform.Inferred, ref, "A receipt about a call that the endpoint never heard of is acknowledged.",
			"receipt/unmatched", t.acknowledges("a SecretReport of a call that was never asked about", sim.SecretReport, one(t.report))),
	}
	for i, k := range t.kinds() {
		basis := conform.Doc
		if k.kind == sim.SecretSmsIntercept { // has a page, and is not on the list of types pushed over HTTP
			basis = conform.Inferred
		}
		list = append(list, rule(fmt.Sprintf("ALI-RCT-%02d", 20+i), basis, ref, "Receipts of the type "+string(k.kind)+" are acknowledged.",
			"type/"+string(k.kind), t.acknowledges("a "+string(k.kind), k.kind, one(k.record))))
	}
	return list
}

func (t *trial) msgIsText(ctx context.Context) error {
	x := t.push(ctx, "a SecretReport", sim.SecretReport, batch(t.report()))
	if err := acknowledged(x); err != nil {
		return err
	}
	o, _ := object(x.Reply.Body)
	if msg, there := o["msg"]; there && !isText(msg) {
		return x.Fault("msg has to be a string")
	}
	return nil
}

func (t *trial) receiptsInTime(ctx context.Context) error {
	return conform.Sampling{Count: t.c.Queries, Limit: receiptLimit}.Measure(ctx, func(ctx context.Context) conform.Exchange {
		return t.push(ctx, "a SecretReport", sim.SecretReport, batch(t.report()))
	})
}

// fifty are receipts of 50 calls.
func (t *trial) fifty() []record {
	list := make([]record, 50)
	for i := range list {
		list[i] = t.report()
	}
	return list
}

func (t *trial) fiftyInTime(ctx context.Context) error {
	x := t.push(ctx, "a push of 50 SecretReports", sim.SecretReport, batch(t.fifty()...))
	if err := acknowledged(x); err != nil {
		return err
	}
	return x.Within(receiptLimit)
}

func (t *trial) pushedTwice(ctx context.Context) error {
	body := batch(t.report(), t.report())
	return each(ctx, []string{"a push", "the same push again", "the same push for the third time"}, func(ctx context.Context, what string) error {
		return acknowledged(t.push(ctx, what, sim.SecretReport, body))
	})
}

func (t *trial) twice() []record {
	r := t.report()
	return []record{r, r}
}

func (t *trial) contradicted(ctx context.Context) error {
	r := t.report()
	if err := acknowledged(t.push(ctx, "a SecretReport", sim.SecretReport, batch(r))); err != nil {
		return err
	}
	return acknowledged(t.push(ctx, "the same SecretReport with another release_cause", sim.SecretReport, batch(r.With("release_cause", 17))))
}

// brokenAmongRight breaks one receipt of a push in several ways; had the platform to
// push it again, it would break again.
func (t *trial) brokenAmongRight(ctx context.Context) error {
	return each(ctx, []string{
		`{"call_id":7,"call_time":{"never":true},"secret_no":[]}`, `{"secret_no":"none","call_time":"soon"}`, `null`, `"text"`, `17`, `[]`, `{}`,
	}, func(ctx context.Context, broken string) error {
		right := batch(t.report())
		body := right[:len(right)-1] + "," + broken + "," + batch(t.report())[1:]
		return acknowledged(t.push(ctx, "a push of three SecretReports, the second of them broken", sim.SecretReport, body))
	})
}

// anyOrder tells a call from its end to its beginning.
func (t *trial) anyOrder(ctx context.Context) error {
	id := t.id()
	kinds := t.kinds()[:5]
	for i := len(kinds) - 1; i >= 0; i-- {
		k := kinds[i]
		what := "the receipts of a call from the last to the first: a " + string(k.kind)
		if err := acknowledged(t.push(ctx, what, k.kind, batch(k.record().With("call_id", id)))); err != nil {
			return err
		}
	}
	return nil
}

// receiptFaults are the clauses about what is no push at all.
func (t *trial) receiptFaults() []conform.Clause {
	rule := conform.Rule
	const ref = "A2 HTTP batch push"
	bad := func(what, body string) conform.Check {
		return func(ctx context.Context) error { return t.push(ctx, what, sim.SecretReport, body).WantRefused() }
	}
	return []conform.Clause{
		rule("ALI-RCT-60", conform.Inferred, ref, "A push that is no JSON gets a status 4xx.",
			"receipt/malformed", bad("a push that is no JSON", "id=1&call_id=2")),
		rule("ALI-RCT-61", conform.Inferred, ref, "A push that breaks off gets a status 4xx.",
			"receipt/malformed", func(ctx context.Context) error {
				whole := batch(t.report())
				return t.push(ctx, "a push that breaks off", sim.SecretReport, whole[:len(whole)/2]).WantRefused()
			}),
		rule("ALI-RCT-62", conform.Inferred, ref, "A push without a body gets a status 4xx.",
			"receipt/malformed", bad("a push without a body", "")),
		rule("ALI-RCT-63", conform.Inferred, ref, "A push that is a JSON text or number gets a status 4xx, or is acknowledged, and never fails the endpoint.",
			"receipt/malformed", t.scalars),
		rule("ALI-RCT-64", conform.Inferred, ref, "A push of ten megabytes gets a status 4xx.",
			"receipt/malformed", t.hugePush),
		rule("ALI-RCT-65", conform.Inferred, ref, "A push by GET gets a status 4xx.",
			"receipt/method", t.pushByGET),
		rule("ALI-RCT-66", conform.Inferred, ref, "A push under another token, which is all that tells the platform from others, gets a status 4xx.",
			"receipt/authentication", t.otherToken),
		rule("ALI-RCT-67", conform.Inferred, ref, "A push is acknowledged whatever its Content-Type.",
			"receipt/content-type", t.anyContentType),
	}
}

func (t *trial) scalars(ctx context.Context) error {
	return each(ctx, []string{`"text"`, `17`, `null`, `true`}, func(ctx context.Context, body string) error {
		x := t.push(ctx, "a push that is no array", sim.SecretReport, body)
		if acknowledged(x) == nil {
			return nil
		}
		return x.WantRefused()
	})
}

func (t *trial) hugePush(ctx context.Context) error {
	x := t.push(ctx, "a push of ten megabytes", sim.SecretReport, batch(t.report().With("city", strings.Repeat("x", 10<<20))))
	return x.WantTurnedAway(func() conform.Exchange { return t.push(ctx, "a SecretReport", sim.SecretReport, batch(t.report())) })
}

func (t *trial) pushByGET(ctx context.Context) error {
	return t.c.Sender.Send(ctx, conform.Message{What: "a push by GET", Method: "GET", URL: t.receiptsAt(t.c.Token, sim.SecretReport)}).WantRefused()
}

func (t *trial) otherToken(ctx context.Context) error {
	if t.c.Token == "" {
		return conform.Note("the address has no token")
	}
	return t.pushUnder(ctx, "a push under another token", "conform-another-token-0001", sim.SecretReport, batch(t.report())).WantRefused()
}

func (t *trial) anyContentType(ctx context.Context) error {
	return each(ctx, []string{"application/json", "text/plain", "application/octet-stream", ""}, func(ctx context.Context, kind string) error {
		m := conform.Message{What: `a push with the Content-Type "` + kind + `"`, Method: "POST", URL: t.receiptsAt(t.c.Token, sim.SecretReport), Body: batch(t.report())}
		if kind != "" {
			m.Header = map[string][]string{"Content-Type": {kind}}
		}
		return acknowledged(t.c.Sender.Send(ctx, m))
	})
}
