package redisstore_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xmode/call"
	"xmode/store"
)

// A change tells what it changed apart from what was there already.
func TestAppliedTellsWhatChanged(t *testing.T) {
	s := newStore(t, embedded(t), "changed", time.Now)
	number := func(text string) call.Number {
		n, err := call.ParseParty(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	on := func(id call.ID, x, a string) call.Binding {
		return call.Binding{ID: id, X: number(x), A: number(a), Direction: call.Both, SMS: call.Forward}
	}
	const x1, x2, x3, x4 = "17000000001", "17000000002", "17000000003", "17000000004"
	const alice, bob = "13900000011", "13900000012"
	for _, step := range []struct {
		name   string
		change store.Change
		want   store.Applied
	}{
		{"created", store.Change{Bind: []call.Binding{on(1, x1, alice), on(2, x2, alice), on(3, x3, alice)}},
			store.Applied{Bound: []call.ID{1, 2, 3}, Changed: []call.ID{1, 2, 3}}},
		{"repeated", store.Change{Bind: []call.Binding{on(1, x1, alice), on(0, x2, alice)}},
			store.Applied{Bound: []call.ID{1, 2}}},
		{"in the order of the change", store.Change{Unbind: []call.ID{3, 2}, Bind: []call.Binding{on(4, x4, alice), on(1, x1, bob), on(2, x2, bob)}},
			store.Applied{Bound: []call.ID{4, 1, 2}, Unbound: []call.ID{3, 2}, Changed: []call.ID{4, 1, 2}, Removed: []call.ID{3, 2}}},
		{"some of it", store.Change{Unbind: []call.ID{4}, Bind: []call.Binding{on(2, x2, bob), on(1, x1, alice)}},
			store.Applied{Bound: []call.ID{2, 1}, Unbound: []call.ID{4}, Changed: []call.ID{1}, Removed: []call.ID{4}}},
	} {
		step.change.At = time.Now()
		got, err := s.Apply(t.Context(), step.change)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if diff := cmp.Diff(step.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}
