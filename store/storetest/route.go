package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xmode/call"
	"xmode/call/calltest"
	"xmode/store"
)

// routeContract: what Route finds makes the decision that a resolver makes who
// scans all bindings.
func routeContract(t *testing.T, open Open) {
	t.Run("agrees with the reference", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			scene := calltest.World(rt)
			w := newWorld(t, open)
			w.build(scene)
			for range 5 {
				q := calltest.Query(rt, scene)
				policy := call.Policy{MaxAsks: 3, RejectLandlines: rapid.Bool().Draw(rt, "landlines")}
				r, _, err := w.Route(t.Context(), q, nil)
				if err != nil {
					rt.Fatal(err)
				}
				got := call.Decide(q, r, policy)
				want := calltest.Reference(scene.Bindings(), q, scene.Last[q.X], 0, policy)
				if !calltest.Same(got, want) {
					rt.Fatalf("query %+v\ngot  %+v\nwant %+v", q, got, want)
				}
			}
		})
	})
	t.Run("brings the whole binding but a group's peers", func(t *testing.T) {
		w := newWorld(t, open)
		want := full(t, w.clock.Now())
		w.put(want)
		r, _, err := w.Route(t.Context(), w.query(bob, x1, ""), nil)
		if err != nil {
			t.Fatal(err)
		}
		want.Peers = nil
		if diff := cmp.Diff(&want, r.Own, asBinding); diff != "" {
			t.Errorf("binding (-want +got):\n%s", diff)
		}
	})
}

// build writes a scene: bindings when they were written, then the last callers.
func (w *world) build(s calltest.Scene) {
	w.Helper()
	for _, part := range []struct {
		at       time.Time
		bindings []call.Binding
	}{{s.Then, s.Old}, {s.Now, s.New}} {
		for _, b := range part.bindings {
			if out := w.Put(w.Context(), part.at, store.Write{Binding: b}); out[0].Err != nil {
				w.Fatalf("scene: %v", out[0].Err)
			}
		}
	}
	for x, owners := range s.Last {
		for owner, last := range owners {
			w.leave(call.Trace{
				Query:    call.Query{X: x, Caller: last.Caller},
				Decision: call.Decision{Outcome: call.Connect, Callee: owner, Binding: &call.Binding{ID: last.Binding, A: owner}},
			})
		}
	}
}

func (w *world) leave(traces ...call.Trace) {
	w.Helper()
	if err := w.Leave(w.Context(), traces); err != nil {
		w.Fatalf("Leave: %v", err)
	}
}

func tracesContract(t *testing.T, open Open) {
	t.Run("asks", func(t *testing.T) {
		w := newWorld(t, open)
		w.put(binding(t, 1, x1, alice, nil, extension("12")))
		q := w.query(bob, x1, "")
		for ask := range 3 {
			digest := [16]byte{byte(ask)}
			if got := w.asks(q, digest); got != ask {
				t.Errorf("message %d: %d asks before it", ask, got)
			}
			w.leave(call.Trace{Query: q, Decision: call.Decision{Outcome: call.Ask}, Digest: digest})
		}
		// The platform's retry of the second message meets what that one met.
		if got := w.asks(q, [16]byte{1}); got != 1 {
			t.Errorf("repeated message: %d asks before it, want 1", got)
		}
		other := q
		other.CallID = "call-2"
		if got := w.asks(other, [16]byte{9}); got != 0 {
			t.Errorf("another call: %d asks", got)
		}
		w.expect(q, call.Reject, call.ExtensionRequired, "")
	})
	t.Run("callback", func(t *testing.T) {
		w := newWorld(t, open)
		open := w.put(binding(t, 1, x1, alice, nil)).Binding
		reached := func(caller string, b call.Binding) call.Trace {
			q := w.query(caller, x1, "")
			return call.Trace{Query: q, Decision: call.Decision{Outcome: call.Connect, Callee: b.A, Binding: &b}}
		}
		w.expect(w.query(alice, x1, ""), call.Reject, call.NoCallbackTarget, "")
		w.leave(reached(bob, open), reached(carol, open))
		w.expect(w.query(alice, x1, ""), call.Connect, call.ByCallback, carol)
		w.put(binding(t, 1, x1, alice, []string{bob, dave}))
		w.expect(w.query(alice, x1, ""), call.Reject, call.NoCallbackTarget, "")
		w.leave(reached(dave, open))
		w.expect(w.query(alice, x1, ""), call.Connect, call.ByCallback, dave)
		if err := w.Delete(t.Context(), 1, nil); err != nil {
			t.Fatal(err)
		}
		ext := w.put(binding(t, 2, x1, alice, nil, extension("12"))).Binding
		w.expect(w.query(alice, x1, ""), call.Ask, call.ExtensionRequired, "")
		w.leave(reached(bob, ext))
		w.expect(w.query(alice, x1, ""), call.Connect, call.ByCallback, bob)
	})
	t.Run("nothing to leave", func(t *testing.T) { newWorld(t, open).leave() })
}

// asks returns how many asks Route counts before the message.
func (w *world) asks(q call.Query, digest [16]byte) int {
	w.Helper()
	m := &store.Message{
		Platform: q.Platform, Nonce: "asks-" + q.CallID + string(rune('a'+digest[0])), Digest: digest,
		At: q.At, Until: q.At.Add(time.Minute),
	}
	r, _, err := w.Route(w.Context(), q, m)
	if err != nil {
		w.Fatalf("Route: %v", err)
	}
	return r.Asks
}

func nonceContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	at := w.clock.Now()
	message := func(nonce string, content byte, after time.Duration) *store.Message {
		return &store.Message{
			Platform: "aliyun", Nonce: nonce, Digest: [16]byte{content},
			At: at.Add(after), Until: at.Add(5 * time.Minute),
		}
	}
	huawei := message("n-1", 1, time.Minute)
	huawei.Platform = "huawei"
	for _, step := range []struct {
		name string
		m    *store.Message
		want store.Seen
	}{
		{"first", message("n-1", 1, 0), store.Fresh},
		{"the platform's retry", message("n-1", 1, 10*time.Second), store.Repeated},
		{"too late for a retry", message("n-1", 1, 10*time.Second+time.Millisecond), store.Late},
		{"other content", message("n-1", 2, time.Second), store.Replayed},
		{"other nonce", message("n-2", 1, time.Second), store.Fresh},
		{"other platform", huawei, store.Fresh},
		{"a nonce of any bytes", message("{\x01} *\r\n", 1, 0), store.Fresh},
		{"a nonce of any bytes again", message("{\x01} *\r\n", 1, 0), store.Repeated},
		{"a window that has closed", &store.Message{Platform: "aliyun", Nonce: "n-3", At: at, Until: at.Add(-time.Hour)}, store.Fresh},
		{"and its retry", &store.Message{Platform: "aliyun", Nonce: "n-3", At: at, Until: at.Add(-time.Hour)}, store.Repeated},
	} {
		_, seen, err := w.Route(t.Context(), w.query(bob, x1, ""), step.m)
		if err != nil || seen != step.want {
			t.Errorf("%s: %v, %v, want %v", step.name, seen, err, step.want)
		}
	}
}
