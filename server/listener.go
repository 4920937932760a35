package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of both listeners. A query may be 16 KiB long, and all of it may lie
// in the URL; what is longer than maxHeader is answered 431.
const (
	readHeaderTimeout = 5 * time.Second
	idleTimeout       = 120 * time.Second
	maxHeader         = 24 << 10
)

// Limits of a connection that speaks HTTP/2, which a platform may do over TLS. How many
// requests a connection has at work at a time also bounds those that it takes back at
// once; what is sent and not yet read waits in buffers of these sizes.
const (
	maxStreams   = 100
	streamBuffer = 64 << 10
	connBuffer   = 256 << 10
	pingAfter    = 30 * time.Second
)

// listener is one of the two: a socket and the HTTP server on it.
type listener struct {
	name   string
	http   *http.Server
	socket net.Listener
}

// plan says how to make a listener.
type plan struct {
	name, address     string
	certFile, keyFile string
	handler           http.Handler
	most              int // connections
	count             *connectionCount
	// read and write bound a whole request and its answer.
	read, write time.Duration
}

// listen opens the socket, so that its address is known before it serves.
func (p plan) listen(now func() time.Time, log *slog.Logger) (*listener, error) {
	l := &listener{name: p.name, http: &http.Server{
		Handler:           guarded(p.handler, p.name, log),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       p.read,
		WriteTimeout:      p.write,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		HTTP2:             p.http2(),
		ConnContext:       withConnection,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}}
	if p.certFile != "" {
		cert, err := newCertificate(p.certFile, p.keyFile, now, log)
		if err != nil {
			return nil, fmt.Errorf("%s listener: %w", p.name, err)
		}
		l.http.TLSConfig = cert.config()
	}
	socket, err := net.Listen("tcp", p.address)
	if err != nil {
		return nil, fmt.Errorf("%s listener: %w", p.name, err)
	}
	all := newConnections(socket.(*net.TCPListener), p.most, now, log, p.count)
	l.socket, l.http.ConnState = all, all.changed
	return l, nil
}

// http2 are the limits of HTTP/2; those of time and of headers are the server's, for
// each request.
func (p plan) http2() *http.HTTP2Config {
	return &http.HTTP2Config{
		MaxConcurrentStreams:          maxStreams,
		MaxReceiveBufferPerConnection: connBuffer,
		MaxReceiveBufferPerStream:     streamBuffer,
		SendPingTimeout:               pingAfter,
		PingTimeout:                   readHeaderTimeout,
		WriteByteTimeout:              p.write,
	}
}

// guarded is a handler whose panics, those that its routes have not caught, cut off the
// answer and are logged by their type. net/http would log their values, which may hold
// numbers.
func guarded(h http.Handler, listener string, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v) // cut off on purpose
			default:
				log.Error("panic outside the handlers", slog.String("listener", listener), slog.String("type", fmt.Sprintf("%T", v)))
				panic(http.ErrAbortHandler)
			}
		}()
		h.ServeHTTP(w, r)
	})
}

// serve accepts until the listener is shut down; then the error is nil.
func (l *listener) serve() error {
	var err error
	if l.http.TLSConfig != nil {
		err = l.http.ServeTLS(l.socket, "", "")
	} else {
		err = l.http.Serve(l.socket)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("%s listener: %w", l.name, err)
}

// shut stops accepting and waits for the answers in flight; those that are not
// done when ctx ends are cut off, and are an error.
func (l *listener) shut(ctx context.Context) error {
	err := l.http.Shutdown(ctx)
	if err == nil {
		return nil
	}
	_ = l.http.Close()
	return fmt.Errorf("%s listener: answers in flight cut off: %w", l.name, err)
}
