package storetest

import (
	"crypto/tls"
	"net"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Redis starts a redis-server of the test's own on a free port, in a temporary
// folder, and returns its address. Extra arguments are appended to its command
// line. It ends with the test. A machine without redis-server fails the test:
// skipping would hide that nothing real was tested.
func Redis(t testing.TB, args ...string) string {
	t.Helper()
	return Serve(t, args...).Addr
}

// Server is a redis-server process that a test may kill, hold up, and start again
// on what is left in its folder.
type Server struct {
	// Addr is where it listens, "127.0.0.1:41234".
	Addr string

	t      testing.TB
	line   []string
	tls    *tls.Config // nil: it speaks plainly
	login  []string    // user and password that [Server.Do] comes with
	cmd    *exec.Cmd
	exited chan struct{}
	paused bool
}

// Serve is [Redis] with the process in hand.
func Serve(t testing.TB, args ...string) *Server {
	t.Helper()
	return launch(t, Server{}, func(port int) []string { return append(settings(t, port), args...) })
}

// settings of a server that keeps nothing on disk.
func settings(t testing.TB, port int) []string {
	return []string{
		"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", t.TempDir(), "--repl-diskless-sync-delay", "0",
		"--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--loglevel", "warning",
	}
}

// launch starts a server on a free port, with what line makes of the port.
func launch(t testing.TB, as Server, line func(port int) []string) *Server {
	t.Helper()
	for range 10 { // the free port may be taken before the server binds it
		port := freePort(t)
		s := as
		s.t, s.Addr, s.line = t, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), line(port)
		if s.starts() {
			return &s
		}
	}
	t.Fatal("redis-server does not start")
	return nil
}

// starts reports whether the server answers.
func (s *Server) starts() bool {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Fatal("these tests need redis-server: make deps, or: sudo apt-get install -y redis-server")
	}
	cmd := exec.Command(path, s.line...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what it forks to write to disk ends with it
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("starting redis-server: %v", err)
	}
	exited := make(chan struct{})
	s.cmd, s.exited, s.paused = cmd, exited, false
	go func() { _ = cmd.Wait(); close(exited) }()
	s.t.Cleanup(func() { kill(cmd, exited) })
	return answers(exited, func() error { _, err := s.Do("PING"); return err })
}

// Start starts a killed server again.
func (s *Server) Start() {
	s.t.Helper()
	if !s.starts() {
		s.t.Fatalf("redis-server does not start again at %s", s.Addr)
	}
}

// Kill ends the server with SIGKILL.
func (s *Server) Kill() { kill(s.cmd, s.exited) }

// kill ends a process and its children.
func kill(cmd *exec.Cmd, exited <-chan struct{}) {
	select {
	case <-exited: // its number may be another's by now
	default:
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-exited
	}
}

// Pause holds the server up with SIGSTOP: its connections stay, and nobody answers.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP, true) }

// Resume lets a paused server go on.
func (s *Server) Resume() { s.signal(syscall.SIGCONT, false) }

func (s *Server) signal(what syscall.Signal, paused bool) {
	s.t.Helper()
	if err := syscall.Kill(-s.cmd.Process.Pid, what); err != nil {
		s.t.Fatalf("%v to redis-server: %v", what, err)
	}
	s.paused = paused
}

// up reports whether the server may answer.
func (s *Server) up() bool {
	select {
	case <-s.exited:
		return false
	default:
		return !s.paused
	}
}

// Answers waits until a server answers PING, for at most twenty seconds; false: it
// does not, or has exited.
func Answers(addr string, exited <-chan struct{}) bool {
	s := Server{Addr: addr}
	return answers(exited, func() error { _, err := s.Do("PING"); return err })
}

func answers(exited <-chan struct{}, ping func() error) bool {
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
			if ping() == nil {
				return true
			}
		}
	}
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
