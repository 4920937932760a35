package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"xmode/store/storetest"
)

var (
	stopping   = regexp.MustCompile(`stopping: finishing answers in flight()`)
	faultyKeys = regexp.MustCompile(`level=ERROR.*(XMODE_ALIYUN_KEYS)`)
)

// gate is a proxy before a Redis server that can hold back what goes to it.
type gate struct {
	addr, server string
	mu           sync.Mutex
	open         *sync.Cond
	closed       bool
	held         atomic.Int64
}

func pausable(t testing.TB) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	g := &gate{addr: l.Addr().String(), server: storetest.Redis(t)}
	g.open = sync.NewCond(&g.mu)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go g.carry(conn)
		}
	}()
	t.Cleanup(g.resume)
	return g
}

func (g *gate) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", g.server)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		g.pass(string(buf[:n]))
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// pass waits while the gate is closed. Queries are counted: they look up
// routes with HMGET, which pings and sweeps do not send.
func (g *gate) pass(message string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed && strings.Contains(strings.ToLower(message), "hmget") {
		g.held.Add(1)
	}
	for g.closed {
		g.open.Wait()
	}
}

func (g *gate) pause() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	g.held.Store(0)
}

func (g *gate) resume() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = false
	g.open.Broadcast()
}

func (g *gate) waiting() bool { return g.held.Load() > 0 }

// calls reads how often the server ran the commands, scripts' own included.
func (g *gate) calls(t testing.TB, commands ...string) map[string]int {
	t.Helper()
	conn, err := net.Dial("tcp", g.server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "INFO commandstats\r\nQUIT\r\n")
	calls := map[string]int{}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		for _, c := range commands {
			if rest, ok := strings.CutPrefix(lines.Text(), "cmdstat_"+c+":calls="); ok {
				n, _, _ := strings.Cut(rest, ",")
				calls[c], _ = strconv.Atoi(n)
			}
		}
	}
	return calls
}

func send(t testing.TB, req *http.Request) reply {
	t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(body)}
}
