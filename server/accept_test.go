package server_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"xmode/server"
)

// refusing is a socket that accepts nothing, for a reason.
type refusing struct {
	net.Listener
	err error
}

func (r *refusing) Accept() (net.Conn, error) { return nil, r.err }

// What keeps connections from being accepted is said, once a minute and without
// addresses; a listener that is being closed has nothing to say.
func TestConnectionsThatAreNotAccepted(t *testing.T) {
	var out bytes.Buffer
	now := newClock()
	full := &net.OpError{Op: "accept", Net: "tcp", Addr: &net.TCPAddr{Port: 8080}, Err: syscall.EMFILE}
	socket := &refusing{err: full}
	l := server.Outspoken(socket, slog.New(slog.NewTextHandler(&out, nil)), now.time)
	for i, want := range []int{1, 1, 2} {
		if _, err := l.Accept(); !errors.Is(err, syscall.EMFILE) {
			t.Errorf("error %v", err)
		}
		said := `level=ERROR msg="connections are not accepted" listener=public error="too many open files"`
		if n := strings.Count(out.String(), said); n != want {
			t.Errorf("said %d times, want %d:\n%s", n, want, &out)
		}
		now.advance(time.Duration(1+i) * 30 * time.Second) // the second time a whole minute
	}
	before := out.Len()
	socket.err = net.ErrClosed
	now.advance(time.Hour)
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) || out.Len() != before || strings.Contains(out.String(), "8080") {
		t.Errorf("error %v, said\n%s", err, &out)
	}
}
