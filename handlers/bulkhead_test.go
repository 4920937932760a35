package handlers_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/store"
)

// busy is a process whose store answers when the test says so.
type busy struct {
	t             *testing.T
	public, admin *echo.Echo
	inside        atomic.Int64 // deposits and lists under way
	asked         atomic.Int64 // queries under way
	queries, rest chan struct{}
}

func newBusy(t *testing.T) *busy {
	b := &busy{t: t, queries: make(chan struct{}), rest: make(chan struct{})}
	wait := func(n *atomic.Int64, until chan struct{}) {
		n.Add(1)
		defer n.Add(-1)
		<-until
	}
	d := deps(t, &fakeStore{
		route: func(ctx context.Context, q call.Query, m *store.Message) (call.Routes, store.Seen, error) {
			wait(&b.asked, b.queries)
			return admits(store.Fresh)(ctx, q, m)
		},
		deposit: func(context.Context, store.Delivery) (store.Deposited, error) {
			wait(&b.inside, b.rest)
			return store.Deposited{Fresh: 1}, nil
		},
		list: func(store.Filter) (store.Page, error) {
			wait(&b.inside, b.rest)
			return store.Page{}, nil
		},
	})
	d.Bulkheads, d.Now = handlers.NewBulkheads(), time.Now
	d.Adapters = []platform.Adapter{&fakeAdapter{receive: func(m platform.Message) (platform.Received, error) {
		if m.Path == "/acme/push" {
			return pushed("{}"), nil
		}
		return question(), nil
	}}}
	b.public, b.admin = public(d), admin(d)
	return b
}

// sends begins n requests, and returns when nothing moves any more.
func (b *busy) sends(n int, method, path string) <-chan *httptest.ResponseRecorder {
	answers := make(chan *httptest.ResponseRecorder, n)
	e := b.public
	if path == "/v1/bindings" {
		e = b.admin
	}
	for range n {
		go func() {
			answers <- send(b.t, e, method, path, "", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+readKey) })
		}()
	}
	synctest.Wait()
	return answers
}

func (b *busy) holds(inside int64) {
	b.t.Helper()
	synctest.Wait()
	if got := b.inside.Load(); got != inside {
		b.t.Errorf("%d under way, want %d", got, inside)
	}
}

// TestPushesAndCallsAreBounded: so many at a time, so many in line, the others are
// turned away at once; who is in line gets in when somebody leaves, or is turned away in
// time.
func TestPushesAndCallsAreBounded(t *testing.T) {
	for _, tt := range []struct {
		method, path   string
		limit, waiting int
		patience       time.Duration
		refusal        string
	}{
		{"POST", "/acme/push", 48, 256, 30 * time.Second, notStored + "\n"},
		{"GET", "/v1/bindings", max(2, 2*runtime.GOMAXPROCS(0)), 128, time.Second, `{"error":{"code":"overloaded","message":"too much to do at the moment: try again"}}`},
	} {
		t.Run(tt.path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBusy(t)
				start := time.Now()
				answers := b.sends(tt.limit+tt.waiting+1, tt.method, tt.path)
				b.holds(int64(tt.limit))
				refused := func() {
					t.Helper()
					if w := <-answers; w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" || w.Body.String() != tt.refusal && w.Body.String()+"\n" != tt.refusal {
						t.Fatalf("answered %d %s", w.Code, w.Body)
					}
				}
				refused()
				b.rest <- struct{}{}
				if w := <-answers; w.Code != http.StatusOK {
					t.Errorf("answered %d %s", w.Code, w.Body)
				}
				b.holds(int64(tt.limit))
				if len(answers) > 0 || time.Since(start) != 0 {
					t.Errorf("%d more answers after %v", len(answers), time.Since(start))
				}
				for range tt.waiting - 1 {
					refused()
				}
				if took := time.Since(start); took != tt.patience {
					t.Errorf("turned away after %v", took)
				}
				close(b.rest)
				for range tt.limit {
					if w := <-answers; w.Code != http.StatusOK {
						t.Errorf("answered %d %s", w.Code, w.Body)
					}
				}
				b.holds(0)
			})
		})
	}
}

// TestQueriesGoFirst: while callers crowd, pushes are stored one at a time, and calls of
// the admin listener wait.
func TestQueriesGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBusy(t)
		queries := b.sends(200, "POST", "/acme/query")
		pushes := b.sends(10, "POST", "/acme/push")
		b.holds(10) // many queries, but nobody knows that they are slow
		time.Sleep(20 * time.Second)
		for range 100 {
			b.queries <- struct{}{}
			<-queries
		}
		for range 9 { // who is in may stay
			b.rest <- struct{}{}
			<-pushes
		}
		calls := b.sends(10, "GET", "/v1/bindings")
		b.holds(1)
		pushes2 := b.sends(10, "POST", "/acme/push")
		b.holds(1)
		if full := b.sends(10, "POST", "/acme/push"); len(full) != 4 {
			t.Errorf("%d of ten more are refused at once, want 4", len(full))
		}
		close(b.queries) // no crowd any more
		time.Sleep(time.Second / 2)
		b.holds(17 + min(10, max(2, 2*int64(runtime.GOMAXPROCS(0)))))
		close(b.rest)
		<-pushes
		for range 10 {
			if p, c := <-pushes2, <-calls; p.Code != 200 || c.Code != 200 {
				t.Errorf("answered %d and %d", p.Code, c.Code)
			}
		}
		synctest.Wait()
	})
}

// TestManyQueriesAreNoCrowd: as long as they are quick, pushes go on beside them.
func TestManyQueriesAreNoCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBusy(t)
		queries := b.sends(200, "POST", "/acme/query")
		for range 100 {
			b.queries <- struct{}{}
			<-queries
		}
		_ = b.sends(10, "POST", "/acme/push")
		b.holds(10)
		close(b.queries)
		close(b.rest)
		synctest.Wait()
	})
}

// TestTooManyQueries: what comes on top of all that can be decided gets the fallback at
// once, a well-formed answer.
func TestTooManyQueries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBusy(t)
		start := time.Now()
		answers := b.sends(1025, "POST", "/acme/query")
		if n := b.asked.Load(); n != 1024 {
			t.Errorf("%d queries are being decided", n)
		}
		if w := <-answers; w.Code != 200 || w.Body.String() != fallback || time.Since(start) != 0 {
			t.Errorf("answered %d %s after %v", w.Code, w.Body, time.Since(start))
		}
		close(b.queries)
		for range 1024 {
			if w := <-answers; w.Code != 200 || w.Body.String() != `{"outcome":"connect","reason":"peer"}` {
				t.Fatalf("answered %d %s", w.Code, w.Body)
			}
		}
	})
}

// TestSlowSendersKeepNobodysPlace: calls whose bodies do not end have no place, so that
// others are served.
func TestSlowSendersKeepNobodysPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBusy(t)
		close(b.rest)
		body, sender := io.Pipe()
		done := make(chan struct{})
		for range 64 {
			go func() {
				r := httptest.NewRequest(http.MethodPost, "/v1/decide", body)
				r.Header.Set("Authorization", "Bearer "+readKey)
				r.Header.Set("Content-Type", "application/json")
				b.admin.ServeHTTP(httptest.NewRecorder(), r)
				done <- struct{}{}
			}()
		}
		synctest.Wait()
		if w := <-b.sends(1, "GET", "/v1/bindings"); w.Code != http.StatusOK {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
		_ = sender.Close()
		for range 64 {
			<-done
		}
	})
}
