package handlers_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xmode/store"
)

// read reads an answer whole.
func read(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(body))
}

// raw sends bytes to a server and reads the first answer. With half the
// connection is closed for writing afterwards.
func raw(t *testing.T, addr, text string, half bool) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	if half {
		_ = conn.(*net.TCPConn).CloseWrite()
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return response, read(t, response)
}

// Bodies that end early or never are refused, and so is the rest of the
// connection, on which nobody knows what comes next.
func TestBadBodies(t *testing.T) {
	server := httptest.NewUnstartedServer(public(deps(t, &fakeStore{route: admits(store.Fresh)})))
	server.Config.ReadTimeout = 200 * time.Millisecond
	server.Start()
	defer server.Close()
	const post = "POST /acme/query HTTP/1.1\r\nHost: x\r\n"
	for _, tt := range []struct {
		name, text string
		half       bool
		status     int
		want       string
	}{
		{"cut off", post + "Content-Length: 10\r\n\r\nabc", true, 400,
			`{"code":"MalformedBody","message":"body: cut off or too slow"}`},
		{"slow", post + "Content-Length: 10\r\n\r\nabc", false, 400,
			`{"code":"MalformedBody","message":"body: cut off or too slow"}`},
		{"chunks cut off", post + "Transfer-Encoding: chunked\r\n\r\n5\r\nab", true, 400,
			`{"code":"MalformedBody","message":"body: cut off or too slow"}`},
		{"chunk size of letters", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\nab", false, 400,
			`{"code":"MalformedBody","message":"body: cut off or too slow"}`},
		{"announced too large", post + "Content-Length: 2097152\r\n\r\n", false, 413,
			`{"code":"BodyTooLarge","message":"body too large"}`},
		{"grows too large", post + "Transfer-Encoding: chunked\r\n\r\n800\r\n" + strings.Repeat("x", 2048) + "\r\n", false, 413,
			`{"code":"BodyTooLarge","message":"body too large"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			response, body := raw(t, server.Listener.Addr().String(), tt.text, tt.half)
			if response.StatusCode != tt.status || body != tt.want || !response.Close {
				t.Errorf("answered %d %s, close %v; want %d %s, close", response.StatusCode, body, response.Close, tt.status, tt.want)
			}
		})
	}
}

// Two MiB are refused without being swallowed, and the sender can read why.
func TestTwoMegabytes(t *testing.T) {
	server := httptest.NewServer(public(deps(t, &fakeStore{route: admits(store.Fresh)})))
	defer server.Close()
	response, err := http.Post(server.URL+"/acme/push", "application/json", bytes.NewReader(make([]byte, 2<<20)))
	if err != nil {
		t.Fatal(err)
	}
	if body := read(t, response); response.StatusCode != 413 || body != `{"code":"BodyTooLarge","message":"body too large"}` {
		t.Errorf("answered %d %s", response.StatusCode, body)
	}
}

// A body of unknown length up to the limit is read whole, and the connection
// serves the next query.
func TestChunkedBodies(t *testing.T) {
	server := httptest.NewServer(public(deps(t, &fakeStore{route: admits(store.Fresh)})))
	defer server.Close()
	for range 2 {
		response, err := http.Post(server.URL+"/acme/query", "application/json",
			io.MultiReader(strings.NewReader(strings.Repeat("a", 1000)), strings.NewReader(strings.Repeat("b", 24))))
		if err != nil {
			t.Fatal(err)
		}
		if body := read(t, response); response.StatusCode != 200 || response.Close {
			t.Errorf("answered %d %s, close %v", response.StatusCode, body, response.Close)
		}
	}
}
