package explain

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrCapture: no request is in the text.
var ErrCapture = errors.New("no HTTP request was found: a line such as POST /path HTTP/1.1, headers, a blank line and the body are due")

// ReadCapture reads a raw HTTP request as it was captured: as curl -v or
// tcpdump -A print it, or bare. What stands before the request line does not
// matter. Errors are [ErrCapture] and [ErrTooLarge].
func ReadCapture(raw []byte) (Message, error) {
	if len(raw) > MaxInput {
		return Message{}, ErrTooLarge
	}
	requestLine := regexp.MustCompile(`\b(GET|POST|PUT|HEAD|DELETE|PATCH) (\S+) HTTP/[0-9.]+[\r ]*$`)
	m := Message{Header: http.Header{}}
	text := strings.TrimPrefix(string(raw), byteOrderMark)
	arrow := false
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		found := requestLine.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		m.Method, m.URL, arrow = found[1], found[2], strings.HasPrefix(line, "> ")
		if !utf8.ValidString(m.URL) {
			return Message{}, ErrCapture
		}
		m.Body = m.readHeader(text, arrow)
		return m, nil
	}
	return Message{}, ErrCapture
}

// readHeader reads the headers, up to a blank line, and returns the body.
func (m *Message) readHeader(text string, arrow bool) []byte {
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSuffix(line, "\r")
		if arrow {
			if !strings.HasPrefix(line, ">") {
				continue // curl's own remarks
			}
			line = strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")
		}
		if strings.TrimSpace(line) == "" {
			break
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			m.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		}
	}
	if arrow {
		return nil // curl -v does not print what it sends
	}
	return m.cutBody([]byte(text))
}

// cutBody takes the body as the headers have it.
func (m *Message) cutBody(body []byte) []byte {
	if strings.EqualFold(m.Header.Get("Transfer-Encoding"), "chunked") {
		if plain, err := readChunks(body); err == nil {
			return plain
		}
	}
	if n, err := strconv.Atoi(m.Header.Get("Content-Length")); err == nil && n >= 0 && n <= len(body) {
		return body[:n]
	}
	if m.Method == http.MethodGet {
		return nil // what stands behind it is the answer
	}
	return bytes.TrimRight(body, "\r\n")
}

func readChunks(body []byte) ([]byte, error) {
	var plain bytes.Buffer
	_, err := plain.ReadFrom(httputil.NewChunkedReader(bufio.NewReader(bytes.NewReader(body))))
	return plain.Bytes(), err
}
