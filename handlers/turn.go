package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/platform"
	"xmode/store"
)

// What keeps a message from its usual answer.
const (
	causeStore      = "store"
	causeDurability = "durability"
	causeDeadline   = "deadline"
	causePanic      = "panic"
	causeOverload   = "overload"
)

// turn is one verified message on its way to its answer.
//
// Two may want to give it: the goroutine that works on it, and the guard that
// goes off when the budget is spent. Stores promise to keep the deadline of
// their context, so that normally the first one answers in time, whatever it
// has; the guard makes sure of it even where a store is stuck. It costs a timer,
// not a goroutine, as long as nothing is late. Whoever claims the turn first
// answers; the other one finds it claimed and is silent.
type turn struct {
	*messages
	response *echo.Response
	received platform.Received
	start    time.Time
	guard    *time.Timer
	late     sync.Mutex // held while the guard is at work

	mu      sync.Mutex // held while answering: the handler must not return meanwhile
	claimed bool
}

// within works for as long as the budget lasts. When it is spent, or the work
// panics, instead answers; it may be called in another goroutine, so that no
// panic must get out of it, and a second time.
//
// A sender who goes away does not cut the work short: its nonce may be filed
// already, the budget ends it soon enough, and the store keeps its connection.
func (t *turn) within(ctx context.Context, budget time.Duration, work func(context.Context), instead func(cause string)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget)
	defer cancel()
	t.guard = time.AfterFunc(budget, func() {
		t.late.Lock()
		defer t.late.Unlock()
		instead(causeDeadline)
	})
	defer func() {
		t.guard.Stop()
		t.late.Lock() // a guard that has answered may still be at its traces: nothing happens after the handler
		defer t.late.Unlock()
	}()
	defer func() {
		if v := recover(); v != nil {
			t.logPanic("public", t.path, v)
			instead(causePanic)
		}
	}()
	work(ctx)
}

// answer encodes and writes an answer, and flushes it, so that the platform has
// it before anything else is done; false: somebody else has answered. A panic of
// encode leaves the turn unclaimed.
func (t *turn) answer(status int, encode func() []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.claimed {
		return false
	}
	body := encode()
	t.claimed = true
	t.write(status, body)
	return true
}

// refuse answers, counts and logs a refusal; false: somebody else has answered.
func (t *turn) refuse(err error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.claimed {
		return false
	}
	t.claimed = true
	f := faultOf(err)
	writeFault(t.response, f)
	t.flush()
	t.note(f)
	return true
}

// write sends an answer. A stated length keeps the flush from switching to
// chunks. An error means that the platform is gone, and nobody is left to tell.
func (t *turn) write(status int, body []byte) {
	h := t.response.Header()
	if len(body) > 0 {
		h[echo.HeaderContentType] = t.json
	}
	h[echo.HeaderContentLength] = []string{strconv.Itoa(len(body))}
	t.response.WriteHeader(status)
	_, _ = t.response.Write(body)
	t.flush()
}

func (t *turn) flush() { _ = http.NewResponseController(t.response.Writer).Flush() }

// message is what the store needs for the replay check: the nonce has to be
// remembered until the timestamp that was signed with it leaves the window. It
// is nil for a message that carries none.
func (t *turn) message() *store.Message {
	p := &t.received.Proof
	if p.Nonce == "" {
		return nil
	}
	return &store.Message{Platform: t.adapter.Name(), Nonce: p.Nonce, Digest: p.Digest, At: t.start, Until: p.Until}
}

// causeOf names what kept the store from doing its part, for the metrics.
func causeOf(err error) string {
	switch {
	case errors.Is(err, store.ErrNotDurable):
		return causeDurability
	case errors.Is(err, context.DeadlineExceeded):
		return causeDeadline
	}
	return causeStore
}
