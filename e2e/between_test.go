package e2e_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// passing is a message on its way through a stand-in to the endpoint, and its answer
// on its way back.
type passing struct {
	method, path, query, body string
	header                    http.Header
	gone                      <-chan struct{} // closed when the sender gives up

	upstream string
	ctx      context.Context
	sent     bool
	status   int
	answer   string
	kind     string // Content-Type of the answer
}

// send asks the right endpoint, once.
func (x *passing) send() {
	if x.sent {
		return
	}
	x.sent = true
	target := x.upstream + x.path
	if x.query != "" {
		target += "?" + x.query
	}
	req, err := http.NewRequestWithContext(x.ctx, x.method, target, strings.NewReader(x.body))
	if err != nil {
		return
	}
	req.Header = x.header
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	var text bytes.Buffer
	_, _ = text.ReadFrom(resp.Body)
	x.status, x.answer, x.kind = resp.StatusCode, text.String(), resp.Header.Get("Content-Type")
}

// says answers in the endpoint's place.
func (x *passing) says(status int, kind, body string) {
	x.sent, x.status, x.kind, x.answer = true, status, kind, body
}

// has reports whether the query string or the body holds a text.
func (x *passing) has(text string) bool { return strings.Contains(x.query+"&"+x.body, text) }

// between starts a stand-in for an endpoint that spoils what passes. Its address is
// returned.
func between(t *testing.T, public string, spoil func(*passing)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		x := &passing{
			method: r.Method, path: r.URL.EscapedPath(), query: r.URL.RawQuery, body: string(body), header: r.Header.Clone(),
			upstream: "http://" + public, ctx: r.Context(), gone: r.Context().Done(),
		}
		spoil(x)
		x.send()
		if x.status == 0 {
			panic(http.ErrAbortHandler) // the endpoint hung up
		}
		if x.kind != "" {
			w.Header().Set("Content-Type", x.kind)
		}
		w.WriteHeader(x.status)
		_, _ = io.WriteString(w, x.answer)
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}
