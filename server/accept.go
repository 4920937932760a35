package server

import (
	"errors"
	"log/slog"
	"net"
	"syscall"
	"time"
)

// acceptQuiet is how long nothing more is said of connections that are not accepted.
const acceptQuiet = time.Minute

// outspoken is a socket that tells the log why connections are not accepted: to the HTTP
// server that is but a reason to try again a little later. Accept is for one goroutine.
type outspoken struct {
	net.Listener
	name string
	log  *slog.Logger
	now  func() time.Time
	said time.Time // the last time
}

// Accept accepts a connection.
func (o *outspoken) Accept() (net.Conn, error) {
	conn, err := o.Listener.Accept()
	if err == nil || errors.Is(err, net.ErrClosed) {
		return conn, err
	}
	if now := o.now(); now.Sub(o.said) >= acceptQuiet {
		o.said = now
		o.log.Error("connections are not accepted", slog.String("listener", o.name), slog.String("error", acceptTrouble(err)))
	}
	return nil, err
}

// acceptTrouble is what the system says, without addresses.
func acceptTrouble(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return "unknown"
}
