package storetest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

func depositContract(t *testing.T, open Open) {
	t.Run("FirstCounts", func(t *testing.T) {
		w := newWorld(t, open)
		one, two := told{ID: "1", Start: 1}, told{ID: "2", Start: 2}
		w.deposit(w.delivery(one, two), store.Deposited{Fresh: 2})
		w.clock.Advance(time.Minute)
		w.deposit(w.delivery(two, one, one), store.Deposited{Duplicates: 3})
		w.lists(store.RecordFilter{}, "2×2/0", "1×3/0")
		if first := w.records(store.RecordFilter{})[0].First; !first.Equal(NewClock().Now()) {
			t.Errorf("first pushed at %v", first)
		}
	})
	t.Run("InsideABatch", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1"}, told{ID: "1"}, told{ID: "1", Note: "spelt otherwise"}), store.Deposited{Fresh: 1, Duplicates: 2})
		w.lists(store.RecordFilter{}, "1×3/0")
	})
	t.Run("Conflict", func(t *testing.T) {
		w := newWorld(t, open)
		first, second := told{ID: "1", Start: 1, Talk: 5}, told{ID: "1", Start: 1, Talk: 9}
		w.deposit(w.delivery(first), store.Deposited{Fresh: 1})
		w.deposit(w.delivery(second), store.Deposited{Conflicts: 1})
		w.deposit(w.delivery(second, first, second), store.Deposited{Duplicates: 3})
		w.lists(store.RecordFilter{}, "1!×2/5", "1!×3/9")
	})
	t.Run("ConflictAtOtherTimes", func(t *testing.T) {
		w := newWorld(t, open)
		x, other := "+8617000000001", "+8617000000002"
		w.deposit(w.delivery(told{ID: "1", Call: "c", X: x, Start: 10, Talk: 5}, told{ID: "2", Call: "c", X: x, Start: 20}), store.Deposited{Fresh: 2})
		w.deposit(w.delivery(told{ID: "1", Call: "c", X: x, Start: 30, Talk: 6}, told{ID: "1", Call: "c", X: other, Start: 5, Talk: 7}), store.Deposited{Conflicts: 2})
		// All stand where the first one does, in the order in which they came.
		for _, limit := range []int{1, 2, 3, 100} {
			w.lists(store.RecordFilter{Limit: limit}, "2×1/0", "1!×1/5", "1!×1/6", "1!×1/7")
		}
		w.lists(store.RecordFilter{X: call.NumberFromStore(x)}, "2×1/0", "1!×1/5", "1!×1/6")
		w.lists(store.RecordFilter{X: call.NumberFromStore(other)}, "1!×1/7")
		w.lists(store.RecordFilter{Since: NewClock().Now().Add(15 * time.Second)}, "1!×1/6", "2×1/0")
	})
	t.Run("OtherPlatform", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1"}), store.Deposited{Fresh: 1})
		w.deposit(w.deliveryOf("huawei", told{ID: "1"}), store.Deposited{Fresh: 1})
		w.lists(store.RecordFilter{Platform: "huawei"}, "1×1/0")
	})
	t.Run("Nothing", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(), store.Deposited{})
		w.lists(store.RecordFilter{})
	})
	t.Run("Raw", func(t *testing.T) {
		w := newWorld(t, open)
		d := w.delivery(told{ID: "1"})
		d.Items[0] = []byte("{\"id\":\"1\",\r\n \"text\":\"a \\\"pushes\\\":1,\\\"conflict\\\":false b\"}")
		w.deposit(d, store.Deposited{Fresh: 1})
		w.deposit(d, store.Deposited{Duplicates: 1})
		got := w.records(store.RecordFilter{})[0]
		if want := `{"id":"1","text":"a \"pushes\":1,\"conflict\":false b"}`; string(got.Raw) != want || got.Pushes != 2 {
			t.Errorf("%d pushes of %s", got.Pushes, got.Raw)
		}
	})
	t.Run("AtTheSameTime", func(t *testing.T) {
		w := newWorld(t, open)
		var items []told
		for i := range 30 {
			items = append(items, told{ID: fmt.Sprint(i), Start: i})
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		var sum store.Deposited
		for range 20 {
			all.Go(func() {
				got, err := w.Deposit(w.Context(), w.delivery(items...))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				sum.Fresh, sum.Duplicates, sum.Conflicts = sum.Fresh+got.Fresh, sum.Duplicates+got.Duplicates, sum.Conflicts+got.Conflicts
			})
		}
		all.Wait()
		if sum != (store.Deposited{Fresh: 30, Duplicates: 570}) {
			t.Errorf("deposited %+v", sum)
		}
		for _, s := range w.records(store.RecordFilter{}) {
			if s.Pushes != 20 {
				t.Errorf("%s pushed %d times", s.RecordID, s.Pushes)
			}
		}
	})
}

// randomContract pushes the same records again and again, in batches of random
// composition, and compares with a model.
func randomContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	r := rand.New(rand.NewPCG(7, 7))
	pushes := map[string]int{}
	for range 60 {
		var batch []told
		for range r.IntN(20) {
			id := fmt.Sprint(r.IntN(150))
			item := told{ID: id, Call: "c" + id, X: "+8617000000001", Start: len(id)}
			if r.IntN(3) == 0 {
				item.Note = fmt.Sprint(r.IntN(3))
			}
			batch = append(batch, item)
			pushes[id]++
		}
		if _, err := w.Deposit(t.Context(), w.delivery(batch...)); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]int{}
	for _, s := range w.records(store.RecordFilter{Limit: 11}) {
		got[s.RecordID] += s.Pushes
		if s.Conflict {
			t.Errorf("%s is a conflict", s.RecordID)
		}
	}
	if !maps.Equal(got, pushes) {
		t.Errorf("got %v, want %v", got, pushes)
	}
}
