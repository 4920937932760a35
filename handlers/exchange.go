package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"

	"xmode/call"
	"xmode/store"
)

// exchange is a query and its decision.
type exchange struct {
	turn
	met     store.Encounter
	keeping atomic.Bool // a text message is being stored
}

// run decides and answers within the budget, or refuses a replayed message.
func (x *exchange) run(ctx context.Context) {
	if x.Memory != nil {
		x.met = x.Memory.Meet(x.message())
	}
	if !x.Bulkheads.traffic.enter() {
		x.fallback(causeOverload)
		return
	}
	defer func() { x.Bulkheads.traffic.leave(x.Now().Sub(x.start), x.DecisionBudget) }()
	x.within(ctx, x.DecisionBudget, x.settle, x.instead)
}

// settle looks up and decides.
func (x *exchange) settle(ctx context.Context) {
	routes, seen, err := x.Router.Route(ctx, *x.received.Query, x.message())
	switch {
	case err != nil:
		x.fallback(causeOf(err))
	case seen == store.Replayed:
		x.refuse(replayed())
	default:
		if x.Memory != nil {
			x.Memory.Remember(*x.received.Query, x.met, routes)
		}
		x.decide(ctx, routes, seen)
	}
}

// decide answers by the decision table. Only the first of several equal
// messages leaves traces, and only when its decision went out.
func (x *exchange) decide(ctx context.Context, routes call.Routes, seen store.Seen) {
	d := call.Decide(*x.received.Query, routes, x.Policy)
	intercepts := x.intercepts(d)
	if seen == store.Late && !intercepts {
		x.refuse(replayed())
		return
	}
	if intercepts && !x.keep(ctx) || !x.decided(d) {
		return
	}
	if seen == store.Fresh {
		x.leave(d)
	}
	x.report(d)
}

// instead answers when the decision cannot.
func (x *exchange) instead(cause string) {
	if x.keeping.Load() {
		x.unstored(cause)
		return
	}
	x.fallback(cause)
}

// fallback answers without the store. A platform that cannot even encode that
// gets a 500; the panic must not get out, since this may be the guard's
// goroutine.
func (x *exchange) fallback(cause string) {
	defer func() {
		if v := recover(); v != nil {
			x.logPanic("public", x.path, v)
			x.answer(http.StatusInternalServerError, func() []byte {
				return []byte(`{"code":"` + codeInternal + `","message":"internal error"}`)
			})
		}
	}()
	d, recalled := call.Fallback(), false
	if cause != causePanic { // what panicked once would again
		d, recalled = x.recalled(d)
	}
	if !x.decided(d) {
		return
	}
	if x.met.Seen == store.Fresh {
		x.leave(d)
	}
	x.fellBack(cause, recalled, d)
	x.report(d)
}

// recalled decides by what an equal query found a short time ago; otherwise, and false:
// there is nothing, or it is not certain that nobody replays this message. A text
// message that would have to be kept here is none to be decided without the store.
func (x *exchange) recalled(otherwise call.Decision) (call.Decision, bool) {
	if x.Memory == nil || !x.received.Proof.Covers {
		return otherwise, false
	}
	routes, ok := x.Memory.Recall(*x.received.Query, x.met)
	if !ok {
		return otherwise, false
	}
	d := call.Decide(*x.received.Query, routes, x.Policy)
	if x.intercepts(d) {
		return otherwise, false
	}
	return d, true
}

// fellBack counts and logs an answer that was given without the store.
func (x *exchange) fellBack(cause string, recalled bool, d call.Decision) {
	x.Metrics.fallbacks.WithLabelValues(x.name, cause).Inc()
	if recalled {
		x.Metrics.stale.WithLabelValues(x.name, string(d.Outcome)).Inc()
		if d.Outcome == call.Ask && x.met.Seen == store.Fresh {
			x.Memory.Asked(*x.received.Query)
		}
	}
	if skipped, ok := x.seldomFellBack.now(x.Now()); ok {
		x.Log.Error("query answered by the fallback", slog.String("platform", x.name), slog.String("cause", cause),
			slog.Bool("stale", recalled), slog.Int64("unlogged", skipped))
	}
}

// decided answers with a decision; false: somebody else has answered.
func (x *exchange) decided(d call.Decision) bool {
	return x.answer(http.StatusOK, func() []byte { return x.adapter.Answer(*x.received.Query, d) })
}

// leave hands on what the decision leaves behind.
func (x *exchange) leave(d call.Decision) {
	x.Leave(call.Trace{Query: *x.received.Query, Decision: d, Digest: x.received.Proof.Digest})
}
