package storetest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

// told is what a test says of a record, as the platform's JSON: the fields of
// a document that tests look at.
type told struct {
	ID     string `json:"id"`
	Call   string `json:"call,omitempty"`
	X      string `json:"x,omitempty"`
	Caller string `json:"caller,omitempty"`
	// Start of the call in seconds after the start of the test's clock.
	Start int `json:"start"`
	// Talk is the duration.
	Talk int `json:"talk"`
	// Event, Status: it is an event of that stage, a status of X.
	Event  string `json:"event,omitempty"`
	Status string `json:"status,omitempty"`
	// Bad cannot be understood.
	Bad bool `json:"bad,omitempty"`
	// Note changes the text and nothing that is understood.
	Note string `json:"note,omitempty"`
}

// text is the item of a push.
func (r told) text() []byte {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return text
}

// understand reads an item as an adapter would.
func understand(p call.Platform, item []byte, epoch time.Time) call.Report {
	var r told
	if err := json.Unmarshal(item, &r); err != nil || r.Bad {
		return call.Report{Fault: "bad: not understood"}
	}
	at := epoch.Add(time.Duration(r.Start) * time.Second)
	number := func(s string) call.Number { return call.NumberFromStore(s) }
	switch {
	case r.Event != "":
		return call.Report{Event: &call.Event{Platform: p, ID: r.ID, CallID: r.Call, Type: r.Event, Stage: call.Stage(r.Event), At: at}}
	case r.Status != "":
		return call.Report{Status: &call.NumberStatus{Platform: p, Number: number(r.X), Status: r.Status, At: at}}
	}
	return call.Report{Record: &call.Record{
		Platform: p, ID: r.ID, CallID: r.Call, Kind: call.Voice, X: number(r.X), Caller: number(r.Caller),
		StartedAt: at, Duration: r.Talk, Outcome: call.Answered, Recording: call.NoRecording,
	}}
}

// delivery is a push of these items.
func (w *world) delivery(items ...told) store.Delivery { return w.deliveryOf("aliyun", items...) }

func (w *world) deliveryOf(p call.Platform, items ...told) store.Delivery {
	d := store.Delivery{Platform: p, Kind: "test", At: w.clock.Now()}
	for _, r := range items {
		d.Items = append(d.Items, r.text())
	}
	d.Read = func(i int) call.Report { return understand(p, d.Items[i], NewClock().Now()) }
	return d
}

// deposit stores a push, which has to succeed, and holds the counts against it.
func (w *world) deposit(d store.Delivery, want store.Deposited) {
	w.Helper()
	got, err := w.Deposit(w.Context(), d)
	if err != nil {
		w.Fatalf("Deposit: %v", err)
	}
	if got != want {
		w.Errorf("deposited %+v, want %+v", got, want)
	}
}

// shown is a record as it is read.
type shown struct {
	RecordID string `json:"record_id"`
	EventID  string `json:"event_id"`
	Pushes   int
	Conflict bool
	Duration int       `json:"duration_s"`
	First    time.Time `json:"first_pushed_at"`
	Decision string
	Raw      json.RawMessage
}

func (s shown) String() string {
	mark := ""
	if s.Conflict {
		mark = "!"
	}
	return fmt.Sprintf("%s%s×%d/%d", s.RecordID+s.EventID+s.Decision, mark, s.Pushes, s.Duration)
}

func (w *world) show(documents [][]byte) (list []shown) {
	w.Helper()
	for _, d := range documents {
		var s shown
		if err := json.Unmarshal(d, &s); err != nil {
			w.Fatalf("%v in %s", err, d)
		}
		list = append(list, s)
	}
	return list
}

// records lists all that a filter selects, page by page.
func (w *world) records(f store.RecordFilter) (list []shown) {
	w.Helper()
	if f.Limit == 0 {
		f.Limit = 100
	}
	for {
		page, err := w.Records(w.Context(), f)
		if err != nil {
			w.Fatalf("Records: %v", err)
		}
		list = append(list, w.show(page.Records)...)
		if page.Next == "" {
			return list
		}
		f.Cursor = page.Next
	}
}

// lists holds a list against what it should be: "id×pushes/duration", newest
// first.
func (w *world) lists(f store.RecordFilter, want ...string) {
	w.Helper()
	var got []string
	for _, s := range w.records(f) {
		got = append(got, s.String())
	}
	if !slices.Equal(got, want) {
		w.Errorf("listed %v, want %v", got, want)
	}
}

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

// signed gives a delivery a nonce and the digest of a body.
func signed(d store.Delivery, nonce string, body byte) store.Delivery {
	d.Message = &store.Message{Platform: d.Platform, Nonce: nonce, Digest: [16]byte{body}, At: d.At, Until: d.At.Add(time.Hour)}
	return d
}

func pushNonceContract(t *testing.T, open Open) {
	replayed := func(t *testing.T, w *world, d store.Delivery) {
		t.Helper()
		if _, err := w.Deposit(t.Context(), d); !errors.Is(err, store.ErrReplayed) {
			t.Errorf("answered %v", err)
		}
	}
	t.Run("SameBody", func(t *testing.T) {
		w := newWorld(t, open)
		d := signed(w.delivery(told{ID: "1"}), "n", 1)
		w.deposit(d, store.Deposited{Fresh: 1})
		w.deposit(d, store.Deposited{Duplicates: 1})
	})
	t.Run("AnotherBody", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(signed(w.delivery(told{ID: "1"}, told{ID: "2", Start: 1}), "n", 1), store.Deposited{Fresh: 2})
		w.deposit(signed(w.delivery(told{ID: "2", Start: 1}), "n", 2), store.Deposited{Duplicates: 1})
		replayed(t, w, signed(w.delivery(told{ID: "2", Start: 1}, told{ID: "3"}), "n", 3))
		replayed(t, w, signed(w.delivery(told{ID: "2", Talk: 9}), "n", 4))
		replayed(t, w, signed(w.delivery(told{ID: "9", Bad: true}), "n", 5))
		replayed(t, w, signed(w.delivery(told{X: "1", Status: "9"}), "n", 6))
		w.lists(store.RecordFilter{}, "2×2/0", "1×1/0")
	})
	t.Run("NonceOfAQuery", func(t *testing.T) {
		w := newWorld(t, open)
		d := signed(w.delivery(told{ID: "1"}), "n", 1)
		m := *d.Message
		m.Digest = [16]byte{9}
		if _, seen, err := w.Route(t.Context(), w.query(bob, x1, ""), &m); err != nil || seen != store.Fresh {
			t.Fatal(seen, err)
		}
		replayed(t, w, d)
	})
	t.Run("QueryWithTheNonceOfAPush", func(t *testing.T) {
		w := newWorld(t, open)
		d := signed(w.delivery(told{ID: "1"}), "n", 1)
		w.deposit(d, store.Deposited{Fresh: 1})
		m := *d.Message
		m.Digest = [16]byte{9}
		if _, seen, err := w.Route(t.Context(), w.query(bob, x1, ""), &m); err != nil || seen != store.Replayed {
			t.Error(seen, err)
		}
	})
}

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
