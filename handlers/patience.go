package handlers

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// patientReader moves the read deadline on before each read: the server's read
// timeout is meant for short requests.
type patientReader struct {
	body io.Reader
	conn *http.ResponseController
	now  func() time.Time

	mu      sync.Mutex // a read that begins must not take the deadline of stop back
	stopped bool
}

// Read reads with a minute's patience, until stopped.
func (r *patientReader) Read(p []byte) (int, error) {
	if !r.patience() {
		return 0, io.ErrClosedPipe
	}
	return r.body.Read(p)
}

// patience moves the deadline on; false: stopped.
func (r *patientReader) patience() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.stopped {
		_ = r.conn.SetReadDeadline(r.now().Add(importIdle))
	}
	return !r.stopped
}

// stop wakes a read that waits, and lets none begin.
func (r *patientReader) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	_ = r.conn.SetReadDeadline(time.Unix(1, 0)) // long ago
}

// patientWriter moves the write deadline on before each write: the server's write
// timeout is meant for short answers.
type patientWriter struct {
	out  io.Writer
	conn *http.ResponseController
	now  func() time.Time
}

// Write writes with a minute's patience.
func (w *patientWriter) Write(p []byte) (int, error) {
	_ = w.conn.SetWriteDeadline(w.now().Add(importIdle))
	return w.out.Write(p)
}
