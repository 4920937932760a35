package handlers

import (
	"errors"
	"io"
	"net/http"
)

// Errors of readBody.
var (
	errTooLarge = errors.New("body too large")
	errCutOff   = errors.New("body cut off")
)

// firstRead bounds what a sender makes us allocate by announcing a length.
const firstRead = 64 << 10

// readBody reads the whole body, at most limit bytes, up to its end, so that
// the connection can serve the next request. A longer one is errTooLarge; one
// that ends early or comes so slowly that the server's read timeout strikes is
// errCutOff.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil, nil
	}
	if r.ContentLength > limit {
		return nil, errTooLarge
	}
	size := r.ContentLength + 1 // one more, for the read that finds the end
	if r.ContentLength < 0 {
		size = 512
	}
	body := make([]byte, 0, min(size, firstRead))
	for {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return nil, errTooLarge
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, errCutOff
		}
	}
}
