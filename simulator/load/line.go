package load

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// line is a connection to the endpoint: it opens when it is needed, and is kept
// as long as both sides keep it. It sends bytes as they are, one message at a
// time, since what goes wrong on purpose goes wrong there; and it is several times
// cheaper than [http.Transport], which passes every message through two goroutines.
type line struct {
	to  *address
	now func() time.Time
	// out and body are buffers of what is sent and of what is answered.
	out, body []byte

	mu   sync.Mutex // around conn and over: the line may be closed from outside
	conn net.Conn
	left *io.LimitedReader // of what may still come of this answer
	in   *bufio.Reader     // of left
	over bool
}

// address is where the lines lead to.
type address struct {
	dial       net.Dialer
	tls        *tls.Config // nil: plain
	host, path string
	hostPort   string
}

// newAddress reads one that was checked.
func newAddress(text string, config *tls.Config) *address {
	u, _ := url.Parse(text)
	a := &address{host: u.Host, path: strings.TrimSuffix(u.EscapedPath(), "/")}
	port := u.Port()
	if u.Scheme == "https" {
		a.tls = config.Clone()
		if a.tls == nil {
			a.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		a.tls.ServerName = u.Hostname()
	}
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	a.hostPort = net.JoinHostPort(u.Hostname(), port)
	return a
}

// manner is how a message goes out.
type manner struct {
	slow, cut, early bool
}

// reply is what comes back. The body holds until the next exchange.
type reply struct {
	status int
	body   []byte
	took   time.Duration
}

// Faults of an exchange.
var (
	errCut   = errors.New("cut on purpose")
	errLong  = errors.New("the answer is longer than 64 KiB")
	errHTTP  = errors.New("the answer is no HTTP")
	errOver  = errors.New("the load is over")
	errStale = errors.New("the kept connection was closed") // before the answer began
)

// exchange sends a message and reads its answer, within a time. A kept connection
// that turns out to be closed is opened anew, once.
func (l *line) exchange(ctx context.Context, r Request, limit time.Duration, how manner) (reply, error) {
	kept := l.conn != nil
	got, err := l.once(ctx, r, limit, how)
	if kept && errors.Is(err, errStale) {
		got, err = l.once(ctx, r, limit, how)
	}
	return got, err
}

func (l *line) once(ctx context.Context, r Request, limit time.Duration, how manner) (got reply, err error) {
	start := l.now()
	if err := l.open(ctx, limit); err != nil {
		return reply{}, err
	}
	keep := false
	defer func() {
		if !keep {
			l.close(false)
		}
	}()
	_ = l.conn.SetDeadline(start.Add(limit)) // a closed connection says so when it is written to
	l.compose(r)
	if err := l.send(ctx, how); err != nil {
		return reply{}, err
	}
	got, keep, err = l.read()
	got.took = l.now().Sub(start)
	return got, err
}

// compose writes the request into the line's buffer.
func (l *line) compose(r Request) {
	b := append(l.out[:0], r.Method...)
	b = append(append(append(append(b, ' '), l.to.path...), r.Target...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, l.to.host...), "\r\nUser-Agent: xmode-simulator\r\n"...)
	for _, header := range r.Header {
		b = append(append(b, header...), "\r\n"...)
	}
	if r.Method != http.MethodGet {
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), int64(len(r.Body)), 10), "\r\n"...)
	}
	l.out = append(append(b, "\r\n"...), r.Body...)
}

// pieces and pieceTime are how a slow message goes out, well within any limit.
const (
	pieces    = 8
	pieceTime = 25 * time.Millisecond
)

// send writes the buffer to the connection.
func (l *line) send(ctx context.Context, how manner) error {
	text := l.out
	if how.cut && how.early {
		text = text[:len(text)/2]
	}
	if err := l.write(ctx, text, how.slow); err != nil {
		return err
	}
	if how.cut {
		return errCut
	}
	return nil
}

func (l *line) write(ctx context.Context, text []byte, slow bool) error {
	step := len(text)
	if slow {
		step = len(text)/pieces + 1
	}
	for len(text) > 0 {
		n := min(step, len(text))
		if _, err := l.conn.Write(text[:n]); err != nil {
			return stale(err)
		}
		if text = text[n:]; slow && len(text) > 0 {
			wait(ctx, pieceTime)
		}
	}
	return nil
}

// wait waits, or until the context ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// read reads an answer, and says whether the connection can be kept.
func (l *line) read() (got reply, keep bool, err error) {
	l.left.N = maxHead + maxAnswer
	if _, err := l.in.Peek(1); err != nil {
		return reply{}, false, stale(err)
	}
	got.status, l.body, keep, err = l.answer(l.body)
	got.body = l.body
	return got, keep, err
}

// stale marks an error that a kept connection has where the other side closed it
// meanwhile: nothing came back.
func stale(err error) error {
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return err
	}
	return errors.Join(errStale, err)
}
