package explain_test

import (
	"errors"
	"slices"
	"testing"

	"xmode/explain"
)

func TestReadCapture(t *testing.T) {
	for name, c := range map[string]struct{ raw, method, url, header, body string }{
		"bare":          {"POST /x?a=1 HTTP/1.1\r\nX-Aksk: t\r\nContent-Length: 2\r\n\r\n{}\r\n", "POST", "/x?a=1", "t", "{}"},
		"line feeds":    {"POST /x HTTP/1.1\nx-aksk:t\n\nbody\n", "POST", "/x", "t", "body"},
		"curl -v":       {"* Trying 127.0.0.1\n> GET /x?a=1 HTTP/1.1\n> Host: h\n* remark\n> X-AKSK: t\n> \n< HTTP/1.1 401 Unauthorized\n", "GET", "/x?a=1", "t", ""},
		"tcpdump -A":    {"05:06:07 IP a > b: Flags [P.]\nE..&..@.@.....POST /x HTTP/1.1\nX-AKSK: t\n\n{\"a\":1}\n", "POST", "/x", "t", `{"a":1}`},
		"chunked":       {"POST /x HTTP/1.1\r\nX-AKSK: t\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "POST", "/x", "t", "{}"},
		"both ways":     {"GET /x HTTP/1.1\nX-AKSK: t\n\nHTTP/1.1 200 OK\n\n{}\n", "GET", "/x", "t", ""},
		"no blank line": {"GET /x HTTP/1.1\nX-AKSK: t", "GET", "/x", "t", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := explain.ReadCapture([]byte(c.raw))
			if err != nil || m.Method != c.method || m.URL != c.url || m.Header.Get("X-AKSK") != c.header || string(m.Body) != c.body {
				t.Errorf("%+v %q %v", m, m.Body, err)
			}
		})
	}
	for raw, want := range map[string]error{"": explain.ErrCapture, "\x00\xff\n\x01": explain.ErrCapture, "HTTP/1.1 200 OK\n\n": explain.ErrCapture, string(make([]byte, 2<<20)): explain.ErrTooLarge} {
		if _, err := explain.ReadCapture([]byte(raw)); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", raw, err, want)
		}
	}
}

func TestSplitKeys(t *testing.T) {
	got := explain.SplitKeys("\ufeffone\r\n two ,three,\n\n\ufeff four\t\n")
	if want := []string{"one", "two", "three", "four"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
