package e2e_test

import (
	"bytes"
	"context"
	"net"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/store/storetest"
)

// server is a redis-server that can be killed, and started again at the same
// address on what is left in its folder.
type server struct {
	t      testing.TB
	addr   string
	line   []string // command and arguments
	group  int      // process group of the present process
	exited chan struct{}
	errs   bytes.Buffer
}

// restartable starts a server with arguments of its own, by a tracer if wrap is
// not empty.
func restartable(t testing.TB, wrap []string, args ...string) *server {
	t.Helper()
	var s *server
	dir := t.TempDir()
	for range 5 { // the free port may be taken before the server binds it
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		host, port, _ := net.SplitHostPort(l.Addr().String())
		_ = l.Close()
		line := append(slices.Clone(wrap), "redis-server", "--bind", host, "--port", port, "--dir", dir,
			"--save", "", "--maxmemory-policy", "noeviction", "--loglevel", "warning")
		s = &server{t: t, addr: l.Addr().String(), line: append(line, args...)}
		if s.starts() {
			return s
		}
	}
	t.Fatalf("%s does not start: %s", strings.Join(s.line, " "), s.errs.String())
	return nil
}

// start starts the server again.
func (s *server) start() {
	s.t.Helper()
	if !s.starts() {
		s.t.Fatalf("redis-server does not start again: %s", s.errs.String())
	}
}

// starts reports whether the server answers.
func (s *server) starts() bool {
	s.t.Helper()
	s.begin()
	return storetest.Answers(s.addr, s.exited)
}

// begin starts the server and waits for nothing.
func (s *server) begin() {
	s.t.Helper()
	cmd := exec.Command(s.line[0], s.line[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a tracer and its child end together
	cmd.Stderr = &s.errs
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("%s: %v (make deps installs what the tests need)", s.line[0], err)
	}
	exited := make(chan struct{})
	s.group, s.exited = cmd.Process.Pid, exited
	go func() { _ = cmd.Wait(); close(exited) }()
	s.t.Cleanup(s.kill)
}

// kill ends the server with SIGKILL.
func (s *server) kill() {
	select {
	case <-s.exited:
	default:
		_ = syscall.Kill(-s.group, syscall.SIGKILL)
		<-s.exited
	}
}

// quit has the server end by itself.
func (s *server) quit() {
	s.t.Helper()
	_ = s.client().ShutdownNoSave(context.Background()).Err() // the connection breaks
	select {
	case <-s.exited:
	case <-time.After(20 * time.Second):
		s.t.Fatal("redis-server does not stop")
	}
}

func (s *server) client() *redis.Client { return clientOf(s.t, s.addr) }

// clientOf looks into a server past the product.
func clientOf(t testing.TB, addr string) *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: addr, ReadTimeout: 20 * time.Second, MaxRetries: -1})
	t.Cleanup(func() { _ = c.Close() })
	return c
}
