package storetest

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// Redis starts a redis-server of the test's own on a free port, in a temporary
// folder, and returns its address. Extra arguments are appended to its command
// line. It ends with the test. A machine without redis-server fails the test:
// skipping would hide that nothing real was tested.
func Redis(t testing.TB, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("these tests need redis-server: make deps, or: sudo apt-get install -y redis-server")
	}
	for range 5 { // the free port may be taken before the server binds it
		if addr, ok := start(t, path, args); ok {
			return addr
		}
	}
	t.Fatal("redis-server does not start")
	return ""
}

func start(t testing.TB, path string, args []string) (string, bool) {
	port := freePort(t)
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	base := []string{
		"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", t.TempDir(),
		"--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--loglevel", "warning",
	}
	cmd := exec.Command(path, append(base, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting redis-server: %v", err)
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-exited })
	return addr, Answers(addr, exited)
}

// Answers waits until a server answers PING, for at most twenty seconds; false: it
// does not, or has exited.
func Answers(addr string, exited <-chan struct{}) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for {
		select {
		case <-exited:
			return false
		case <-limit:
			return false
		case <-tick.C:
			if ping(addr) == nil {
				return true
			}
		}
	}
}

func ping(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, "PING\r\n"); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && line != "+PONG\r\n" {
		err = fmt.Errorf("answered %q", line)
	}
	return err
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
