package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xmode/call"
	"xmode/store"
)

var asBinding = cmp.Options{cmp.Comparer(func(a, b call.Number) bool { return a == b }), cmpopts.EquateEmpty()}

func putContract(t *testing.T, open Open) {
	t.Run("whole binding survives", func(t *testing.T) {
		w := newWorld(t, open)
		want := full(t, w.clock.Now())
		out := w.put(want)
		if !out.Created || out.Unchanged {
			t.Errorf("first write: created %v, unchanged %v", out.Created, out.Unchanged)
		}
		got, err := w.Get(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Binding, asBinding); diff != "" {
			t.Errorf("binding changed (-want +got):\n%s", diff)
		}
		if got.ETag == "" || got.ETag != out.ETag {
			t.Errorf("ETag %q on write, %q on read", out.ETag, got.ETag)
		}
	})
	t.Run("repeated write changes nothing", func(t *testing.T) {
		w := newWorld(t, open)
		first := w.put(binding(t, 7, x1, alice, []string{bob, carol}))
		again := w.put(binding(t, 7, x1, alice, []string{carol, bob}))
		if !again.Unchanged || again.Created || again.ETag != first.ETag {
			t.Errorf("repeated: %+v", again)
		}
	})
	t.Run("replace", replaceContract(open))
	t.Run("x is immutable", func(t *testing.T) {
		w := newWorld(t, open)
		w.put(binding(t, 7, x1, alice, []string{bob}))
		if err := w.try(binding(t, 7, x2, alice, []string{bob})).Err; !errors.Is(err, store.ErrXImmutable) {
			t.Errorf("error %v", err)
		}
		w.expect(w.query(bob, x1, ""), call.Connect, call.ByPeer, alice)
		w.expect(w.query(bob, x2, ""), call.Reject, call.NoBinding, "")
	})
	t.Run("an expired binding frees its id for another X", func(t *testing.T) {
		w := newWorld(t, open)
		w.put(binding(t, 7, x1, alice, []string{bob}, expires(w.clock.Now().Add(time.Hour))))
		w.clock.Advance(2 * time.Hour)
		w.put(binding(t, 7, x2, alice, []string{bob}))
		w.expect(w.query(bob, x2, ""), call.Connect, call.ByPeer, alice)
	})
	t.Run("create refuses a taken id", func(t *testing.T) {
		w := newWorld(t, open)
		w.put(binding(t, 7, x1, alice, []string{bob}))
		create := func(wr *store.Write) { wr.Create = true }
		for _, x := range []string{x1, x2} {
			if err := w.try(binding(t, 7, x, carol, []string{dave}), create).Err; !errors.Is(err, store.ErrExists) {
				t.Errorf("on %s: error %v", x, err)
			}
		}
	})
	t.Run("without an id", assignContract(open))
	t.Run("a group of a thousand", func(t *testing.T) {
		w := newWorld(t, open)
		member := func(i int) string { return fmt.Sprintf("138%08d", i) }
		for _, mods := range [][]func(*call.Binding){nil, {extension("12")}, nil} {
			var peers []string
			for i := range call.MaxPeers {
				peers = append(peers, member(i+len(mods)*500))
			}
			w.put(binding(t, 7, x1, bob, peers, mods...))
			e, err := w.Get(t.Context(), 7)
			if err != nil || len(e.Binding.Peers) != call.MaxPeers {
				t.Fatalf("%d peers, %v", len(e.Binding.Peers), err)
			}
			if len(mods) == 0 {
				w.expect(w.query(member(0), x1, ""), call.Connect, call.ByPeer, bob)
				w.expect(w.query(member(1000), x1, ""), call.Reject, call.NoBinding, "")
				continue
			}
			w.expect(w.query(member(1000), x1, "12"), call.Connect, call.ByExtension, bob)
			w.expect(w.query(member(0), x1, "12"), call.Reject, call.CallerNotAllowed, "")
			w.expect(w.query(member(0), x1, ""), call.Ask, call.ExtensionRequired, "")
		}
		if err := w.Delete(t.Context(), 7, nil); err != nil {
			t.Fatal(err)
		}
		w.expect(w.query(member(1), x1, ""), call.Reject, call.NoBinding, "")
	})
	t.Run("If-Match", matchContract(open))
	t.Run("each by itself, in order", func(t *testing.T) {
		w := newWorld(t, open)
		out := w.Put(t.Context(), w.clock.Now(),
			store.Write{Binding: binding(t, 1, x1, alice, []string{bob})},
			store.Write{Binding: binding(t, 2, x1, bob, []string{carol})},
			store.Write{Binding: binding(t, 1, x1, alice, []string{dave})},
			store.Write{Binding: binding(t, 3, x1, bob, []string{carol})},
		)
		var c *store.Conflict
		if out[0].Err != nil || !errors.As(out[1].Err, &c) || c.With.ID != 1 || out[2].Err != nil || out[3].Err != nil {
			t.Errorf("outcomes %v, %v, %v, %v", out[0].Err, out[1].Err, out[2].Err, out[3].Err)
		}
	})
}

func full(t testing.TB, now time.Time) call.Binding {
	return binding(t, call.MaxID, x1, alice, []string{carol, bob}, func(b *call.Binding) {
		b.Platform, b.Direction, b.SMS = "aliyun", call.ToA, call.Intercept
		b.ExpiresAt = now.Add(90*time.Minute + 123*time.Millisecond)
		b.Display, b.Record, b.MaxDuration = xnumber(t, "95013123"), true, 3600
		b.UserData = "order 1, |;\"'"
		b.Prompts = call.Prompts{Caller: "1", Callee: "欢迎.wav", Ringback: "3", RecordHint: "4", LastMinute: "5", Hangup: "6"}
		// Peers come back sorted.
		b.Peers[0], b.Peers[1] = min2(b.Peers[0], b.Peers[1])
	})
}

func min2(a, b call.Number) (call.Number, call.Number) {
	if a.Full() < b.Full() {
		return a, b
	}
	return b, a
}

func replaceContract(open Open) func(*testing.T) {
	return func(t *testing.T) {
		w := newWorld(t, open)
		w.put(binding(t, 7, x1, alice, []string{bob}))
		out := w.put(binding(t, 7, x1, carol, []string{bob, dave}))
		if out.Created || out.Unchanged {
			t.Errorf("replaced: created %v, unchanged %v", out.Created, out.Unchanged)
		}
		w.expect(w.query(bob, x1, ""), call.Connect, call.ByPeer, carol)
		w.expect(w.query(dave, x1, ""), call.Connect, call.ByPeer, carol)
		w.expect(w.query(alice, x1, ""), call.Reject, call.NoBinding, "")
		w.put(binding(t, 7, x1, carol, nil, extension("12")))
		w.expect(w.query(dave, x1, "12"), call.Connect, call.ByExtension, carol)
		w.expect(w.query(dave, x1, ""), call.Ask, call.ExtensionRequired, "")
		w.put(binding(t, 7, x1, carol, nil))
		w.expect(w.query(alice, x1, ""), call.Connect, call.ByOpen, carol)
	}
}

func assignContract(open Open) func(*testing.T) {
	return func(t *testing.T) {
		w := newWorld(t, open)
		first := w.put(binding(t, 0, x1, alice, []string{bob, carol}))
		if first.Binding.ID == 0 || !first.Created {
			t.Fatalf("assigned %v, created %v", first.Binding.ID, first.Created)
		}
		again := w.put(binding(t, 0, x1, alice, []string{carol, bob}))
		if again.Binding.ID != first.Binding.ID || again.Created || !again.Unchanged {
			t.Errorf("repeated create: %+v", again)
		}
		var c *store.Conflict
		if err := w.try(binding(t, 0, x1, alice, []string{bob})).Err; !errors.As(err, &c) || c.With.ID != first.Binding.ID {
			t.Errorf("other peers: %v", err)
		}
		if err := w.try(binding(t, 0, x1, alice, []string{bob, carol}, on("huawei"))).Err; !errors.As(err, &c) {
			t.Errorf("other platform: %v", err)
		}
		page, err := w.List(t.Context(), store.Filter{Limit: 10})
		if err != nil || len(page.Entries) != 1 {
			t.Errorf("%d bindings, %v", len(page.Entries), err)
		}
	}
}

func matchContract(open Open) func(*testing.T) {
	return func(t *testing.T) {
		w := newWorld(t, open)
		match := func(tags ...string) func(*store.Write) { return func(wr *store.Write) { wr.Match = tags } }
		b := binding(t, 7, x1, alice, []string{bob})
		if err := w.try(b, match("*")).Err; !errors.Is(err, store.ErrPrecondition) {
			t.Errorf("* of an absent one: %v", err)
		}
		tag := w.put(b).ETag
		c := binding(t, 7, x1, alice, []string{carol})
		if err := w.try(c, match("0123456789abcdef")).Err; !errors.Is(err, store.ErrPrecondition) {
			t.Errorf("wrong tag: %v", err)
		}
		if err := w.try(c, match("0123456789abcdef", tag)).Err; err != nil {
			t.Errorf("right tag: %v", err)
		}
		if err := w.try(b, match("*")).Err; err != nil {
			t.Errorf("*: %v", err)
		}
		if err := w.Delete(t.Context(), 7, []string{"0123456789abcdef"}); !errors.Is(err, store.ErrPrecondition) {
			t.Errorf("delete with a wrong tag: %v", err)
		}
		if err := w.Delete(t.Context(), 7, []string{tag}); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
}
