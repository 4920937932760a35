package conform

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits of an exchange.
const (
	// maxAnswer is how much of an answer is read; no answer of the contracts is
	// anywhere near.
	maxAnswer = 64 << 10
	// maxSilences is after how many messages in a row that an address did not
	// answer in time no more are sent there, so that a run against an endpoint
	// that hangs ends.
	maxSilences = 3
)

// Message is one request to an endpoint. Header names go out as they are spelt.
type Message struct {
	// What it is, in words: "a query signed with another key".
	What string
	// Method, URL, Header and Body of the request. The URL may hold a secret.
	Method, URL string
	Header      http.Header
	Body        string
}

// Reply is what came back.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	// Long: there was more than anybody reads.
	Long bool
	// Took is the time from the first byte out to the last byte in.
	Took time.Duration
	// Err is why there is no answer, or only a part of it.
	Err error
}

// OK reports whether the answer is there and has the status 200.
func (r Reply) OK() bool { return r.Err == nil && r.Status == http.StatusOK }

// Refuses reports whether the answer is there and has a status from 400 to 499.
func (r Reply) Refuses() bool { return r.Err == nil && r.Status >= 400 && r.Status < 500 }

// SenderConfig says how messages are sent.
type SenderConfig struct {
	// Timeout is after how long there is no answer; 0: three seconds.
	Timeout time.Duration
	// Secrets are never shown, and an answer that holds one is a leak.
	Secrets []string
	// Now is a clock; required.
	Now func() time.Time
}

// Sender sends messages. It is safe for concurrent use.
type Sender struct {
	c    SenderConfig
	http *http.Client

	mu       sync.Mutex
	silences map[string]int
	leaks    []string
}

// NewSender returns a sender. It follows no redirection and uses no proxy, and
// opens a connection for each message, as the platforms do.
func NewSender(c SenderConfig) *Sender {
	if c.Timeout == 0 {
		c.Timeout = 3 * time.Second
	}
	c.Secrets = slices.DeleteFunc(slices.Clone(c.Secrets), func(s string) bool { return s == "" })
	return &Sender{c: c, silences: map[string]int{}, http: &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// errSilent: a message was not sent, because nobody answers there.
var errSilent = errors.New("not sent: the messages before it to the same address got no answer in time")

// Send sends a message and returns what became of it.
func (s *Sender) Send(ctx context.Context, m Message) Exchange {
	address, _, _ := strings.Cut(m.URL, "?")
	if s.silent(address, 0) >= maxSilences {
		return Exchange{Message: m, Reply: Reply{Err: errSilent}, sender: s}
	}
	timed, cancel := context.WithTimeout(ctx, s.c.Timeout)
	defer cancel()
	start := s.c.Now()
	r := s.exchange(timed, m)
	r.Took = s.c.Now().Sub(start)
	if r.Err != nil && timed.Err() != nil && ctx.Err() == nil {
		r.Err = errLate
		s.silent(address, 1)
	} else {
		s.silent(address, -1)
	}
	s.inspect(m, r)
	return Exchange{Message: m, Reply: r, sender: s}
}

// silent counts how often an address was silent in a row: one more, as before, or
// none any longer.
func (s *Sender) silent(address string, change int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if change < 0 {
		s.silences[address] = 0
	} else {
		s.silences[address] += change
	}
	return s.silences[address]
}

// exchange does it over HTTP.
func (s *Sender) exchange(ctx context.Context, m Message) Reply {
	req, err := http.NewRequestWithContext(ctx, m.Method, m.URL, strings.NewReader(m.Body))
	if err != nil {
		return Reply{Err: err}
	}
	if m.Body == "" {
		req.Body = http.NoBody
	}
	for name, values := range m.Header {
		req.Header[name] = values
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return Reply{Err: err}
	}
	defer resp.Body.Close()
	r := Reply{Status: resp.StatusCode, Header: resp.Header}
	r.Body, r.Err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if len(r.Body) > maxAnswer {
		r.Body, r.Long = r.Body[:maxAnswer], true
	}
	return r
}
