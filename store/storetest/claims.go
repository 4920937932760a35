package storetest

import (
	"errors"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

// claimsContract: two live bindings never claim one route.
func claimsContract(t *testing.T, open Open) {
	later := expires(NewClock().Now().Add(time.Hour))
	for name, c := range map[string]struct {
		there, comes func(t testing.TB) call.Binding
		route        string // "" goes
	}{
		"same owner": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, []string{bob}) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, alice, []string{carol}) }, "owner or peer"},
		"owner is another's peer": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, []string{bob}) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, bob, []string{carol}) }, "owner or peer"},
		"same peer": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, []string{bob, dave}) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, carol, []string{dave}) }, "owner or peer"},
		"owner has the open one": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, nil) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, bob, []string{alice}) }, "owner or peer"},
		"two open ones": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, nil) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, bob, nil) }, "open binding"},
		"same extension": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, nil, extension("1")) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, bob, []string{carol}, extension("1")) }, "extension"},
		"extension beside the open one": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, nil) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, bob, nil, extension("1")) }, "open binding"},
		"open one beside an extension": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, nil, extension("1"), on("huawei")) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, bob, nil) }, "bindings with extensions"},
		"platforms share routes": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, []string{bob}, on("aliyun")) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, alice, []string{carol}, on("huawei")) }, "owner or peer"},
		"not yet expired": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, nil, later) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, bob, nil) }, "open binding"},
		"other X": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, nil) },
			func(t testing.TB) call.Binding { return binding(t, 2, x2, alice, nil) }, ""},
		"same owner, other extension": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, nil, extension("1")) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, alice, nil, extension("2")) }, ""},
		"pair beside extension": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, nil, extension("1")) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, alice, []string{bob}) }, ""},
		"open beside pair": {
			func(t testing.TB) call.Binding { return binding(t, 1, x1, alice, []string{bob}) },
			func(t testing.TB) call.Binding { return binding(t, 2, x1, carol, nil) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, open)
			there := w.put(c.there(t))
			err := w.try(c.comes(t)).Err
			if c.route == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			var conflict *store.Conflict
			if !errors.As(err, &conflict) {
				t.Fatalf("error %v, want a conflict", err)
			}
			if conflict.With.ID != 1 || conflict.Route != c.route {
				t.Errorf("conflict with %s on %q, want 1 on %q", conflict.With.ID, conflict.Route, c.route)
			}
			refusedLeavesNothing(t, w, there)
		})
	}
	t.Run("an extension that becomes the open binding", func(t *testing.T) {
		for _, id := range []call.ID{1, 2} {
			w := newWorld(t, open)
			w.put(binding(t, 1, x1, alice, nil, extension("1")))
			w.put(binding(t, 2, x1, bob, nil, extension("2")))
			var c *store.Conflict
			if err := w.try(binding(t, id, x1, carol, nil)).Err; !errors.As(err, &c) || c.With.ID != 3-id || c.Route != "bindings with extensions" {
				t.Errorf("binding %s: %v", id, err)
			}
			if err := w.Delete(t.Context(), 3-id, nil); err != nil {
				t.Fatal(err)
			}
			w.put(binding(t, id, x1, carol, nil))
		}
	})
	t.Run("an expired binding blocks nobody", func(t *testing.T) { expiredContract(t, open) })
}

func refusedLeavesNothing(t *testing.T, w *world, there store.Written) {
	t.Helper()
	if _, err := w.Get(t.Context(), 2); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("refused binding: %v", err)
	}
	page, err := w.List(t.Context(), store.Filter{Limit: 10})
	if err != nil || len(page.Entries) != 1 || page.Entries[0].ETag != there.ETag {
		t.Errorf("after the refusal: %+v, %v", page.Entries, err)
	}
}

func expiredContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	soon := expires(w.clock.Now().Add(time.Minute))
	w.put(binding(t, 1, x1, alice, []string{bob}, soon))
	w.put(binding(t, 2, x1, carol, nil, soon, extension("9")))
	w.clock.Advance(time.Minute)
	w.expect(w.query(bob, x1, ""), call.Reject, call.NoBinding, "")
	w.put(binding(t, 3, x1, alice, nil))
	w.expect(w.query(bob, x1, ""), call.Connect, call.ByOpen, alice)

	var c *store.Conflict
	if err := w.try(binding(t, 1, x1, alice, []string{bob})).Err; !errors.As(err, &c) || c.With.ID != 3 {
		t.Errorf("renewal after another took the route: %v", err)
	}
	if err := w.Delete(t.Context(), 1, nil); err != nil {
		t.Errorf("deleting the expired one: %v", err)
	}
	w.expect(w.query(bob, x1, ""), call.Connect, call.ByOpen, alice)
	w.expect(w.query(alice, x1, ""), call.Reject, call.NoCallbackTarget, "")
}

func deleteContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	if err := w.Delete(t.Context(), 7, nil); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("absent: %v", err)
	}
	w.put(binding(t, 7, x1, alice, []string{bob}))
	if err := w.Delete(t.Context(), 7, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Delete(t.Context(), 7, nil); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	if _, err := w.Get(t.Context(), 7); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("read: %v", err)
	}
	w.expect(w.query(bob, x1, ""), call.Reject, call.NoBinding, "")
	w.put(binding(t, 7, x2, alice, nil))
}
