package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

func recordsContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	xs, callers := []string{"+8617000000001", "95013"}, []string{"+8613800000021", "+8613900000022", ""}
	var all []told
	for i := range 240 {
		all = append(all, told{ID: fmt.Sprint(i), Call: fmt.Sprint("c", i), X: xs[i%2], Caller: callers[i%3], Start: (i / 4) * 37})
	}
	for batch := range slices.Chunk(all, 7) {
		w.deposit(w.delivery(batch...), store.Deposited{Fresh: len(batch)})
	}
	w.deposit(w.deliveryOf("huawei", told{ID: "h", X: xs[0], Start: 100}), store.Deposited{Fresh: 1})
	epoch := w.clock.Now()
	for name, c := range map[string]struct {
		filter store.RecordFilter
		admits func(told) bool
	}{
		"all":          {store.RecordFilter{}, func(told) bool { return true }},
		"X number":     {store.RecordFilter{X: call.NumberFromStore(xs[1])}, func(r told) bool { return r.X == xs[1] }},
		"caller":       {store.RecordFilter{Caller: call.NumberFromStore(callers[1])}, func(r told) bool { return r.Caller == callers[1] }},
		"both":         {store.RecordFilter{X: call.NumberFromStore(xs[0]), Caller: call.NumberFromStore(callers[0])}, func(r told) bool { return r.X == xs[0] && r.Caller == callers[0] }},
		"since, until": {store.RecordFilter{Since: epoch.Add(370 * time.Second), Until: epoch.Add(740 * time.Second)}, func(r told) bool { return 370 <= r.Start && r.Start < 740 }},
		"X, since":     {store.RecordFilter{X: call.NumberFromStore(xs[0]), Since: epoch.Add(700 * time.Second)}, func(r told) bool { return r.X == xs[0] && 700 <= r.Start }},
		"nobody":       {store.RecordFilter{Caller: call.NumberFromStore("+8613700000000")}, func(told) bool { return false }},
	} {
		for _, limit := range []int{1, 7, 100} {
			t.Run(fmt.Sprintf("%s by %d", name, limit), func(t *testing.T) {
				c.filter.Limit, c.filter.Platform = limit, "aliyun"
				var want []told
				for _, r := range all {
					if c.admits(r) {
						want = append(want, r)
					}
				}
				// At the same instant the records of different calls may stand in any order.
				byTime := func(a, b told) int { return cmp.Or(b.Start-a.Start, cmp.Compare(a.ID, b.ID)) }
				slices.SortFunc(want, byTime)
				w := &world{TB: t, Store: w.Store, clock: w.clock}
				var got []told
				for _, s := range w.records(c.filter) {
					got = append(got, all[slices.IndexFunc(all, func(r told) bool { return r.ID == s.RecordID })])
				}
				if !slices.IsSortedFunc(got, func(a, b told) int { return b.Start - a.Start }) {
					t.Errorf("not the newest first: %v", got)
				}
				slices.SortFunc(got, byTime)
				if !slices.Equal(got, want) {
					t.Errorf("%d records, want %d:\n%v\n%v", len(got), len(want), got, want)
				}
			})
		}
	}
	t.Run("platforms together", func(t *testing.T) {
		if got := w.records(store.RecordFilter{Limit: 9}); len(got) != 241 {
			t.Errorf("%d records", len(got))
		}
	})
	t.Run("bad cursor", func(t *testing.T) {
		for _, cursor := range []string{"x", "00", strings.Repeat("zz", 30), strings.Repeat("67", 20)} {
			if _, err := w.Records(t.Context(), store.RecordFilter{Limit: 1, Cursor: cursor}); !errors.Is(err, store.ErrCursor) {
				t.Errorf("%s: %v", cursor, err)
			}
		}
	})
}
