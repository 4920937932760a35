package load_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/simulator/load"
)

// play runs a load against a handler.
func play(t *testing.T, h http.Handler, change func(*load.Config)) (load.Report, *load.Load) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c := load.Config{
		URL: srv.URL, Platform: &toy{kept: map[string]bool{}}, Parties: []load.Party{{Caller: "13800000021", X: "17000000001", Extension: "12"}},
		Prefix: "call-", Calls: 60, Parallel: 4, Seed: 7, Speed: 10_000, Now: time.Now,
	}
	if change != nil {
		change(&c)
	}
	l, err := load.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return l.Run(t.Context()), l
}

// all turns a share on for everything.
func all(share float64) load.Trouble {
	var trouble load.Trouble
	for _, s := range trouble.Shares() {
		*s.Value = share
	}
	return trouble
}

func TestEachCallLivesItsWholeLife(t *testing.T) {
	e := newEndpoint("connect")
	r, l := play(t, e, nil)
	if r.Begun != 60 || r.Ended != 60 || r.Connected != 60 || r.Records != 60 || r.Broken || len(r.Findings) > 0 {
		t.Errorf("report: %+v", r)
	}
	for w := range l.Wants() {
		for _, what := range []string{"query ", "ring ", "answer ", "end ", "record "} {
			if n := e.got[what+w.CallID]; n != 1 {
				t.Errorf("%s%s came %d times", what, w.CallID, n)
			}
		}
		if order := e.order[w.CallID]; !slices.Equal(order, []string{"query", "ring", "answer", "end"}) {
			t.Errorf("%s was told in the order %v", w.CallID, order)
		}
		if w.Record != load.Due || w.Callee != "13900000022" || (w.Recording == load.Due) != (w.Ending == load.Answered) {
			t.Errorf("want: %+v", w)
		}
	}
	if e.largest < 2 || e.largest > 50 {
		t.Errorf("the largest push has %d records", e.largest)
	}
}

func TestTroubleMeetsAnEndpointThatHoldsOut(t *testing.T) {
	e := newEndpoint("connect")
	r, l := play(t, e, func(c *load.Config) { c.Trouble = all(0.3) })
	if r.Ended != 60 || r.Records != 60 || r.Faults() {
		t.Errorf("report: %+v", r)
	}
	for _, s := range new(load.Trouble).Shares() {
		if r.Trouble[s.Name] == 0 {
			t.Errorf("nothing met %s: %v", s.Name, r.Trouble)
		}
	}
	twice, strange := 0, 0
	for w := range l.Wants() {
		if e.got["record "+w.CallID] > 1 {
			twice++
		}
		if order := e.order[w.CallID]; !slices.IsSorted(place(order)) {
			strange++
		}
	}
	if twice == 0 || strange == 0 {
		t.Errorf("%d records came twice, %d calls were told of out of order", twice, strange)
	}
	refused := 0
	for _, k := range r.Kinds {
		refused += k.Refused
	}
	if want := r.Trouble["bad_signatures"] + r.Trouble["skewed"] + r.Trouble["replayed"]; refused != want {
		t.Errorf("%d messages were refused as they should be, want %d", refused, want)
	}
}

// place is where in a life each word belongs.
func place(order []string) []int {
	places := make([]int, len(order))
	for i, word := range order {
		places[i] = slices.Index([]string{"query", "ring", "answer", "end"}, word)
	}
	return places
}

// TestWhatIsLostMeetsTheRestLater: with everything lost at first, pushes were never
// sent with a wrong signature.
func TestWhatIsLostMeetsTheRestLater(t *testing.T) {
	e := newEndpoint("connect")
	r, _ := play(t, e, func(c *load.Config) { c.Trouble = load.Trouble{Lost: 1, Spoilt: 1} })
	for _, k := range r.Kinds {
		if k.Refused == 0 {
			t.Errorf("no %s was refused: %+v", k.Kind, k)
		}
	}
	if len(r.Kinds) != 5 || r.Faults() {
		t.Errorf("report: %+v", r)
	}
}

func TestWhatIsDrawnFollowsFromTheSeed(t *testing.T) {
	wants := func(seed uint64) []load.Want {
		_, l := play(t, newEndpoint("connect"), func(c *load.Config) { c.Seed = seed; c.Texts = 0.2 })
		return slices.Collect(l.Wants())
	}
	once, again, other := wants(7), wants(7), wants(8)
	if diff := cmp.Diff(once, again); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(once, other) {
		t.Error("another seed makes the same calls")
	}
}

func TestCallerTypesAnExtensionWhenAsked(t *testing.T) {
	r, _ := play(t, newEndpoint("ask"), nil)
	if r.Connected != 60 || r.Asked != 0 || len(r.Findings) > 0 {
		t.Errorf("report: %+v", r)
	}
	r, _ = play(t, newEndpoint("ask"), func(c *load.Config) { c.Parties[0].Extension = "" })
	if r.Asked != 60 {
		t.Errorf("nobody types: %+v", r)
	}
}

func TestPushIsRepeatedBySchedule(t *testing.T) {
	e := newEndpoint("connect")
	var refusals atomic.Int32
	r, _ := play(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/records" && refusals.Add(1) <= 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		e.ServeHTTP(w, r)
	}), func(c *load.Config) { c.Calls = 1 })
	if r.Records != 1 || r.Faults() || len(r.Findings) != 1 || r.Findings[0].Text != "not acknowledged: status 503" || r.Findings[0].Count != 3 {
		t.Errorf("three refusals: %+v", r)
	}
	r, l := play(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/records" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		e.ServeHTTP(w, r)
	}), func(c *load.Config) { c.Calls = 1 })
	if !r.Faults() || r.Findings[0].Text != "given up after all repeats: status 503" || r.Records != 0 {
		t.Errorf("refusals without end: %+v", r)
	}
	for w := range l.Wants() {
		if w.Record != load.Perhaps {
			t.Errorf("a record that was never acknowledged is %v", w.Record)
		}
	}
}

func TestOddEndpointsBecomeFindings(t *testing.T) {
	for _, c := range []struct {
		name string
		h    http.HandlerFunc
		want string
	}{
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>Welcome</html>")) }, "the answer is no decision"},
		{"an empty answer", func(http.ResponseWriter, *http.Request) {}, "the answer is no decision"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		}, "status 302"},
		{"one that hangs", func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that the client hangs up
			<-r.Context().Done()
		}, "no answer within 1s"},
		{"one that closes", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "the connection was closed without an answer"},
		{"ten megabytes", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 10<<20)) }, "the answer is longer than 64 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, _ := play(t, c.h, func(l *load.Config) { l.Calls = 2 })
			i := slices.IndexFunc(r.Findings, func(f load.Found) bool { return f.Kind == "query" })
			if i < 0 || r.Findings[i].Level != load.Fault || !strings.HasSuffix(r.Findings[i].Text, ": "+c.want) || r.Lost != 2 {
				t.Errorf("report: %+v", r)
			}
		})
	}
}

func TestWrongSignatureThatIsTakenIsAFault(t *testing.T) {
	taking := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("connect")) })
	r, _ := play(t, taking, func(c *load.Config) { c.Trouble = load.Trouble{Spoilt: 1, Skewed: 1} })
	if !r.Faults() || r.Findings[0].Text != "taken with a wrong signature" {
		t.Errorf("findings: %+v", r.Findings)
	}
	i := slices.IndexFunc(r.Findings, func(f load.Found) bool { return f.Text == "taken signed by a clock that is 1h0m0s ahead" })
	if i < 0 || r.Findings[i].Level != load.Note {
		t.Errorf("findings: %+v", r.Findings)
	}
}

func TestEndOfTheContextEndsTheLoad(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 3 {
			cancel()
		}
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(srv.Close)
	l, err := load.New(load.Config{
		URL: srv.URL, Platform: &toy{kept: map[string]bool{}}, Parties: []load.Party{{X: "17000000001"}}, Prefix: "call-", Calls: 1000, Parallel: 3, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := l.Run(ctx); !r.Broken || r.Begun != 3 || r.Ended != 0 || r.Faults() {
		t.Errorf("report: %+v", r)
	}
}

func TestConfigListsItsFaults(t *testing.T) {
	_, err := load.New(load.Config{URL: "ftp://x", Batch: 51, Rate: -1, Texts: 2, Trouble: load.Trouble{Cut: 1.5}})
	want := "make load: " + strings.Join([]string{
		load.ErrURL.Error(), load.ErrParties.Error(), load.ErrCalls.Error(), load.ErrRate.Error(), load.ErrBatch.Error(),
		"texts: " + load.ErrShare.Error(), load.ErrParts.Error(), "cut: " + load.ErrShare.Error(),
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}
