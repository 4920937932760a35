package clauses

import (
	"context"
	"time"

	"xmode/simulator/conform"
)

// How long an answer may take. The query's limit is not known: its nearest
// relative waits three seconds, and a caller hears silence meanwhile.
const (
	queryLimit   = time.Second
	siblingLimit = 3 * time.Second
	receiptLimit = 700 * time.Millisecond
)

// timing are the clauses about how long answers take.
func (t *trial) timing() []conform.Clause {
	rule := conform.Rule
	const ref = "A1 Call control query, time-out"
	measure := func(q func() query, limit time.Duration) conform.Check {
		return func(ctx context.Context) error {
			return conform.Sampling{Count: t.c.Queries, Limit: limit}.Measure(ctx, func(ctx context.Context) conform.Exchange {
				return t.send(ctx, "a signed query", viaGET, q())
			})
		}
	}
	return []conform.Clause{
		rule("ALI-TIM-01", conform.Inferred, ref, "99 of 100 queries are answered within a second.",
			"time/query", measure(t.any, queryLimit)).Apart(),
		rule("ALI-TIM-02", conform.Sibling, "A10 Time-out", "99 of 100 queries are answered within three seconds.",
			"time/sibling", measure(t.any, siblingLimit)).Apart(),
		rule("ALI-TIM-03", conform.Inferred, ref, "A query whose signature is wrong is refused within a second.",
			"time/query", t.refusedInTime).Apart(),
	}
}

func (t *trial) refusedInTime(ctx context.Context) error {
	q := t.any().set("signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	x := t.c.Sender.Send(ctx, t.message("a query with a wrong signature", viaGET, q))
	return x.Within(queryLimit)
}

// secrecy are the clauses about what no answer may hold; they look at all that came
// before, too.
func (t *trial) secrecy() []conform.Clause {
	return []conform.Clause{
		conform.Rule("ALI-SEC-01", conform.Inferred, "A1 Call control query, errors", "No answer holds a secret, an error of the inside or a trace of a stack.",
			"answer/secrecy", t.keepsItself).Apart(),
	}
}

func (t *trial) keepsItself(ctx context.Context) error {
	provoke := []conform.Check{t.accepts("a signed query", viaGET), t.noSignature, t.truncated, t.badEncoding, t.oddX, t.repeated}
	for _, c := range provoke {
		_ = c(ctx) // what they find themselves is another clause's
	}
	x := t.send(ctx, "a signed query", viaGET, t.any())
	silent := x.Reply.Err != nil && x.Reply.Status == 0
	switch leak := t.c.Sender.Leak(); {
	case leak != "":
		return conform.Leaked(leak)
	case silent:
		return x.Fault("there is no answer to look at")
	}
	return nil
}
