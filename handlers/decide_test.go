package handlers_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/store"
)

func TestDecide(t *testing.T) {
	display := pair()
	display.Display = party("17000000009")
	asks := call.Routes{ExtensionsUntil: call.Never, Asks: 3}
	for _, tt := range []struct {
		name, body string
		routes     call.Routes
		want       string
	}{
		{"connect", `{"platform":"acme","kind":"voice","caller":"13800000021","x":"17000000001","extension":""}`, call.Routes{Own: &display},
			`{"decision":"connect","reason":"peer","row":5,"callee":"+8613900000011","display":"+8617000000009","binding_id":"100001"}`},
		{"reject", `{"platform":"acme","kind":"sms","caller":"13800000021","x":"17000000001"}`, call.Routes{},
			`{"decision":"reject","reason":"no_binding","row":11}`},
		{"the first ask of a call, whatever was asked before", `{"platform":"acme","kind":"voice","x":"17000000001"}`, asks,
			`{"decision":"ask","reason":"extension_required","row":10}`},
		{"a platform that cannot ask", `{"platform":"mute","kind":"voice","x":"17000000001"}`, asks,
			`{"decision":"reject","reason":"extension_required","row":10}`},
		{"a caller that is no number", `{"platform":"acme","kind":"voice","caller":"138ABCDEF21","x":"17000000001","extension":"x"}`, call.Routes{},
			`{"decision":"reject","reason":"no_binding","row":11}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &fakeStore{route: func(ctx context.Context, q call.Query, m *store.Message) (call.Routes, store.Seen, error) {
				if _, bounded := ctx.Deadline(); m != nil || !bounded || q.At != now {
					t.Errorf("message %v, bounded %v, at %v", m, bounded, q.At)
				}
				return tt.routes, store.Fresh, nil
			}}
			d := deps(t, s)
			d.Leave = func(call.Trace) bool { t.Error("left a trace"); return true }
			wants(t, send(t, admin(d), "POST", "/v1/decide", tt.body, key(readKey)), 200, tt.want)
		})
	}
}

func TestDecideFaults(t *testing.T) {
	e := admin(deps(t, &fakeStore{}))
	for body, want := range map[string]map[string]string{
		`{}`: {"platform": "required", "kind": "required", "x": "required"},
		`{"platform":"nobody","kind":"CAL","x":"x"}`:                         {"platform": "no such platform", "kind": "must be one of voice, sms", "x": call.ErrX.Error()},
		`{"platform":"acme","kind":"voice","x":"17000000001","caller":7}`:    {"caller": "must be a string"},
		`{"platform":"acme","kind":"voice","x":"17000000001","call_id":"7"}`: {"call_id": "unknown field"},
	} {
		w := send(t, e, "POST", "/v1/decide", body, key(readKey))
		if code, got := fields(t, w); w.Code != 400 || code != "invalid" || !cmp.Equal(got, want) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

// Who asks here wants to know that the store is away, not what a call would be
// answered then.
func TestDecideHasNoFallback(t *testing.T) {
	d := deps(t, &fakeStore{route: func(ctx context.Context, _ call.Query, _ *store.Message) (call.Routes, store.Seen, error) {
		<-ctx.Done()
		return call.Routes{}, 0, store.ErrUnavailable
	}})
	d.DecisionBudget = time.Millisecond
	wants(t, send(t, admin(d), "POST", "/v1/decide", `{"platform":"acme","kind":"voice","x":"17000000001"}`, key(readKey)), 503,
		`{"error":{"code":"unavailable","message":"the store does not answer"}}`)
}
