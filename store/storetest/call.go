package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"xmode/call"
	"xmode/store"
)

// callContract: whatever the order in which the messages of a call arrive, the
// joined call is the same.
func callContract(t *testing.T, open Open) {
	parts := []told{
		{ID: "e1", Call: "c", Event: string(call.StageStarted), Start: 2},
		{ID: "e2", Call: "c", Event: string(call.StageRinging), Start: 3},
		{ID: "e3", Call: "c", Event: string(call.StageAnswered), Start: 5},
		{ID: "e4", Call: "c", Event: string(call.StageEnded), Start: 9},
		{ID: "r1", Call: "c", Start: 1, Talk: 4},
		{ID: "r1", Call: "c", Start: 1, Talk: 5},
		{ID: "e2", Call: "c", Event: string(call.StageRinging), Start: 3},
	}
	trace := func(w *world) call.Trace {
		q := w.query(bob, x1, "")
		q.CallID = "c"
		return call.Trace{Query: q, Decision: call.Decide(q, call.Routes{}, call.Policy{})}
	}
	var want string
	for seed := range uint64(12) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "other", Call: "c2"}), store.Deposited{Fresh: 1})
		order := rand.New(rand.NewPCG(seed, 1)).Perm(len(parts) + 1)
		for _, i := range order {
			if i == len(parts) {
				if err := w.Leave(t.Context(), []call.Trace{trace(w)}); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if _, err := w.Deposit(t.Context(), w.delivery(parts[i])); err != nil {
				t.Fatal(err)
			}
		}
		got, err := w.Call(t.Context(), "aliyun", "c")
		if err != nil {
			t.Fatal(err)
		}
		if got.Stage != call.StageEnded || len(got.Queries) != 1 || len(got.Events) != 4 || len(got.Records) != 2 {
			t.Fatalf("stage %s, %d queries, %d events, %d records", got.Stage, len(got.Queries), len(got.Events), len(got.Records))
		}
		text := fmt.Sprintf("%s %s %s", got.Queries, got.Events, got.Records)
		if want == "" {
			want = text
		}
		if text != want {
			t.Errorf("order %v\n got %s\nwant %s", order, text, want)
		}
	}
	w := newWorld(t, open)
	if got, err := w.Call(t.Context(), "aliyun", "nobody's"); err != nil || got.Stage != "" || len(got.Records) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
