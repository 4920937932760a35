package calltest_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"xmode/call"
	"xmode/call/calltest"
)

// TestScenesKeepTheirPromise: every binding is valid, ids are unique, and at
// the instant of each write nothing that was alive was in its way.
func TestScenesKeepTheirPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := calltest.World(t)
		ids := map[call.ID]bool{}
		for i, b := range s.Bindings() {
			if err := b.Check(); err != nil || ids[b.ID] {
				t.Fatalf("binding %d: %v", b.ID, err)
			}
			ids[b.ID] = true
			written := s.Then
			if i >= len(s.Old) {
				written = s.Now
			}
			if b.Expired(written) {
				t.Fatalf("binding %d was written expired", b.ID)
			}
			for _, before := range s.Bindings()[:i] {
				if !before.Expired(written) && calltest.Conflict(&before, &b) {
					t.Fatalf("%+v\nis in the way of\n%+v", before, b)
				}
			}
		}
	})
}

func number(s string) call.Number { return call.NumberFromStore(s) }

func TestConflict(t *testing.T) {
	x, a, b, c, d := number("95001"), number("+861"), number("+862"), number("+863"), number("+864")
	on := func(extension string, owner call.Number, peers ...call.Number) call.Binding {
		return call.Binding{X: x, Extension: extension, A: owner, Peers: peers, PeerCount: len(peers)}
	}
	elsewhere := on("", a)
	elsewhere.X = number("95002")
	for name, test := range map[string]struct {
		a, b call.Binding
		want bool
	}{
		"two open bindings":                 {on("", a), on("", b), true},
		"on two X numbers":                  {on("", a), elsewhere, false},
		"one extension twice":               {on("1", a, b), on("1", c, d), true},
		"two extensions of one owner":       {on("1", a), on("2", a), false},
		"an open binding and an extension":  {on("", a), on("1", b), true},
		"a pair and an extension":           {on("", a, b), on("1", a, b), false},
		"one owner twice":                   {on("", a, b), on("", a, c), true},
		"one peer twice":                    {on("", a, b), on("", c, b), true},
		"the owner of one, a peer of other": {on("", a, b), on("", c, a, d), true},
		"two pairs":                         {on("", a, b), on("", c, d), false},
		"an open binding and a pair":        {on("", a), on("", b, c), false},
		"an open binding and its owner":     {on("", a), on("", b, a), true},
	} {
		if calltest.Conflict(&test.a, &test.b) != test.want || calltest.Conflict(&test.b, &test.a) != test.want {
			t.Errorf("%s: want %v", name, test.want)
		}
	}
}

func TestRoutesAreThoseOfAStore(t *testing.T) {
	x, a, b, c := number("95001"), number("+861"), number("+862"), number("+863")
	group := call.Binding{ID: 1, X: x, Extension: "1", A: a, Peers: []call.Number{b, c}, PeerCount: 2}
	q := call.Query{X: x, Caller: c, Extension: "1*"}
	last := map[call.Number]calltest.Last{c: {Caller: a, Binding: 9}}
	r := calltest.RoutesOf([]call.Binding{group}, q, last, 2)
	switch {
	case r.Extension == nil || r.Extension.Peers != nil || r.Extension.PeerCount != 2 || !r.Admits:
		t.Errorf("extension: %+v, admits %v", r.Extension, r.Admits)
	case r.Own != nil || r.Open != nil || r.ExtensionsUntil != call.Never || r.Asks != 2:
		t.Errorf("routes: %+v", r)
	case r.Last == nil || r.Last.Caller != a || r.Last.Binding != nil || r.Last.Admits:
		t.Errorf("last caller: %+v", r.Last)
	case !slices.Equal(group.Peers, []call.Number{b, c}):
		t.Error("the group itself lost its peers")
	}
}
