package call_test

import (
	"testing"

	"xmode/call"
	"xmode/call/calltest"
)

func TestWhatADecisionLeaves(t *testing.T) {
	pair := bindings(binding(1, peers(peer)))
	open := bindings(binding(1))
	for _, c := range []struct {
		name           string
		bindings       []call.Binding
		query          call.Query
		asked, reached bool
	}{
		{"a peer reached the owner", pair, query(peer), false, true},
		{"a stranger reached the owner", open, query(stranger), false, true},
		{"an unknown caller cannot be called back", open, query(nobody), false, false},
		{"the owner reached the peer", pair, query(owner), false, false},
		{"by text as well", pair, query(peer, texting), false, true},
		{"asked", bindings(binding(1, extension("22"))), query(stranger), true, false},
		{"rejected", pair, query(stranger), false, false},
		{"refused after a connect", bindings(binding(1, only(call.FromA))), query(stranger), false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			trace := call.Trace{Query: c.query}
			trace.Decision = call.Decide(c.query, calltest.RoutesOf(c.bindings, c.query, nil, 0), policy)
			if trace.Asked() != c.asked || trace.Reached() != c.reached {
				t.Errorf("asked %v, reached %v", trace.Asked(), trace.Reached())
			}
		})
	}
	if fallback := (call.Trace{Query: query(peer), Decision: call.Fallback()}); fallback.Asked() || fallback.Reached() {
		t.Error("the fallback counts as an ask or a callback")
	}
}
