package clauses

import (
	"context"
	"time"

	"xmode/simulator/conform"
)

// limit is how long an answer may take. The platform's own is not known: a response
// time-out is a failed push, and a caller hears silence meanwhile.
const limit = time.Second

// timing are the clauses about how long answers take.
func (t *trial) timing() []conform.Clause {
	rule := conform.Rule
	measure := func(send func(context.Context) conform.Exchange) conform.Check {
		return func(ctx context.Context) error {
			return conform.Sampling{Count: t.c.Queries, Limit: limit}.Measure(ctx, send)
		}
	}
	return []conform.Clause{
		rule("HW-TIM-01", conform.Inferred, "P8 Time-out", "99 of 100 callins are answered within a second.",
			"time/callin", measure(func(ctx context.Context) conform.Exchange { return t.ask(ctx, "a callin", t.any()) })).Apart(),
		rule("HW-TIM-02", conform.Inferred, "P8 Time-out", "99 of 100 texts are answered within a second.",
			"time/sms", measure(func(ctx context.Context) conform.Exchange { return t.say(ctx, "a text", t.block()) })).Apart(),
		rule("HW-TIM-03", conform.Inferred, "P8 Time-out", "The answer to an event takes at most a second, for 99 of 100.",
			"time/push", measure(func(ctx context.Context) conform.Exchange { return t.tell(ctx, "an event", "answer", t.info("answer")) })).Apart(),
		rule("HW-TIM-04", conform.Inferred, "P8 Time-out", "The answer to a push of a call record takes at most a second, for 99 of 100.",
			"time/push", measure(func(ctx context.Context) conform.Exchange { return t.push(ctx, "a call record", t.feeBody()) })).Apart(),
		rule("HW-TIM-05", conform.Inferred, "P8 Time-out", "The answer to a push of 50 call records takes at most a second.",
			"time/push", func(ctx context.Context) error {
				return t.push(ctx, "a push of 50 call records", fees(t.fifty()...)).Within(limit)
			}).Apart(),
	}
}

// secrecy are the clauses about what no answer may hold; they look at all that came
// before, too.
func (t *trial) secrecy() []conform.Clause {
	return []conform.Clause{
		conform.Rule("HW-SEC-01", conform.Inferred, "P1 Response", "No answer holds a secret, an error of the inside or a trace of a stack.",
			"answer/secrecy", t.keepsItself).Apart(),
	}
}

func (t *trial) keepsItself(ctx context.Context) error {
	for _, c := range []conform.Check{
		t.otherSecret, t.oddHeaders, t.oddX, t.oddCallers, t.oddLists, t.brokenAmongRight,
		t.cut(t.statusAddress, "a callin that breaks off", func() string { return event("callin", t.any()) }),
	} {
		_ = c(ctx) // what they find themselves is another clause's
	}
	x := t.ask(ctx, "a callin", t.any())
	if leak := t.c.Sender.Leak(); leak != "" {
		return conform.Leaked(leak)
	}
	if x.Reply.Err != nil && x.Reply.Status == 0 {
		return x.Fault("there is no answer to look at")
	}
	return nil
}
