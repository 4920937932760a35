package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Request is one request that reached a simulated platform, and what became of
// it.
type Request struct {
	// Method, Host, Path and Query are those of the request, the path and the
	// query as they were written.
	Method, Host, Path, Query string
	// Header and Body are the request's.
	Header http.Header
	Body   string
	// At is when it arrived.
	At time.Time
	// Status is the answer's, Code the word that it was answered with, or "".
	Status int
	Code   string
}

// ErrBody: the body of a request cannot be read, or is larger than any request
// of a platform's API.
var ErrBody = errors.New("body cannot be read")

// maxBody is how much a request to a platform's API may hold.
const maxBody = 64 << 10

// Read takes a request apart; the error is [ErrBody] with the cause, beside
// everything else.
func Read(r *http.Request, at time.Time) (Request, error) {
	made := Request{
		Method: r.Method, Host: r.Host, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(), At: at,
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	made.Body = string(body[:min(len(body), maxBody)])
	if err != nil {
		return made, fmt.Errorf("%w: %w", ErrBody, err)
	}
	if len(body) > maxBody {
		return made, fmt.Errorf("%w: over %d bytes", ErrBody, maxBody)
	}
	return made, nil
}

// maxLog is how many requests a log holds, if nothing else is said.
const maxLog = 100_000

// Log holds the requests that arrived, the oldest first: what comes when it is full
// is only counted. Its zero value is ready, and it is safe for concurrent use.
type Log struct {
	// Size is how many requests it holds; 0: 100 000.
	Size int

	mu      sync.Mutex
	list    []Request
	dropped int
}

// Add notes a request.
func (l *Log) Add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) >= cmp.Or(l.Size, maxLog) {
		l.dropped++
		return
	}
	l.list = append(l.list, r)
}

// List returns the requests so far.
func (l *Log) List() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Request(nil), l.list...)
}

// Dropped is how many requests were not noted.
func (l *Log) Dropped() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}
