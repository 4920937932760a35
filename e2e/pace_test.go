package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// What becomes of a request under load.
const (
	served   = "served"   // did what it is for
	fallback = "fallback" // a query that was answered without the store
	refused  = "refused"  // 503 with Retry-After
	silent   = "silent"   // no answer before the sender hung up
	wrong    = "wrong"    // anything else
)

// stream is one kind of request, sent over as many connections as it needs.
type stream struct {
	t       testing.TB
	address string
	compose func() []byte            // a request
	means   func(body string) string // what a 200 is: served, fallback, or wrong
	patient time.Duration            // then the sender hangs up

	mu   sync.Mutex
	idle []*wire
	told sync.Once
}

// wire is one connection.
type wire struct {
	net.Conn
	answers *bufio.Reader
}

// ends is what became of the requests of a while: how long each took, from the moment
// when it was due, by what became of it.
type ends map[string][]time.Duration

// steady sends requests at a rate, each at the moment when it is due, whether those
// before it have their answers or not, and waits for the last answer.
func (s *stream) steady(rate float64, lasts time.Duration) ends {
	runtime.LockOSThread() // Go's timers come up to a millisecond late
	defer runtime.UnlockOSThread()
	every := time.Duration(float64(time.Second) / rate)
	var group sync.WaitGroup
	var mu sync.Mutex
	all := ends{}
	start := time.Now()
	for due := start; due.Sub(start) < lasts; due = due.Add(every) {
		if rest := time.Until(due); rest > 0 {
			pause := syscall.NsecToTimespec(int64(rest))
			_ = syscall.Nanosleep(&pause, nil)
		}
		request := s.compose()
		group.Go(func() {
			what := s.send(request)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			all[what] = append(all[what], took)
		})
	}
	group.Wait()
	return all
}

// closed sends requests over n connections, each after the answer to the one before,
// and gives how many a second were served.
func (s *stream) closed(n int, lasts time.Duration) (rate float64) {
	var group sync.WaitGroup
	counts := make([]int, n)
	start := time.Now()
	for i := range n {
		group.Go(func() {
			for time.Since(start) < lasts {
				if s.send(s.compose()) == served {
					counts[i]++
				}
			}
		})
	}
	group.Wait()
	for _, count := range counts {
		rate += float64(count)
	}
	return rate / time.Since(start).Seconds()
}

// send sends one request, and tells what became of it.
func (s *stream) send(request []byte) string {
	w := s.take()
	if w == nil {
		return silent
	}
	_ = w.SetDeadline(time.Now().Add(s.patient))
	if _, err := w.Write(request); err != nil {
		_ = w.Close()
		return silent
	}
	resp, err := http.ReadResponse(w.answers, nil)
	if err != nil {
		_ = w.Close()
		return silent
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		_ = w.Close()
		return silent
	}
	s.give(w, resp.Close)
	return s.judge(resp, string(body))
}

func (s *stream) judge(resp *http.Response, body string) string {
	what := wrong
	switch {
	case resp.StatusCode == http.StatusOK:
		what = s.means(body)
	case resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		what = refused
	}
	if what == wrong {
		s.told.Do(func() { s.t.Errorf("answer: %d %.300s", resp.StatusCode, body) })
	}
	return what
}

// take is a connection that nobody uses; nil: none can be had.
func (s *stream) take() *wire {
	s.mu.Lock()
	if n := len(s.idle); n > 0 {
		w := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		return w
	}
	s.mu.Unlock()
	conn, err := net.DialTimeout("tcp", s.address, s.patient)
	if err != nil {
		return nil
	}
	return &wire{conn, bufio.NewReader(conn)}
}

func (s *stream) give(w *wire, ended bool) {
	if ended {
		_ = w.Close()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, w)
}

// count is how many requests there were.
func (y ends) count() (n int) {
	for _, all := range y {
		n += len(all)
	}
	return n
}

// share is the part of which that became.
func (y ends) share(what string) float64 { return float64(len(y[what])) / float64(max(y.count(), 1)) }

// quantile is of all requests, in milliseconds.
func (y ends) quantile(q float64) float64 {
	var all []time.Duration
	for _, some := range y {
		all = append(all, some...)
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return float64(all[int(q*float64(len(all)-1))]) / float64(time.Millisecond)
}

// String counts each end.
func (y ends) String() string {
	return fmt.Sprintf("%d served, %d fell back, %d refused, %d without answer, %d wrong",
		len(y[served]), len(y[fallback]), len(y[refused]), len(y[silent]), len(y[wrong]))
}

// raw is a request as it goes over the wire.
func raw(t testing.TB, req *http.Request) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := req.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
