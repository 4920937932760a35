package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/call"
	"xmode/platform"
	"xmode/store"
)

// The causes of a fallback.
const (
	causeStore    = "store"
	causeDeadline = "deadline"
	causePanic    = "panic"
)

// exchange is one verified query on its way to its answer.
//
// Two may want to give it: the goroutine that decides, and the guard that goes
// off when the budget is spent. Stores promise to keep the deadline of their
// context, so that normally the first one answers by the fallback in time; the
// guard makes sure of it even where a store is stuck. It costs a timer, not a
// goroutine, as long as nothing is late. Whoever claims the exchange first
// answers; the other one finds it claimed and is silent.
type exchange struct {
	*queries
	response *echo.Response
	question platform.Question
	start    time.Time

	mu      sync.Mutex // held while answering: the handler must not return meanwhile
	claimed bool
}

// run decides and answers within the budget. The error is the refusal of a
// replayed message; everything else is answered.
//
// A sender who goes away does not cut the look-up short: its nonce may be filed
// already, the budget ends it soon enough, and the store keeps its connection.
func (x *exchange) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), x.DecisionBudget)
	defer cancel()
	guard := time.AfterFunc(x.DecisionBudget, func() { x.fallback(causeDeadline) })
	defer guard.Stop()
	defer func() {
		if v := recover(); v != nil {
			x.logPanic("public", x.path, v)
			x.fallback(causePanic)
		}
	}()
	routes, seen, err := x.Router.Route(ctx, x.question.Query, x.message())
	switch {
	case err != nil:
		x.fallback(causeOf(err))
	case seen == store.Replayed:
		if x.claim() {
			return replayed()
		}
	default:
		x.decide(routes, seen)
	}
	return nil
}

// decide answers by the decision table. Only the first of several equal
// messages leaves traces, and only when its decision went out.
func (x *exchange) decide(routes call.Routes, seen store.Seen) {
	d := call.Decide(x.question.Query, routes, x.Policy)
	if !x.answer(d) {
		return
	}
	if seen == store.Fresh {
		trace := call.Trace{Query: x.question.Query, Decision: d, Digest: x.question.Proof.Digest}
		if trace.Leaves() {
			x.Leave(trace)
		}
	}
	x.report(d)
}

// fallback answers without the store. A platform that cannot even encode that
// gets a 500; the panic must not get out, since this may be the guard's
// goroutine.
func (x *exchange) fallback(cause string) {
	defer func() {
		if v := recover(); v != nil {
			x.logPanic("public", x.path, v)
			x.fail()
		}
	}()
	d := call.Fallback()
	if x.answer(d) {
		x.Metrics.fallbacks.WithLabelValues(x.name, cause).Inc()
		if skipped, ok := x.seldomFellBack.now(x.Now()); ok {
			x.Log.Error("query answered by the fallback", slog.String("platform", x.name), slog.String("cause", cause), slog.Int64("unlogged", skipped))
		}
		x.report(d)
	}
}

// answer encodes and writes d, and flushes it, so that the platform has it
// before anything else is done; false: somebody else has answered.
func (x *exchange) answer(d call.Decision) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.claimed {
		return false
	}
	body := x.adapter.Answer(x.question.Query, d) // a panic in here leaves it unclaimed, for the fallback
	x.claimed = true
	x.write(http.StatusOK, body)
	return true
}

// fail answers 500 in place of an answer that could not be encoded.
func (x *exchange) fail() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.claimed {
		x.claimed = true
		x.write(http.StatusInternalServerError, []byte(`{"code":"`+codeInternal+`","message":"internal error"}`))
	}
}

// claim takes the exchange for a refusal; false: somebody else has answered.
func (x *exchange) claim() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.claimed {
		return false
	}
	x.claimed = true
	return true
}

// write sends an answer. A stated length keeps the flush from switching to
// chunks. An error means that the platform is gone, and nobody is left to tell.
func (x *exchange) write(status int, body []byte) {
	h := x.response.Header()
	h[echo.HeaderContentType] = x.json
	h[echo.HeaderContentLength] = []string{strconv.Itoa(len(body))}
	x.response.WriteHeader(status)
	_, _ = x.response.Write(body)
	_ = http.NewResponseController(x.response.Writer).Flush()
}
