package handlers_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/store"
)

// fakeMemory remembers what it is told to.
type fakeMemory struct {
	seen       store.Seen
	routes     call.Routes
	knows      bool
	met        []*store.Message
	remembered []call.Routes
	asked      int
}

func (m *fakeMemory) Meet(message *store.Message) store.Encounter {
	m.met = append(m.met, message)
	return store.Encounter{Seen: m.seen, Era: 5}
}

func (m *fakeMemory) Remember(_ call.Query, e store.Encounter, r call.Routes) {
	if e.Era == 5 {
		m.remembered = append(m.remembered, r)
	}
}

func (m *fakeMemory) Recall(_ call.Query, e store.Encounter) (call.Routes, bool) {
	return m.routes, m.knows && e.Seen == m.seen
}

func (m *fakeMemory) Asked(call.Query) { m.asked++ }

// away is a store that does not answer.
func away(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
	return call.Routes{}, 0, fmt.Errorf("asking: %w", store.ErrUnavailable)
}

func TestStaleFallback(t *testing.T) {
	own, intercepting := pair(), pair()
	intercepting.SMS = call.Intercept
	expired := pair()
	expired.ExpiresAt = now
	known := call.Routes{Own: &own}
	asks := call.Routes{ExtensionsUntil: call.Never}
	for _, tt := range []struct {
		name   string
		memory *fakeMemory
		loose  bool // the signature does not cover the parameters
		kind   call.Kind
		want   string
		stale  int
		left   int
		asked  int
	}{
		{"known", &fakeMemory{routes: known, knows: true}, false, call.Voice, `{"outcome":"connect","reason":"peer"}`, 1, 1, 0},
		{"unknown", &fakeMemory{}, false, call.Voice, fallback, 0, 1, 0},
		{"parameters that nobody signed", &fakeMemory{routes: known, knows: true}, true, call.Voice, fallback, 0, 1, 0},
		{"expired since", &fakeMemory{routes: call.Routes{Own: &expired}, knows: true}, false, call.Voice, `{"outcome":"reject","reason":"no_binding"}`, 1, 1, 0},
		{"the platform's retry", &fakeMemory{seen: store.Repeated, routes: known, knows: true}, false, call.Voice, `{"outcome":"connect","reason":"peer"}`, 1, 0, 0},
		{"an ask", &fakeMemory{routes: asks, knows: true}, false, call.Voice, `{"outcome":"ask","reason":"extension_required"}`, 1, 1, 1},
		{"the retry of an ask", &fakeMemory{seen: store.Repeated, routes: asks, knows: true}, false, call.Voice, `{"outcome":"ask","reason":"extension_required"}`, 1, 0, 0},
		{"a text message", &fakeMemory{routes: known, knows: true}, false, call.SMS, `{"outcome":"connect","reason":"peer"}`, 1, 1, 0},
		{"a text message to be kept here", &fakeMemory{routes: call.Routes{Own: &intercepting}, knows: true}, false, call.SMS, fallback, 0, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reg := prometheus.NewRegistry()
			d := deps(t, &fakeStore{route: away})
			d.Memory, d.Metrics = tt.memory, handlers.NewMetrics(reg)
			d.Adapters = []platform.Adapter{&fakeAdapter{receive: func(platform.Message) (platform.Received, error) {
				q := question()
				q.Query.Kind, q.Query.At, q.Proof.Covers = tt.kind, now, !tt.loose
				if tt.kind == call.SMS {
					q.Push = &platform.Push{Kind: "text", Items: [][]byte{[]byte("{}")}}
				}
				return q, nil
			}}}
			left := 0
			d.Leave = func(call.Trace) bool { left++; return true }
			if status, body := asked(t, d); status != 200 || body != tt.want {
				t.Errorf("answered %d %s, want %s", status, body, tt.want)
			}
			if left != tt.left || tt.memory.asked != tt.asked {
				t.Errorf("left %d traces, counted %d asks; want %d, %d", left, tt.memory.asked, tt.left, tt.asked)
			}
			if n, err := testutil.GatherAndCount(reg, "xmode_stale_answers_total"); err != nil || n != tt.stale {
				t.Errorf("%d stale answers counted, %v; want %d", n, err, tt.stale)
			}
			if len(tt.memory.met) != 1 || tt.memory.met[0].Nonce != "n1" || tt.memory.remembered != nil {
				t.Errorf("met %v, remembered %v", tt.memory.met, tt.memory.remembered)
			}
		})
	}
}

// What a query finds is remembered; a replayed message finds nothing.
func TestFindingsAreRemembered(t *testing.T) {
	for seen, want := range map[store.Seen]int{store.Fresh: 1, store.Repeated: 1, store.Replayed: 0} {
		memory := &fakeMemory{}
		d := deps(t, &fakeStore{route: admits(seen)})
		d.Memory = memory
		asked(t, d)
		if len(memory.remembered) != want || want > 0 && memory.remembered[0].Own.ID != 100001 {
			t.Errorf("seen %v: remembered %v", seen, memory.remembered)
		}
	}
}
