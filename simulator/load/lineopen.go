package load

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"time"
)

// open opens the connection, unless it is open.
func (l *line) open(ctx context.Context, limit time.Duration) error {
	if l.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conn, err := l.to.dial.DialContext(ctx, "tcp", l.to.hostPort)
	if err != nil {
		return err
	}
	if l.to.tls != nil {
		secured := tls.Client(conn, l.to.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return err
		}
		conn = secured
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		_ = conn.Close()
		return errOver
	}
	left := &io.LimitedReader{R: conn}
	l.conn, l.left, l.in = conn, left, bufio.NewReader(left)
	return nil
}

// close closes the connection; for good, if the load is over. Then it may be in
// use, and stays where it is.
func (l *line) close(forGood bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = l.over || forGood
	if l.conn == nil {
		return
	}
	_ = l.conn.Close() // nothing more is due on it
	if !forGood {
		l.conn, l.left, l.in = nil, nil, nil
	}
}
