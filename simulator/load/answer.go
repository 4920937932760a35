package load

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"unicode"
)

// maxAnswer is how much of an answer's body is read, maxHead of what goes before
// it; none of the contracts' is anywhere near.
const (
	maxAnswer = 64 << 10
	maxHead   = 64 << 10
)

// answer reads an answer into a buffer, and says whether the connection can be kept.
// Nearly all are short, have a length and nothing that changes how they are read:
// those are read here, at a third of what package net/http takes for all the others.
func (l *line) answer(buffer []byte) (status int, body []byte, keep bool, err error) {
	status, head, length, plain := plainHead(l.in)
	if !plain {
		return l.anyAnswer(buffer)
	}
	_, _ = l.in.Discard(head) // it was peeked at
	body = append(buffer[:0], make([]byte, length)...)
	_, err = io.ReadFull(l.in, body)
	return status, body, err == nil, err
}

// plainHead looks at the head of an answer that lies in the buffer: its status, its
// length, and that of the body. Not plain: it is to be read by the rules.
func plainHead(in *bufio.Reader) (status, head, length int, plain bool) {
	text, _ := in.Peek(in.Buffered())
	end := bytes.Index(text, []byte("\r\n\r\n"))
	line, rest, _ := bytes.Cut(text[:max(0, end)], []byte("\r\n"))
	code, ok := bytes.CutPrefix(line, []byte("HTTP/1.1 "))
	if !ok || len(code) < 4 || code[3] != ' ' || bytes.ContainsFunc(line, unicode.IsControl) {
		return 0, 0, 0, false
	}
	number, err := strconv.ParseUint(string(code[:3]), 10, 16)
	status = int(number)
	length, known := lengthIn(rest)
	return status, end + 4, length, err == nil && status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified && known
}

// lengthIn reads the length that header lines tell. Unknown: there is none, it is
// told twice, or another header has a say in it.
func lengthIn(lines []byte) (length int, known bool) {
	for len(lines) > 0 {
		var line []byte
		line, lines, _ = bytes.Cut(lines, []byte("\r\n"))
		name, value, ok := bytes.Cut(line, []byte(":"))
		switch {
		case !ok || !isName(name) || bytes.ContainsFunc(value, unicode.IsControl):
			return 0, false
		case bytes.EqualFold(name, []byte("Content-Length")):
			n, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 31)
			if err != nil || known || n > maxAnswer {
				return 0, false
			}
			length, known = int(n), true
		case bytes.EqualFold(name, []byte("Transfer-Encoding")), bytes.EqualFold(name, []byte("Connection")):
			return 0, false
		}
	}
	return length, known
}

// isName reports whether text is the name of a header, as all are in practice.
func isName(text []byte) bool {
	for _, c := range text {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return len(text) > 0
}

// anyAnswer reads an answer by all rules.
func (l *line) anyAnswer(buffer []byte) (status int, body []byte, keep bool, err error) {
	resp, err := l.head()
	if err != nil {
		return 0, nil, false, err
	}
	defer resp.Body.Close()
	into := bytes.NewBuffer(buffer[:0])
	_, err = into.ReadFrom(io.LimitReader(resp.Body, maxAnswer+1))
	switch body = into.Bytes(); {
	case err != nil:
		return resp.StatusCode, body, false, err
	case len(body) > maxAnswer:
		return resp.StatusCode, body[:maxAnswer], false, errLong
	}
	return resp.StatusCode, body, !resp.Close, nil
}

// head reads what goes before the body, of the answer itself: those that only say
// that it is coming go before it. An error holds nothing of what came.
func (l *line) head() (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(l.in, nil)
		switch _, network := errors.AsType[net.Error](err); {
		case err == nil && (resp.StatusCode >= http.StatusOK || resp.StatusCode == http.StatusSwitchingProtocols):
			return resp, nil
		case err == nil: // an interim answer has no body
		case l.left.N == 0:
			return nil, errLong
		case network || errors.Is(err, io.ErrUnexpectedEOF):
			return nil, err
		default:
			return nil, errHTTP
		}
	}
}
