package server_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"xmode/server"
)

// hall is an HTTP server with room for so many connections, on which /genuine is a
// message that proves who sent it.
type hall struct {
	t    *testing.T
	addr string
	reg  *prometheus.Registry
	mu   sync.Mutex
	log  bytes.Buffer
}

func (h *hall) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(p)
}

func newHall(t *testing.T, most int) *hall {
	t.Helper()
	h := &hall{t: t, reg: prometheus.NewRegistry()}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.addr = l.Addr().String()
	limited, changed := server.Connections(l, most, time.Now, slog.New(slog.NewTextHandler(h, nil)), h.reg)
	s := &http.Server{ConnState: changed, ConnContext: server.WithConnection, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/genuine" {
			server.Vouch(r.Context())
		}
		if r.URL.Path == "/long" {
			server.Vouch(r.Context())
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	})}
	done := make(chan struct{})
	go func() { _ = s.Serve(limited); close(done) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return h
}

// guest is a connection to the hall.
type guest struct {
	h    *hall
	conn net.Conn
	in   *bufio.Reader
}

func (h *hall) enters() *guest {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = conn.Close() })
	return &guest{h, conn, bufio.NewReader(conn)}
}

// says sends a request and reports whether it was answered.
func (g *guest) says(path string) bool {
	g.h.t.Helper()
	_, _ = io.WriteString(g.conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
	_ = g.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	answer, err := http.ReadResponse(g.in, nil)
	if err != nil {
		return false
	}
	if path != "/long" {
		_, _ = io.Copy(io.Discard, answer.Body)
	}
	return true
}

// gone reports whether the other side has hung up.
func (g *guest) gone() bool {
	g.h.t.Helper()
	_ = g.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, err := g.in.ReadByte()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		g.h.t.Fatal("the connection is still there")
	}
	return err != nil
}

// TestNewConnectionsAreAlwaysTaken: when there are too many, those make room that never
// carried a genuine message, the one first that was silent for longest.
func TestNewConnectionsAreAlwaysTaken(t *testing.T) {
	h := newHall(t, 4)
	platform := h.enters()
	if !platform.says("/genuine") {
		t.Fatal("no answer")
	}
	silent, stranger := h.enters(), h.enters()
	if !stranger.says("/") {
		t.Fatal("no answer")
	}
	for range 10 {
		if late := h.enters(); !late.says("/") {
			t.Fatal("a new connection got no answer")
		}
	}
	if !silent.gone() || !stranger.gone() {
		t.Error("strangers are still there")
	}
	if !platform.says("/genuine") {
		t.Error("the platform's connection was closed")
	}
	if err := testutil.GatherAndCompare(h.reg, strings.NewReader(`# HELP xmode_connections Open connections, by listener.
# TYPE xmode_connections gauge
xmode_connections{listener="public"} 4
# HELP xmode_connections_shed_total Connections closed because there were too many, or too many open files, by listener.
# TYPE xmode_connections_shed_total counter
xmode_connections_shed_total{listener="public"} 9
`), "xmode_connections", "xmode_connections_shed_total"); err != nil {
		t.Error(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if said := h.log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, `msg="all connections are taken, the least useful ones are closed" listener=public connections=4`) {
		t.Errorf("said\n%s", said)
	}
}

// TestConnectionsAtWorkStay: of those that carried genuine messages the idle ones make
// room; where all are at work, the new one goes.
func TestConnectionsAtWorkStay(t *testing.T) {
	h := newHall(t, 2)
	busy, idle := h.enters(), h.enters()
	if !busy.says("/long") || !idle.says("/genuine") {
		t.Fatal("no answer")
	}
	other := h.enters()
	if !other.says("/long") || !idle.gone() {
		t.Error("the idle connection did not make room")
	}
	if late := h.enters(); !late.gone() {
		t.Error("there was room where there should be none")
	}
}
