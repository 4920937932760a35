package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"xmode/call"
	"xmode/store"
)

func applyContract(t *testing.T, open Open) {
	t.Run("unbinding comes before binding", func(t *testing.T) {
		w := newWorld(t, open)
		w.put(binding(t, 1, x1, alice, []string{bob}))
		got := w.change(store.Change{
			Unbind: []call.ID{1},
			Bind:   []call.Binding{binding(t, 2, x1, carol, []string{bob}), binding(t, 3, x2, alice, nil)},
		})
		if !slices.Equal(got.Bound, []call.ID{2, 3}) || !slices.Equal(got.Unbound, []call.ID{1}) {
			t.Errorf("applied %+v", got)
		}
		w.expect(w.query(bob, x1, ""), call.Connect, call.ByPeer, carol)
		w.expect(w.query(bob, x2, ""), call.Connect, call.ByOpen, alice)
		if ids := listIDs(t, w, store.Filter{Limit: 10}); len(ids) != 2 {
			t.Errorf("bindings %v", ids)
		}
	})
	t.Run("unbind and bind the same id", func(t *testing.T) {
		w := newWorld(t, open)
		w.put(binding(t, 1, x1, alice, []string{bob}))
		w.change(store.Change{Unbind: []call.ID{1}, Bind: []call.Binding{binding(t, 1, x1, carol, nil)}})
		w.expect(w.query(bob, x1, ""), call.Connect, call.ByOpen, carol)
		if ids := listIDs(t, w, store.Filter{Limit: 10, Owner: party(t, carol)}); !slices.Equal(ids, []call.ID{1}) {
			t.Errorf("owner index %v", ids)
		}
		if ids := listIDs(t, w, store.Filter{Limit: 10, Owner: party(t, alice)}); len(ids) != 0 {
			t.Errorf("index of the former owner %v", ids)
		}
	})
	t.Run("repeated without ids", func(t *testing.T) {
		w := newWorld(t, open)
		c := store.Change{Bind: []call.Binding{binding(t, 0, x1, alice, []string{bob}), binding(t, 0, x1, carol, []string{dave})}}
		first, again := w.change(c), w.change(c)
		if !slices.Equal(first.Bound, again.Bound) || slices.Contains(first.Bound, 0) {
			t.Errorf("bound %v, then %v", first.Bound, again.Bound)
		}
		if ids := listIDs(t, w, store.Filter{Limit: 10}); len(ids) != 2 {
			t.Errorf("bindings %v", ids)
		}
	})
	t.Run("refused whole", func(t *testing.T) { refusedChanges(t, open) })
	t.Run("too many parties on one X number", func(t *testing.T) {
		w := newWorld(t, open)
		c := store.Change{At: w.clock.Now()}
		for g := range 25 {
			var peers []string
			for i := range call.MaxPeers {
				peers = append(peers, fmt.Sprintf("138%08d", g*call.MaxPeers+i))
			}
			c.Bind = append(c.Bind, binding(t, call.ID(g+1), x1, fmt.Sprintf("139%08d", g), peers))
		}
		if _, err := w.Apply(t.Context(), c); !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("error %v", err)
		}
		if ids := listIDs(t, w, store.Filter{Limit: 10}); len(ids) != 0 {
			t.Errorf("bindings %v", ids)
		}
		c.Bind = c.Bind[:15]
		w.change(c)
	})
	t.Run("dry", func(t *testing.T) {
		w := newWorld(t, open)
		w.put(binding(t, 1, x1, alice, []string{bob}))
		got := w.change(store.Change{Dry: true, Unbind: []call.ID{1}, Bind: []call.Binding{
			binding(t, 0, x1, carol, []string{bob}), binding(t, 9, x2, carol, nil),
		}})
		if !slices.Equal(got.Bound, []call.ID{0, 9}) || !slices.Equal(got.Unbound, []call.ID{1}) {
			t.Errorf("would apply %+v", got)
		}
		if ids := listIDs(t, w, store.Filter{Limit: 10}); !slices.Equal(ids, []call.ID{1}) {
			t.Errorf("bindings %v", ids)
		}
		w.expect(w.query(bob, x1, ""), call.Connect, call.ByPeer, alice)
	})
}

// change applies a Change, which has to succeed.
func (w *world) change(c store.Change) store.Applied {
	w.Helper()
	c.At = w.clock.Now()
	got, err := w.Apply(w.Context(), c)
	if err != nil {
		w.Fatalf("Apply: %v", err)
	}
	return got
}

func refusedChanges(t *testing.T, open Open) {
	for name, c := range map[string]struct {
		change func(t testing.TB) store.Change
		want   func(error) bool
	}{
		"unknown ids": {
			func(t testing.TB) store.Change {
				return store.Change{Unbind: []call.ID{1, 8, 9}, Bind: []call.Binding{binding(t, 2, x2, dave, nil)}}
			},
			func(err error) bool {
				var m *store.Missing
				return errors.As(err, &m) && slices.Equal(m.IDs, []call.ID{8, 9}) && errors.Is(err, store.ErrNotFound)
			}},
		"conflict on the last X": {
			func(t testing.TB) store.Change {
				return store.Change{Unbind: []call.ID{1}, Bind: []call.Binding{
					binding(t, 2, x2, dave, nil), binding(t, 3, x1, carol, nil), binding(t, 4, x1, dave, nil),
				}}
			},
			func(err error) bool {
				var conflict *store.Conflict
				return errors.As(err, &conflict) && conflict.With.ID == 3
			}},
		"x is immutable": {
			func(t testing.TB) store.Change {
				return store.Change{Bind: []call.Binding{binding(t, 2, x1, dave, []string{carol}), binding(t, 1, x2, alice, nil)}}
			},
			func(err error) bool { return errors.Is(err, store.ErrXImmutable) }},
		"unbound here, bound there": {
			func(t testing.TB) store.Change {
				return store.Change{Unbind: []call.ID{1}, Bind: []call.Binding{binding(t, 1, x2, alice, nil)}}
			},
			func(err error) bool { return errors.Is(err, store.ErrXImmutable) }},
	} {
		for _, dry := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t, open)
				w.put(binding(t, 1, x1, alice, []string{bob}))
				change := c.change(t)
				change.At, change.Dry = w.clock.Now(), dry
				if _, err := w.Apply(t.Context(), change); !c.want(err) {
					t.Errorf("dry %v: error %v", dry, err)
				}
				if ids := listIDs(t, w, store.Filter{Limit: 10}); !slices.Equal(ids, []call.ID{1}) {
					t.Errorf("dry %v: bindings %v", dry, ids)
				}
				w.expect(w.query(bob, x1, ""), call.Connect, call.ByPeer, alice)
				w.put(binding(t, 1, x1, alice, []string{bob, dave})) // no lease is left
			})
		}
	}
}
