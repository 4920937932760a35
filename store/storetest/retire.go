package storetest

import (
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

func retireContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	old := w.delivery(told{ID: "1", Call: "c", X: "+8617000000001", Caller: "+8613800000021"}, told{ID: "e", Call: "c", Event: "ringing"},
		told{ID: "1", Call: "c", Talk: 2}, told{ID: "b", Bad: true}, told{X: "95013", Status: "9"})
	w.deposit(old, store.Deposited{Fresh: 3, Conflicts: 1, Quarantined: 1})
	if err := w.Leave(t.Context(), []call.Trace{{Query: w.query(bob, x1, "")}}); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(time.Hour)
	limit := w.clock.Now()
	young := told{ID: "2", Call: "c", X: "+8617000000001", Start: -9000}
	w.deposit(w.delivery(young), store.Deposited{Fresh: 1})
	gone := 0
	for {
		n, err := w.Retire(t.Context(), limit)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		gone += n
	}
	if gone != 5 {
		t.Errorf("%d went", gone)
	}
	w.lists(store.RecordFilter{}, "2×1/0")
	w.lists(store.RecordFilter{X: call.NumberFromStore("+8617000000001")}, "2×1/0")
	if c, err := w.Call(t.Context(), "aliyun", "c"); err != nil || len(c.Events) != 0 || len(c.Records) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	if entries, _, err := w.ListQuarantine(t.Context(), 9, ""); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
	if numbers, err := w.Numbers(t.Context()); err != nil || len(numbers) != 1 {
		t.Errorf("%v, %v", numbers, err)
	}
	// What has been retired counts anew, here too where its text is remembered.
	w.deposit(old, store.Deposited{Fresh: 2, Conflicts: 1, Duplicates: 1, Quarantined: 1})
}
