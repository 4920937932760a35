package server

import (
	"container/list"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// How a listener goes on when no more files can be opened: it makes room, for so many
// at a time, tries again after a pause, and seldom says so.
const (
	shedAtOnce  = 8
	acceptPause = 10 * time.Millisecond
	sayEvery    = time.Minute
)

// connections are those of one listener, at most so many. No idle or slow sender keeps
// a platform out: a new connection is always taken, and when there are too many, one
// makes room. That is the one on which nothing has happened for longest: of those that
// never carried a message with a valid signature or key; where all did, of those that
// are idle. Only where all are at work, the new one goes.
type connections struct {
	*net.TCPListener
	most  int
	now   func() time.Time
	log   *slog.Logger
	count *connectionCount

	mu      sync.Mutex
	open    int
	unknown *list.List           // of *connection, by their last change
	idle    *list.List           // those known and idle, likewise
	said    map[string]time.Time // when the log heard last of each trouble

	closing sync.Once
	closed  chan struct{}
}

// newConnections limits those of a listener.
func newConnections(l *net.TCPListener, most int, now func() time.Time, log *slog.Logger, count *connectionCount) *connections {
	return &connections{TCPListener: l, most: most, now: now, log: log, count: count,
		unknown: list.New(), idle: list.New(), said: map[string]time.Time{}, closed: make(chan struct{})}
}

// Close stops accepting.
func (c *connections) Close() error {
	c.closing.Do(func() { close(c.closed) })
	return c.TCPListener.Close()
}

// Accept waits for the next connection. That no file can be opened is no error: it
// passes.
func (c *connections) Accept() (net.Conn, error) {
	for {
		tcp, err := c.AcceptTCP()
		switch {
		case err == nil:
			if conn := c.take(tcp); conn != nil {
				return conn, nil
			}
		case noFiles(err):
			c.starved(err)
		default:
			return nil, err
		}
	}
}

// noFiles reports whether an error says that too much is open, here or in the system.
func noFiles(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM)
}

// starved makes room and pauses, so that a listener without files is no busy loop.
func (c *connections) starved(err error) {
	c.count.failed.Inc()
	for range shedAtOnce {
		if victim := c.shed(c.unknown); victim != nil { // the others have more use of their files than somebody new
			_ = victim.TCPConn.Close()
		}
	}
	c.say("connections are not accepted", slog.String("error", acceptTrouble(err)))
	pause := time.NewTimer(acceptPause)
	defer pause.Stop()
	select {
	case <-c.closed:
	case <-pause.C:
	}
}

// acceptTrouble is what the system says, without addresses.
func acceptTrouble(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return "unknown"
}

// take makes room for a connection and counts it; nil: there is none to be made.
func (c *connections) take(tcp *net.TCPConn) *connection {
	c.mu.Lock()
	full := c.open >= c.most
	c.mu.Unlock()
	if full {
		c.say("all connections are taken, the least useful ones are closed", slog.Int("connections", c.most))
		victim := c.shed(c.unknown, c.idle)
		if victim == nil {
			c.count.shed.Inc()
			_ = tcp.Close()
			return nil
		}
		_ = victim.TCPConn.Close()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	conn := &connection{TCPConn: tcp, all: c}
	conn.place()
	c.open++
	c.count.open.Set(float64(c.open))
	return conn
}

// shed takes out the connection that is missed least, of the first list that has one;
// nil: there is none. The caller closes it.
func (c *connections) shed(from ...*list.List) *connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, some := range from {
		if first := some.Front(); first != nil {
			victim := first.Value.(*connection)
			victim.leave()
			c.count.shed.Inc()
			return victim
		}
	}
	return nil
}

// say logs trouble, but not all the time.
func (c *connections) say(what string, attrs ...any) {
	c.mu.Lock()
	now := c.now()
	last, said := c.said[what]
	quiet := said && now.Sub(last) < sayEvery && now.After(last)
	if !quiet {
		c.said[what] = now
	}
	c.mu.Unlock()
	if !quiet {
		c.log.Error(what, append([]any{slog.String("listener", c.count.name)}, attrs...)...)
	}
}

// changed follows what the HTTP server does with a connection.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	k := connectionOf(conn)
	if k == nil || state != http.StateActive && state != http.StateIdle {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	k.resting = state == http.StateIdle
	k.place()
}

// connection is one of them.
type connection struct {
	*net.TCPConn
	all   *connections
	known atomic.Bool // it carried a message with a valid signature or key

	// Guarded by all.mu.
	resting, gone bool
	in            *list.List // nil: none
	at            *list.Element
}

// Close closes the connection and gives its place away.
func (k *connection) Close() error {
	k.all.mu.Lock()
	k.leave()
	k.all.mu.Unlock()
	return k.TCPConn.Close()
}

// place puts a connection at the end of the list in which it belongs.
func (k *connection) place() {
	if k.gone {
		return
	}
	if k.in != nil {
		k.in.Remove(k.at)
	}
	switch {
	case !k.known.Load():
		k.in = k.all.unknown
	case k.resting:
		k.in = k.all.idle
	default:
		k.in = nil
		return
	}
	k.at = k.in.PushBack(k)
}

// leave takes a connection out, once.
func (k *connection) leave() {
	if k.gone {
		return
	}
	k.gone = true
	if k.in != nil {
		k.in.Remove(k.at)
	}
	k.all.open--
	k.all.count.open.Set(float64(k.all.open))
}

// connectionOf finds ours below TLS.
func connectionOf(conn net.Conn) *connection {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	k, _ := conn.(*connection)
	return k
}

// connectionKey is where a request's context has its connection.
type connectionKey struct{}

// withConnection lets requests know their connection.
func withConnection(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, connectionOf(conn))
}

// vouch notes that the request with this context proved who sent it.
func vouch(ctx context.Context) {
	k, _ := ctx.Value(connectionKey{}).(*connection)
	if k == nil || k.known.Swap(true) {
		return
	}
	k.all.mu.Lock()
	defer k.all.mu.Unlock()
	k.place()
}
