package storetest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Do sends a command over a connection of its own and returns the reply as text,
// the elements of a list a line each. It speaks Redis' protocol by itself, so that
// what sets the scene for a test is not what is tested.
func (s *Server) Do(args ...string) (string, error) {
	conn, err := s.dial()
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer time.AfterFunc(5*time.Second, func() { _ = conn.Close() }).Stop()
	replies := bufio.NewReader(conn)
	if len(s.login) > 0 {
		if _, err := ask(conn, replies, append([]string{"AUTH"}, s.login...)); err != nil {
			return "", err
		}
	}
	return ask(conn, replies, args)
}

func (s *Server) dial() (net.Conn, error) {
	dialer := &net.Dialer{Timeout: time.Second}
	if s.tls != nil {
		return tls.DialWithDialer(dialer, "tcp", s.Addr, s.tls)
	}
	return dialer.Dial("tcp", s.Addr)
}

// must is Do where an error ends the test.
func (s *Server) must(args ...string) string {
	s.t.Helper()
	reply, err := s.Do(args...)
	if err != nil {
		s.t.Fatalf("%s to redis-server: %v", strings.Join(args, " "), err)
	}
	return reply
}

func ask(w io.Writer, r *bufio.Reader, args []string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, arg := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(arg), arg)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return "", err
	}
	return readReply(r)
}

func readReply(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil || len(line) < 3 {
		return "", errors.Join(err, fmt.Errorf("reply %q", line))
	}
	kind, rest := line[0], line[1:len(line)-2]
	switch kind {
	case '-':
		return "", errors.New(rest)
	case '$', '*':
		n, err := strconv.Atoi(rest)
		if err != nil || n < 0 {
			return "", err
		}
		if kind == '*' {
			return readList(r, n)
		}
		text := make([]byte, n+2)
		_, err = io.ReadFull(r, text)
		return string(text[:n]), err
	}
	return rest, nil
}

func readList(r *bufio.Reader, n int) (string, error) {
	lines := make([]string, n)
	for i := range lines {
		line, err := readReply(r)
		if err != nil {
			return "", err
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n"), nil
}
