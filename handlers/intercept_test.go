package handlers_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/store"
)

// texted is a text message that is both: a question, and what to keep.
func texted() platform.Received {
	r := question()
	r.Query.Kind = call.SMS
	r.Push = &platform.Push{Kind: "sms", Items: [][]byte{[]byte(`{"smsIdentifier":"1"}`)}}
	return r
}

// binds is a router that knows the pair with a mode for text messages.
func binds(mode call.SMSMode, seen store.Seen) routeFunc {
	return func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
		b := pair()
		b.SMS = mode
		return call.Routes{Own: &b}, seen, nil
	}
}

func TestInterceptedTexts(t *testing.T) {
	unknown := func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
		return call.Routes{}, store.Fresh, nil
	}
	down := func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
		return call.Routes{}, 0, store.ErrUnavailable
	}
	for _, tt := range []struct {
		name   string
		route  routeFunc
		fails  error
		kept   int
		left   int
		status int
		want   string
	}{
		{"intercepted", binds(call.Intercept, store.Fresh), nil, 1, 1, 200, `{"outcome":"connect","reason":"peer"}`},
		{"intercepted again", binds(call.Intercept, store.Repeated), nil, 1, 0, 200, `{"outcome":"connect","reason":"peer"}`},
		{"intercepted, but not stored", binds(call.Intercept, store.Fresh), store.ErrUnavailable, 1, 0, 503, notStored},
		{"intercepted, but not durable", binds(call.Intercept, store.Fresh), store.ErrNotDurable, 1, 0, 503, notStored},
		{"forwarded", binds(call.Forward, store.Fresh), nil, 0, 1, 200, `{"outcome":"connect","reason":"peer"}`},
		{"dropped", binds(call.Drop, store.Fresh), nil, 0, 1, 200, `{"outcome":"reject","reason":"sms_dropped"}`},
		{"unknown", unknown, nil, 0, 1, 200, `{"outcome":"reject","reason":"no_binding"}`},
		{"store away", down, nil, 0, 1, 200, fallback},
		{"intercepted later, perhaps for the first time", binds(call.Intercept, store.Late), nil, 1, 0, 200, `{"outcome":"connect","reason":"peer"}`},
		{"forwarded later", binds(call.Forward, store.Late), nil, 0, 0, 401, `{"code":"NonceReplayed","message":"nonce: used before"}`},
		{"replayed", binds(call.Intercept, store.Replayed), nil, 0, 0, 401, `{"code":"NonceReplayed","message":"nonce: used before"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kept, left := 0, 0
			d := deps(t, &fakeStore{route: tt.route, deposit: func(_ context.Context, d store.Delivery) (store.Deposited, error) {
				if kept++; d.Message != nil || d.Kind != "sms" || d.Read(0).Record == nil {
					t.Errorf("deposited %+v", d)
				}
				return store.Deposited{Fresh: 1}, tt.fails
			}})
			d.Adapters = []platform.Adapter{receives(texted())}
			d.Leave = func(call.Trace) bool { left++; return true }
			w := send(t, public(d), "POST", "/acme/push", "x")
			wants(t, w, tt.status, tt.want)
			if kept != tt.kept || left != tt.left {
				t.Errorf("kept %d, left %d; want %d, %d", kept, left, tt.kept, tt.left)
			}
			if again := w.Header().Get("Retry-After"); (again == "1") != (tt.status == 503) {
				t.Errorf("Retry-After %q", again)
			}
		})
	}
}

// A text whose storing outlasts the decision budget is still stored before it is
// answered: its budget is that of a push, and the fallback has no say any more.
func TestInterceptOutlastsTheDecisionBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deps(t, &fakeStore{route: binds(call.Intercept, store.Fresh),
			deposit: func(ctx context.Context, _ store.Delivery) (store.Deposited, error) {
				if deadline, _ := ctx.Deadline(); time.Until(deadline) != 2*time.Second {
					t.Errorf("%v left", time.Until(deadline))
				}
				time.Sleep(1500 * time.Millisecond) // the guard of the question would go off meanwhile
				return store.Deposited{Fresh: 1}, nil
			}})
		d.DecisionBudget, d.PushBudget = time.Second, 2*time.Second
		d.Adapters = []platform.Adapter{receives(texted())}
		wants(t, send(t, public(d), "POST", "/acme/push", "x"), 200, `{"outcome":"connect","reason":"peer"}`)
	})
}

// A stuck store never has a text discarded that it did not keep.
func TestInterceptWithAStuckInbox(t *testing.T) {
	answered, returned := make(chan struct{}), make(chan struct{})
	d := deps(t, &fakeStore{route: binds(call.Intercept, store.Fresh),
		deposit: func(context.Context, store.Delivery) (store.Deposited, error) {
			<-answered
			return store.Deposited{Fresh: 1}, nil
		}})
	d.PushBudget = time.Millisecond
	d.Adapters = []platform.Adapter{receives(texted())}
	d.Leave = func(call.Trace) bool { t.Error("left a trace"); return true }
	response := posted(t, d, "/acme/push", returned)
	if body := read(t, response); response.StatusCode != 503 || body != notStored {
		t.Errorf("answered %d %s", response.StatusCode, body)
	}
	close(answered)
	<-returned
}

func TestInterceptWithAPanickingInbox(t *testing.T) {
	d := deps(t, &fakeStore{route: binds(call.Intercept, store.Fresh),
		deposit: func(context.Context, store.Delivery) (store.Deposited, error) { panic("boom") }})
	d.Adapters = []platform.Adapter{receives(texted())}
	wants(t, send(t, public(d), "POST", "/acme/push", "x"), 503, notStored)
}
