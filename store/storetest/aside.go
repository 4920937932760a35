package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

func numbersContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	w.deposit(w.delivery(told{X: "95013", Status: "9", Start: 5}), store.Deposited{Fresh: 1})
	w.deposit(w.delivery(told{X: "95013", Status: "5", Start: 4}, told{X: "+8617000000001", Status: "5", Start: 1}), store.Deposited{Fresh: 1, Duplicates: 1})
	w.deposit(w.delivery(told{X: "95013", Status: "10", Start: 6}), store.Deposited{Fresh: 1})
	w.deposit(w.delivery(told{X: "95013", Status: "10", Start: 6}), store.Deposited{Duplicates: 1})
	got, err := w.Numbers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []call.NumberStatus{
		{Platform: "aliyun", Number: call.NumberFromStore("+8617000000001"), Status: "5", At: w.clock.Now().Add(time.Second)},
		{Platform: "aliyun", Number: call.NumberFromStore("95013"), Status: "10", At: w.clock.Now().Add(6 * time.Second)},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func quarantineContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	for i := range 5 {
		w.deposit(w.delivery(told{ID: fmt.Sprint(i), Bad: true}, told{ID: fmt.Sprint(i)}), store.Deposited{Fresh: 1, Quarantined: 1})
		w.clock.Advance(time.Second)
	}
	w.deposit(w.delivery(told{ID: "3", Bad: true}), store.Deposited{Quarantined: 1})
	ids := map[string]string{}
	var order []string
	for cursor := ""; ; {
		entries, next, err := w.ListQuarantine(t.Context(), 2, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range entries {
			var r told
			if err := json.Unmarshal(q.Raw, &r); err != nil {
				t.Fatal(err)
			}
			ids[r.ID] = q.ID
			order = append(order, fmt.Sprintf("%s×%d", r.ID, q.Pushes))
			if q.Platform != "aliyun" || q.Kind != "test" || q.Reason != "bad: not understood" || q.At.IsZero() {
				t.Errorf("%+v", q)
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if want := []string{"4×1", "3×2", "2×1", "1×1", "0×1"}; !slices.Equal(order, want) {
		t.Errorf("listed %v, want %v", order, want)
	}
	if err := w.DropQuarantined(t.Context(), ids["2"]); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{ids["2"], "nonsense", ""} {
		if err := w.DropQuarantined(t.Context(), gone); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v", gone, err)
		}
	}
	if entries, _, _ := w.ListQuarantine(t.Context(), 9, ""); len(entries) != 4 {
		t.Errorf("%d left", len(entries))
	}
	if _, _, err := w.ListQuarantine(t.Context(), 9, "zz"); !errors.Is(err, store.ErrCursor) {
		t.Errorf("bad cursor: %v", err)
	}
}
