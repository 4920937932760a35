package conform_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xmode/simulator/conform"
)

// sends sends a message to a handler and returns the fault of its answer.
func sends(t *testing.T, handler http.HandlerFunc) error {
	t.Helper()
	endpoint := httptest.NewServer(handler)
	defer endpoint.Close()
	s := conform.NewSender(conform.SenderConfig{Timeout: time.Second, Secrets: []string{"hush-hush"}, Now: time.Now})
	return s.Send(t.Context(), conform.Message{What: "a query", Method: http.MethodGet, URL: endpoint.URL + "/hush-hush"}).WantEmpty()
}

func TestOddAnswersAreSentences(t *testing.T) {
	answers := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = w.Write([]byte(body)) }
	}
	for name, c := range map[string]struct {
		endpoint http.HandlerFunc
		says     string
	}{
		"a page":         {answers(200, "<!DOCTYPE html><title>Welcome</title>"), "sent a query, got 200 and an HTML page: "},
		"an empty error": {answers(500, ""), "sent a query, got 500 with an empty body: "},
		"ten megabytes":  {answers(200, strings.Repeat("x", 10<<20)), "sent a query, got 200 and more than 64 KiB: "},
		"a secret":       {answers(200, `{"key":"hush-hush"}`), `sent a query, got 200 {"key":"***"}: `},
		"a number":       {answers(200, `{"calledNo":"13800000021","calleeNum":"+8613800000021"}`), `got 200 {"calledNo":"138****0021","calleeNum":"+86138****0021"}: `},
		"control bytes":  {answers(200, "a\x00\nb\xff\u009b1m\u202ec"), "got 200 a  b  1m c: "},
		"a redirection": {
			func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
			"sent a query, got 302, a redirection, which platforms do not follow: ",
		},
		"a dead line": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "got a connection that was closed before the end of an answer: "},
		"half an answer": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "9")
				_, _ = w.Write([]byte("{"))
			},
			"got 200 and then a connection that was closed before the end of an answer: ",
		},
		"no end": {
			func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte("{"))
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			},
			"got 200 and then no answer within 1s: ",
		},
		"no HTTP": {
			func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := http.NewResponseController(w).Hijack()
				if err == nil {
					_, _ = conn.Write([]byte("220 hush-hush ready\r\n"))
					_ = conn.Close()
				}
			},
			"got no answer (net/http: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := sends(t, c.endpoint)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hush-hush") {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	endpoint := httptest.NewServer(nil)
	endpoint.Close()
	s := conform.NewSender(conform.SenderConfig{Now: time.Now})
	err := s.Send(t.Context(), conform.Message{What: "a query", Method: http.MethodGet, URL: endpoint.URL}).WantRefused()
	if err == nil || !strings.HasPrefix(err.Error(), "sent a query, got no connection, since nobody listens there: ") {
		t.Error(err)
	}
}

// TestAnAddressThatHangsIsLeftAlone: a run against an endpoint that hangs ends.
func TestAnAddressThatHangsIsLeftAlone(t *testing.T) {
	var asked atomic.Int32
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hangs" {
			asked.Add(1)
			<-r.Context().Done()
		}
	}))
	defer endpoint.Close()
	s := conform.NewSender(conform.SenderConfig{Timeout: 20 * time.Millisecond, Now: time.Now})
	send := func(path string) error {
		return s.Send(t.Context(), conform.Message{What: "a query", Method: http.MethodGet, URL: endpoint.URL + path}).WantEmpty()
	}
	var last error
	for range 10 {
		last = send("/hangs?a=1")
	}
	if asked.Load() != 3 || last == nil || !strings.Contains(last.Error(), "not sent: the messages before it to the same address got no answer in time") {
		t.Errorf("asked %d times, %v", asked.Load(), last)
	}
	if err := send("/answers"); err != nil {
		t.Error(err)
	}
}

func TestHeadersGoOutAsTheyAreSpelt(t *testing.T) {
	var got http.Header
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Clone() }))
	defer endpoint.Close()
	s := conform.NewSender(conform.SenderConfig{Now: time.Now})
	x := s.Send(t.Context(), conform.Message{Method: http.MethodPost, URL: endpoint.URL, Header: http.Header{"x-aksk": {"token"}}, Body: "{}"})
	if x.Reply.Err != nil || got.Get("X-AKSK") != "token" || got.Get("Authorization") != "" {
		t.Errorf("%v, %v", x.Reply.Err, got)
	}
}

func TestLeaksAreNoticedWhicheverMessageTheyAnswer(t *testing.T) {
	for body, want := range map[string]string{
		`{"code":"InternalError"}`:                   "",
		`{"expected":"hush-hush"}`:                   "sent a query, and the answer holds a secret that the endpoint was given",
		"panic: boom\ngoroutine 7 [running]:":        `sent a query, and the answer holds "goroutine", which is about its inside`,
		"Traceback (most recent call last):\n  File": `sent a query, and the answer holds "Traceback (most recent call last)", which is about its inside`,
	} {
		endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		s := conform.NewSender(conform.SenderConfig{Secrets: []string{"hush-hush", ""}, Now: time.Now})
		s.Send(t.Context(), conform.Message{What: "a query", Method: http.MethodGet, URL: endpoint.URL})
		endpoint.Close()
		if got := s.Leak(); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

// stepping is a clock that goes on by a step each time it is read.
func stepping(step time.Duration) func() time.Time {
	now := clock()
	return func() time.Time { now = now.Add(step); return now }
}

func TestLatenciesAreHeldAgainstTheLimit(t *testing.T) {
	endpoint := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer endpoint.Close()
	for _, c := range []struct {
		took time.Duration
		note bool
		says string
	}{
		{50 * time.Millisecond, true, "20 answers: p50 50ms, p99 50ms, slowest 50ms; the limit is 700ms"},
		{2 * time.Second, false, "3 answers: p50 2s, p99 2s, slowest 2s; the limit is 700ms"}, // five seconds are enough
	} {
		s := conform.NewSender(conform.SenderConfig{Now: stepping(c.took)})
		err := conform.Sampling{Count: 20, Limit: 700 * time.Millisecond}.Measure(t.Context(), func(ctx context.Context) conform.Exchange {
			return s.Send(ctx, conform.Message{What: "a receipt", Method: http.MethodGet, URL: endpoint.URL})
		})
		if _, note := errors.AsType[conform.Note](err); err == nil || err.Error() != c.says || note != c.note {
			t.Errorf("%v: %v, note %v", c.took, err, note)
		}
	}
}

// TestHangingUpIsRefusingOnlyOfWhoGoesOn: an endpoint that is silent, or gone, has
// turned nothing away.
func TestHangingUpIsRefusingOnlyOfWhoGoesOn(t *testing.T) {
	hangsUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	answers := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, c := range map[string]struct {
		huge, next http.HandlerFunc
		timeout    time.Duration
		fault      string
	}{
		"refused":            {answers(413), hangsUp, 10 * time.Second, ""},
		"taken":              {answers(200), answers(200), 10 * time.Second, "a refusal with a status 4xx is due"},
		"hung up on":         {hangsUp, answers(200), 10 * time.Second, ""},
		"hangs up on anyone": {hangsUp, hangsUp, 10 * time.Second, "an endpoint that hangs up instead has to answer what comes then, and does not"},
		"falls silent":       {silent, answers(200), 100 * time.Millisecond, "got no answer within 100ms: a refusal with a status 4xx is due"},
	} {
		t.Run(name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc("/huge", c.huge)
			mux.HandleFunc("/next", c.next)
			endpoint := httptest.NewServer(mux)
			defer endpoint.Close()
			s := conform.NewSender(conform.SenderConfig{Timeout: c.timeout, Now: time.Now})
			send := func(path string) conform.Exchange {
				return s.Send(t.Context(), conform.Message{What: "a query", Method: http.MethodGet, URL: endpoint.URL + path})
			}
			err := send("/huge").WantTurnedAway(func() conform.Exchange { return send("/next") })
			if (err == nil) != (c.fault == "") || err != nil && !strings.HasSuffix(err.Error(), c.fault) {
				t.Errorf("%v, want %q", err, c.fault)
			}
		})
	}
}

func TestAnAnswerWithoutEndIsNoneInTime(t *testing.T) {
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(strings.Repeat("x", len(r.URL.RawQuery)<<16)))
	}))
	defer endpoint.Close()
	s := conform.NewSender(conform.SenderConfig{Now: time.Now})
	for query, timely := range map[string]bool{"": true, "?long": false} {
		err := s.Send(t.Context(), conform.Message{What: "a query", Method: http.MethodGet, URL: endpoint.URL + query}).Within(time.Minute)
		if (err == nil) != timely {
			t.Errorf("%q: %v", query, err)
		}
	}
}
