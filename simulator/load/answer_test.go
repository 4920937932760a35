package load_test

import (
	"bytes"
	"testing"

	"xmode/simulator/load"
)

// FuzzAnswer: the short way of reading an answer comes to what package net/http comes
// to, and leaves as much behind.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 next\r\n",
		"HTTP/1.1 503 Service Unavailable\r\ncontent-length:  0 \r\nRetry-After: 1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
		"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\n\r\nuntil the end", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokay",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 2x0 OK\r\nContent-Length: 1\r\n\r\n1",
		"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nX: a\r\n Content-Length: 2\r\nContent-Length: 1\r\n\r\nok", "<html>",
		"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok\r\n\r\n", "HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return // a line waits until something comes
		}
		status, body, keep, rest, err := load.Answer(text)
		wantStatus, wantBody, wantKeep, wantRest, wantErr := load.AnyAnswer(text)
		if (err == nil) != (wantErr == nil) || err == nil && (status != wantStatus || keep != wantKeep || !bytes.Equal(body, wantBody)) {
			t.Fatalf("%q\n%d %q %v %v, want\n%d %q %v %v", text, status, body, keep, err, wantStatus, wantBody, wantKeep, wantErr)
		}
		if keep && rest != wantRest {
			t.Fatalf("%q leaves %q, want %q", text, rest, wantRest)
		}
	})
}
