package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/store"
)

const writers = 50

// together runs n functions at the same time and waits for all.
func together(n int, run func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() { <-start; run(i) })
	}
	close(start)
	wg.Wait()
}

func concurrencyContract(t *testing.T, open Open) {
	t.Run("one route, many owners", func(t *testing.T) {
		w := newWorld(t, open)
		errs := make([]error, writers)
		together(writers, func(i int) {
			owner := fmt.Sprintf("138000010%02d", i)
			errs[i] = w.Put(t.Context(), w.clock.Now(), store.Write{Binding: binding(t, call.ID(i+1), x1, owner, []string{bob})})[0].Err
		})
		if won := succeeded(t, errs, func(err error) bool { var c *store.Conflict; return errors.As(err, &c) }); won != 1 {
			t.Errorf("%d owners of one route", won)
		}
		if ids := listIDs(t, w, store.Filter{Limit: 100}); len(ids) != 1 {
			t.Errorf("bindings %v", ids)
		}
	})
	t.Run("one id, many X numbers", func(t *testing.T) {
		w := newWorld(t, open)
		errs := make([]error, writers)
		together(writers, func(i int) {
			x := fmt.Sprintf("170000010%02d", i)
			errs[i] = w.Put(t.Context(), w.clock.Now(), store.Write{Binding: binding(t, 7, x, alice, nil)})[0].Err
		})
		if won := succeeded(t, errs, func(err error) bool { return errors.Is(err, store.ErrXImmutable) }); won != 1 {
			t.Errorf("%d X numbers of one id", won)
		}
		if ids := listIDs(t, w, store.Filter{Limit: 100}); len(ids) != 1 {
			t.Errorf("bindings %v", ids)
		}
		if ids := listIDs(t, w, store.Filter{Limit: 100, Owner: party(t, alice)}); len(ids) != 1 {
			t.Errorf("owner index %v", ids)
		}
	})
	t.Run("the same create many times", func(t *testing.T) {
		w := newWorld(t, open)
		ids := make([]call.ID, writers)
		together(writers, func(i int) {
			out := w.Put(t.Context(), w.clock.Now(), store.Write{Binding: binding(t, 0, x1, alice, []string{bob})})[0]
			if out.Err != nil {
				t.Errorf("writer %d: %v", i, out.Err)
			}
			ids[i] = out.Binding.ID
		})
		for _, id := range ids {
			if id != ids[0] {
				t.Fatalf("ids %v", ids)
			}
		}
	})
	t.Run("writers, deleters and readers", func(t *testing.T) { churn(t, open) })
}

func succeeded(t *testing.T, errs []error, expected func(error) bool) int {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !expected(err) {
			t.Errorf("unexpected error: %v", err)
		}
	}
	return won
}

// churn puts, deletes, changes and reads a few ids at the same time; in the end
// routes, indexes and bindings have to agree.
func churn(t *testing.T, open Open) {
	w := newWorld(t, open)
	owners := []string{alice, bob, carol, dave}
	together(8, func(i int) {
		for round := range 20 {
			id := call.ID((i+round)%3 + 1)
			owner := owners[(i*7+round)%4]
			switch (i + round) % 4 {
			case 0:
				_ = w.Delete(t.Context(), id, nil)
			case 1:
				_, _ = w.Apply(t.Context(), store.Change{At: w.clock.Now(), Unbind: []call.ID{id}, Bind: []call.Binding{
					binding(t, id, x1, owner, []string{owners[(i*7+round+1)%4]}),
				}})
			case 2:
				_, _ = w.List(t.Context(), store.Filter{Owner: party(t, owner), Limit: 10})
			default:
				w.Put(t.Context(), w.clock.Now(), store.Write{Binding: binding(t, id, x1, owner, nil, extension(fmt.Sprint(id)))})
			}
		}
	})
	w.consistent()
}

// consistent holds every list against every single binding.
func (w *world) consistent() {
	w.Helper()
	all := listIDs(w, w, store.Filter{Limit: 1000})
	byOwner := 0
	owners := map[call.Number]bool{}
	for _, id := range all {
		e, err := w.Get(w.Context(), id)
		if err != nil {
			w.Errorf("listed binding %s: %v", id, err)
			continue
		}
		owners[e.Binding.A] = true
		x := listIDs(w, w, store.Filter{Limit: 1000, X: e.Binding.X})
		if !contains(x, id) {
			w.Errorf("binding %s is not listed by its X number", id)
		}
	}
	for owner := range owners {
		byOwner += len(listIDs(w, w, store.Filter{Limit: 1000, Owner: owner}))
	}
	if diff := cmp.Diff(len(all), byOwner); diff != "" {
		w.Errorf("bindings, and bindings by owner: %s", diff)
	}
}

func contains(ids []call.ID, id call.ID) bool {
	for _, i := range ids {
		if i == id {
			return true
		}
	}
	return false
}
