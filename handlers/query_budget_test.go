package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/store"
)

const fallback = `{"outcome":"reject","reason":"store_unavailable"}`

type routeFunc = func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error)

func TestFallback(t *testing.T) {
	for _, tt := range []struct {
		name, cause string
		budget      time.Duration
		route       routeFunc
		answer      func(call.Query, call.Decision) []byte
		status      int
		want        string
	}{
		{"store unavailable", "store", time.Minute, func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
			return call.Routes{}, 0, fmt.Errorf("asking: %w", store.ErrUnavailable)
		}, nil, 200, fallback},
		{"error that no store promised", "store", time.Minute, func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
			return call.Routes{}, 0, errors.New("surprise")
		}, nil, 200, fallback},
		{"store slower than the budget", "deadline", time.Millisecond, func(ctx context.Context, _ call.Query, _ *store.Message) (call.Routes, store.Seen, error) {
			<-ctx.Done()
			return call.Routes{}, 0, fmt.Errorf("%w: %w", store.ErrUnavailable, ctx.Err())
		}, nil, 200, fallback},
		{"panic in the store", "panic", time.Minute, func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
			panic("boom")
		}, nil, 200, fallback},
		{"panic in encoding the decision", "panic", time.Minute, admits(store.Fresh), func(_ call.Query, d call.Decision) []byte {
			if d.Reason != call.StoreUnavailable {
				panic("boom")
			}
			return []byte(fallback)
		}, 200, fallback},
		{"panic in encoding the fallback, too", "", time.Minute, admits(store.Fresh), func(call.Query, call.Decision) []byte {
			panic("boom")
		}, 500, `{"code":"InternalError","message":"internal error"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reg := prometheus.NewRegistry()
			d := deps(t, &fakeStore{route: tt.route})
			d.Metrics, d.DecisionBudget = handlers.NewMetrics(reg), tt.budget
			d.Adapters = []platform.Adapter{&fakeAdapter{answer: tt.answer}}
			var left []call.Decision
			d.Leave = func(tr call.Trace) bool { left = append(left, tr.Decision); return true }
			if status, body := asked(t, d); status != tt.status || body != tt.want {
				t.Errorf("answered %d %s", status, body)
			}
			if logged := tt.status == 200; logged != (len(left) == 1) || logged && left[0] != call.Fallback() {
				t.Errorf("left %v", left)
			}
			want := ""
			if tt.cause != "" {
				want = "# HELP xmode_fallbacks_total Queries answered by the fallback, by platform and cause (store, deadline, panic, overload).\n" +
					"# TYPE xmode_fallbacks_total counter\n" +
					`xmode_fallbacks_total{cause="` + tt.cause + `",platform="acme"} 1` + "\n"
			}
			if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "xmode_fallbacks_total"); err != nil {
				t.Error(err)
			}
		})
	}
}

// A store that keeps no deadline at all does not keep the platform waiting, and
// what it says later is neither sent nor left behind; the fallback is logged.
func TestStuckStore(t *testing.T) {
	answered, returned := make(chan struct{}), make(chan struct{})
	d := deps(t, &fakeStore{route: func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
		<-answered
		b := pair()
		return call.Routes{Own: &b}, store.Fresh, nil
	}})
	d.DecisionBudget = time.Millisecond
	left := make(chan call.Decision, 2)
	d.Leave = func(tr call.Trace) bool { left <- tr.Decision; return true }
	response := posted(t, d, "/acme/query", returned)
	if body := read(t, response); response.StatusCode != 200 || body != fallback {
		t.Errorf("answered %d %s", response.StatusCode, body)
	}
	close(answered)
	<-returned
	if d := <-left; d != call.Fallback() || len(left) > 0 {
		t.Errorf("left %v, and %d more", d, len(left))
	}
}

// A guard that finds an adapter unable to answer ends the query, not the process.
func TestStuckStoreAndPanickingAdapter(t *testing.T) {
	failed := make(chan struct{})
	d := deps(t, &fakeStore{route: func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
		<-failed
		return call.Routes{}, store.Fresh, nil
	}})
	d.DecisionBudget = time.Millisecond
	first := true
	d.Adapters = []platform.Adapter{&fakeAdapter{answer: func(call.Query, call.Decision) []byte {
		if first {
			first = false
			defer close(failed)
		}
		panic("boom")
	}}}
	if status, body := asked(t, d); status != 500 || body != `{"code":"InternalError","message":"internal error"}` {
		t.Errorf("answered %d %s", status, body)
	}
}

// The platform has its answer before anything is left behind.
func TestAnswerGoesOutBeforeTheTrace(t *testing.T) {
	got := make(chan struct{})
	d := deps(t, &fakeStore{route: admits(store.Fresh)})
	var trace call.Trace
	left := make(chan struct{})
	d.Leave = func(tr call.Trace) bool {
		<-got // only once the client has read its answer whole
		trace = tr
		close(left)
		return true
	}
	server := httptest.NewServer(public(d))
	defer server.Close()
	response, err := http.Post(server.URL+"/acme/query", "application/json", strings.NewReader("signed"))
	if err != nil {
		t.Fatal(err)
	}
	if body := read(t, response); body != `{"outcome":"connect","reason":"peer"}` {
		t.Errorf("answered %s", body)
	}
	close(got)
	<-left
	if trace.Digest != [16]byte{7} || trace.Decision.Callee != party("13900000011") || trace.Query.CallID != "call-77" {
		t.Errorf("left %+v", trace.Decision.Reason)
	}
}

func TestTraces(t *testing.T) {
	asks := func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
		return call.Routes{ExtensionsUntil: call.Never}, store.Fresh, nil
	}
	unknown := func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
		return call.Routes{}, store.Fresh, nil
	}
	for _, tt := range []struct {
		name  string
		route routeFunc
		want  string
		left  int
	}{
		{"a connect leaves the last caller", admits(store.Fresh), `{"outcome":"connect","reason":"peer"}`, 1},
		{"an ask is counted", asks, `{"outcome":"ask","reason":"extension_required"}`, 1},
		{"a reject is logged", unknown, `{"outcome":"reject","reason":"no_binding"}`, 1},
		{"the same message again leaves nothing", admits(store.Repeated), `{"outcome":"connect","reason":"peer"}`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := deps(t, &fakeStore{route: tt.route})
			left := 0
			d.Leave = func(call.Trace) bool { left++; return false }
			if _, body := asked(t, d); body != tt.want || left != tt.left {
				t.Errorf("answered %s, left %d traces; want %s, %d", body, left, tt.want, tt.left)
			}
		})
	}
}

// A platform that hangs up does not make the store drop its connection.
func TestSenderGone(t *testing.T) {
	d := deps(t, &fakeStore{route: func(ctx context.Context, _ call.Query, _ *store.Message) (call.Routes, store.Seen, error) {
		if ctx.Err() != nil {
			t.Error("the look-up was cancelled")
		}
		return call.Routes{}, store.Fresh, nil
	}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	send(t, public(d), "POST", "/acme/query", "x", func(r *http.Request) { *r = *r.WithContext(ctx) })
}
