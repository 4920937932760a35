package verify_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xmode/simulator/load"
	"xmode/simulator/verify"
)

// fake is an admin API that answers oddly.
type fake struct {
	records, calls http.HandlerFunc
}

func (f fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v1/cdrs" {
		f.records(w, r)
	} else {
		f.calls(w, r)
	}
}

// answers writes a body of a type.
func answers(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

const (
	ndjson = "application/x-ndjson"
	line   = `{"call_id":"p-0","kind":"voice","x":"+8617000000001","caller":"+8613900000022","callee":"+8613800000021","duration_s":5,"outcome":"answered"}` + "\n"
	ended  = `{"state":"ended","queries":[{"decision":"connect"}],"records":[{}],"recordings":[]}`
)

// one is what is wanted of the one call of these tests.
func one() iter.Seq[load.Want] {
	return slices.Values([]load.Want{{
		CallID: "p-0", Decision: load.Decision{Verb: load.Connect, Callee: "13800000021"}, Caller: "13900000022", X: "17000000001", Talked: 5 * time.Second, Record: load.Due,
	}})
}

func verifier(t *testing.T, address string, change func(*verify.Config)) *verify.Verifier {
	t.Helper()
	c := verify.Config{URL: address, Key: apiKey, Platform: "aliyun", Prefix: "p-", Since: time.Now(), Patience: 20 * time.Second, Now: time.Now}
	if change != nil {
		change(&c)
	}
	v, err := verify.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// broken answers, and breaks the connection off.
func broken(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answers(contentType, body)(w, r)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func status(code int, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(code)
	}
}

func TestOddAnswers(t *testing.T) {
	fine, known := answers(ndjson, line), answers("application/json; charset=UTF-8", ended)
	for _, tt := range []struct {
		name string
		fake fake
		err  error
		want string
	}{
		{"page", fake{answers("text/html", "<html>"), known}, verify.ErrAPI, `read call records: this is not the admin API: it answers with "text/html"`},
		{"nothing", fake{status(200, "text/plain"), known}, verify.ErrAPI, `read call records: this is not the admin API: it answers with "text/plain"`},
		{"lines that are none", fake{answers(ndjson, line+"<html>\n"), known}, verify.ErrAPI, "read call records: this is not the admin API: a line cannot be read"},
		{"line without end", fake{answers(ndjson, strings.Repeat("x", 5<<20)), known}, verify.ErrAPI, "read call records: this is not the admin API: a line is too long"},
		{"no such path", fake{status(404, "application/json"), known}, verify.ErrAPI, "read call records: this is not the admin API: status 404"},
		{"fault", fake{status(500, "application/json"), known}, verify.ErrAPI, "read call records: this is not the admin API: status 500"},
		{"store away", fake{status(503, "application/json"), known}, verify.ErrAway, "read call records: the admin API does not answer: status 503"},
		{"broken off between lines", fake{broken(ndjson, line), known}, verify.ErrAway, "read call records: the admin API does not answer: unexpected EOF"},
		{"broken off in a line", fake{broken(ndjson, line+line[:40]), known}, verify.ErrAway, "read call records: the admin API does not answer: unexpected EOF"},
		{"page for a call", fake{fine, answers("text/html", "<html>")}, verify.ErrAPI, `read calls: this is not the admin API: it answers with "text/html"`},
		{"no such page for a call", fake{fine, status(404, "text/html")}, verify.ErrAPI, "read calls: this is not the admin API: status 404"},
		{"call that is none", fake{fine, answers("application/json", "[]")}, verify.ErrAPI, "read calls: this is not the admin API: the answer cannot be read"},
		{"call broken off", fake{fine, broken("application/json", ended[:20])}, verify.ErrAway, "read calls: the admin API does not answer: unexpected EOF"},
		{"key taken back", fake{fine, status(401, "application/json")}, verify.ErrKey, "read calls: the admin API does not take the key: status 401"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewServer(tt.fake)
			defer s.Close()
			verdict, err := verifier(t, s.URL, nil).Verify(t.Context(), one(), 1)
			if verdict != nil || !errors.Is(err, tt.err) || err.Error() != tt.want {
				t.Errorf("got %v, %v\nwant %s", verdict, err, tt.want)
			}
		})
	}
	s := httptest.NewServer(fake{fine, known}) // what all of them are but for one thing
	defer s.Close()
	if verdict, err := verifier(t, s.URL+"/", nil).Verify(t.Context(), one(), 1); err != nil || !verdict.OK() || verdict.CallsRight != 1 || verdict.RecordsRight != 1 {
		t.Errorf("%v, %v", verdict, err)
	}
}

func TestWrongKey(t *testing.T) {
	e := serve(t)
	v := verifier(t, e.admin, func(c *verify.Config) { c.Key = "fedcba9876543210" })
	_, err := v.Verify(t.Context(), one(), 1)
	if want := "read call records: the admin API does not take the key: status 401"; !errors.Is(err, verify.ErrKey) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = verifier(t, e.public, nil).Verify(t.Context(), one(), 1) // the listener of the platforms
	if want := "read call records: this is not the admin API: status 404"; !errors.Is(err, verify.ErrAPI) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNobodyThere(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	_, err := verifier(t, s.URL, nil).Verify(t.Context(), one(), 1)
	if want := "read call records: the admin API does not answer: connection refused"; !errors.Is(err, verify.ErrAway) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestRedirection is not followed: the key is for one address. A client that would
// follow is not given the chance.
func TestRedirection(t *testing.T) {
	var followed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	defer other.Close()
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer s.Close()
	v := verifier(t, s.URL, func(c *verify.Config) { c.HTTP = &http.Client{} })
	_, err := v.Verify(t.Context(), one(), 1)
	if want := "read call records: this is not the admin API: status 307"; err == nil || err.Error() != want || followed.Load() {
		t.Errorf("got %v, followed %v", err, followed.Load())
	}
}

// TestAnswerThatStopsComing: before it begins, in the middle of a stream, and of a
// call.
func TestAnswerThatStopsComing(t *testing.T) {
	hangs := func(contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if body != "" {
				answers(contentType, body)(w, r)
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		}
	}
	for name, tt := range map[string]struct {
		fake fake
		want string
	}{
		"at once":     {fake{hangs("", ""), nil}, "read call records: the admin API does not answer in time"},
		"in a stream": {fake{hangs(ndjson, line), nil}, "read call records: the admin API does not answer in time"},
		"in a call":   {fake{answers(ndjson, line), hangs("application/json", "{")}, "read calls: the admin API does not answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(tt.fake)
			defer s.Close()
			v := verifier(t, s.URL, func(c *verify.Config) { c.Patience = 200 * time.Millisecond })
			if _, err := v.Verify(t.Context(), one(), 1); !errors.Is(err, verify.ErrAway) || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// TestInterrupted: while records come, while calls are read, and while something is
// waited for.
func TestInterrupted(t *testing.T) {
	for name, where := range map[string]string{"records": "/v1/cdrs", "calls": "/v1/calls", "wait": ""} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stop := func(next http.HandlerFunc) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == where {
						cancel()
						<-r.Context().Done()
						return
					}
					next(w, r)
					if r.URL.Path == "/v1/calls" {
						time.AfterFunc(50*time.Millisecond, cancel)
					}
				}
			}
			s := httptest.NewServer(fake{stop(answers(ndjson, line)), stop(answers("application/json", `{"records":[{}]}`))})
			defer s.Close()
			v := verifier(t, s.URL, func(c *verify.Config) { c.Settle = time.Hour })
			if verdict, err := v.Verify(ctx, one(), 1); !errors.Is(err, context.Canceled) || verdict != nil {
				t.Errorf("got %v, %v", verdict, err)
			}
		})
	}
}

// TestWhatComesLater is waited for, and asked for seldom.
func TestWhatComesLater(t *testing.T) {
	var asked atomic.Int64
	later := func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) < 3 {
			answers("application/json", strings.Replace(ended, `{"decision":"connect"}`, "", 1))(w, r)
			return
		}
		answers("application/json", ended)(w, r)
	}
	s := httptest.NewServer(fake{answers(ndjson, line), later})
	defer s.Close()
	v := verifier(t, s.URL, func(c *verify.Config) { c.Settle = time.Minute })
	if verdict, err := v.Verify(t.Context(), one(), 1); err != nil || !verdict.OK() || asked.Load() != 3 {
		t.Errorf("%v, %v, asked %d times", verdict, err, asked.Load())
	}
}

// TestDifferencesAreBounded, and speak of nothing that they should not.
func TestDifferencesAreBounded(t *testing.T) {
	const calls = 500
	text := &strings.Builder{}
	var wants []load.Want
	for n := range calls {
		id := fmt.Sprintf("p-%d", n)
		fmt.Fprintf(text, `{"call_id":%q,"kind":"\u001b[31m","x":"+8617000000001","caller":"13800000077 x","callee":"+8613800000055","outcome":"o"}`+"\n", id)
		wants = append(wants, load.Want{CallID: id, X: "17000000001", Caller: "13900000022", Record: load.Perhaps})
	}
	s := httptest.NewServer(fake{answers(ndjson, text.String()), nil})
	defer s.Close()
	verdict, err := verifier(t, s.URL, nil).Verify(t.Context(), slices.Values(wants), calls)
	if err != nil || verdict.Wrong != calls || verdict.RecordsWrong != calls || len(verdict.Differences) != 100 {
		t.Fatalf("%v, %v", verdict, err)
	}
	want := `record of "p-0": kind "\x1b[31m", want "voice", caller what is no number, want *********22, callee ************55, want none, outcome "o", want blocked`
	if verdict.Differences[0] != want {
		t.Errorf("got  %s\nwant %s", verdict.Differences[0], want)
	}
	if !strings.HasSuffix(verdict.String(), "\nwrong: 400 more") {
		t.Error(verdict)
	}
}

func TestConfig(t *testing.T) {
	for _, address := range []string{"", "ftp://x", "http://", "::"} {
		_, err := verify.New(verify.Config{URL: address})
		for _, want := range []error{verify.ErrURL, verify.ErrNames, verify.ErrNow} {
			if !errors.Is(err, want) {
				t.Errorf("%q: %v, want %v", address, err, want)
			}
		}
	}
	if text := fmt.Sprintf("%v %+v", verifier(t, "http://x", nil), verifier(t, "http://x", nil)); strings.Contains(text, apiKey) {
		t.Error("it shows the key")
	}
}

func TestWantOfAnotherLoad(t *testing.T) {
	for _, id := range []string{"q-0", "p-", "p-x", "p-1", "p--1", "p-00", "p-+0"} {
		_, err := verifier(t, "http://x", nil).Verify(t.Context(), slices.Values([]load.Want{{CallID: id}}), 1)
		if !errors.Is(err, verify.ErrWants) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
