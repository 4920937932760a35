package call_test

import (
	"testing"

	"xmode/call"
	"xmode/call/calltest"
)

func BenchmarkParseParty(b *testing.B) {
	for _, s := range []string{"13800000021", "+8613800000021", "075528780001", "+12125550123", "138000000"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = call.ParseParty(s)
			}
		})
	}
}

func BenchmarkParseX(b *testing.B) {
	for _, s := range []string{"17000000001", "95013123456789", "+8695013123456789"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = call.ParseX(s)
			}
		})
	}
}

// decisions are the decisions that matter for speed.
func decisions() map[string]func() call.Decision {
	run := func(q call.Query, bs ...call.Binding) func() call.Decision {
		r := calltest.RoutesOf(bs, q, nil, 0)
		return func() call.Decision { return call.Decide(q, r, policy) }
	}
	return map[string]func() call.Decision{
		"pair":      run(query(peer), binding(1, peers(peer))),
		"open":      run(query(stranger), binding(1)),
		"extension": run(query(stranger, dialling("22")), binding(1, extension("22"))),
		"ask":       run(query(stranger), binding(1, extension("22"))),
		"nothing":   run(query(stranger)),
	}
}

func BenchmarkDecide(b *testing.B) {
	for name, decide := range decisions() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				decide()
			}
		})
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	for name, decide := range decisions() {
		if allocs := testing.AllocsPerRun(100, func() { decide() }); allocs != 0 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}
