package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

func listContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	now := w.clock.Now()
	var writes []store.Write
	for i := range 250 {
		x, owner := x1, alice
		if i%5 == 0 {
			x = x2
		}
		if i%3 == 0 {
			owner = bob
		}
		writes = append(writes, store.Write{Binding: binding(t, call.ID(1000+7*i), x, owner, nil, extension(fmt.Sprint(i)))})
	}
	for i, out := range w.Put(t.Context(), now, writes...) {
		if out.Err != nil {
			t.Fatalf("binding %d: %v", i, out.Err)
		}
	}
	for name, f := range map[string]struct {
		filter store.Filter
		want   func(call.Binding) bool
	}{
		"all":      {store.Filter{}, func(call.Binding) bool { return true }},
		"by x":     {store.Filter{X: xnumber(t, x1)}, func(b call.Binding) bool { return b.X == xnumber(t, x1) }},
		"by owner": {store.Filter{Owner: party(t, bob)}, func(b call.Binding) bool { return b.A == party(t, bob) }},
		"nothing":  {store.Filter{Owner: party(t, dave)}, func(call.Binding) bool { return false }},
	} {
		for _, limit := range []int{1, 7, 50, 1000} {
			t.Run(fmt.Sprintf("%s by %d", name, limit), func(t *testing.T) {
				f.filter.Limit = limit
				var want []call.ID
				for _, wr := range writes {
					if f.want(wr.Binding) {
						want = append(want, wr.Binding.ID)
					}
				}
				got := listIDs(t, w, f.filter)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("listed %d bindings, want %d", len(got), len(want))
				}
			})
		}
	}
	t.Run("bad cursors", func(t *testing.T) {
		for _, f := range []store.Filter{
			{Cursor: "nonsense"}, {Cursor: "ffff.1"}, {Cursor: "0.0"},
			{Cursor: "x", X: xnumber(t, x1)}, {Cursor: "0.1", Owner: party(t, bob)},
		} {
			f.Limit = 10
			if _, err := w.List(t.Context(), f); !errors.Is(err, store.ErrCursor) {
				t.Errorf("cursor %q: %v", f.Cursor, err)
			}
		}
	})
}

// listIDs reads all pages.
func listIDs(t testing.TB, w *world, f store.Filter) []call.ID {
	t.Helper()
	var ids []call.ID
	for {
		page, err := w.List(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Entries) > f.Limit {
			t.Fatalf("page of %d with limit %d", len(page.Entries), f.Limit)
		}
		for _, e := range page.Entries {
			ids = append(ids, e.Binding.ID)
		}
		if page.Next == "" {
			return ids
		}
		f.Cursor = page.Next
	}
}

func sweepContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	soon := expires(w.clock.Now().Add(time.Minute))
	for i := range 20 {
		w.put(binding(t, call.ID(i+1), x1, alice, nil, extension(fmt.Sprint(i)), soon))
	}
	w.put(binding(t, 100, x1, bob, []string{carol}))
	w.put(binding(t, 101, x1, dave, nil, extension("77"), soon))
	w.clock.Advance(time.Minute)
	renewed := w.clock.Now().Add(time.Hour)
	w.put(binding(t, 101, x1, dave, nil, extension("77"), expires(renewed)))
	if n := w.sweepAll(); n != 20 {
		t.Errorf("swept %d bindings, want 20", n)
	}
	if got := listIDs(t, w, store.Filter{Limit: 100}); len(got) != 2 {
		t.Errorf("left %v", got)
	}
	if got := listIDs(t, w, store.Filter{Limit: 100, Owner: party(t, alice)}); len(got) != 0 {
		t.Errorf("owner index holds %v", got)
	}
	w.expect(w.query(carol, x1, ""), call.Connect, call.ByPeer, bob)
	w.expect(w.query(carol, x1, "77"), call.Connect, call.ByExtension, dave)
	w.clock.Advance(2 * time.Hour)
	if n := w.sweepAll(); n != 1 {
		t.Errorf("swept %d bindings after the renewal ran out, want 1", n)
	}
}

// sweepAll sweeps until a whole round has nothing to do, which a store reaches
// within a few hundred small batches.
func (w *world) sweepAll() int {
	w.Helper()
	gone := 0
	for range 256 {
		n, err := w.Sweep(w.Context(), w.clock.Now())
		if err != nil {
			w.Fatal(err)
		}
		gone += n
	}
	return gone
}
