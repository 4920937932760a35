package handlers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"xmode/store"
)

// streamBuffer is how much of a stream is sent together.
const streamBuffer = 32 << 10

// errGone: who reads a stream is gone.
var errGone = errors.New("client gone")

// errDraining: the process is asked to stop.
var errDraining = errors.New("shutting down")

// recordForm writes records one after the other.
type recordForm interface {
	// begin writes what comes before the first one.
	begin() error
	// record writes one, a JSON object as the store keeps it.
	record(document []byte) error
	// flush writes what is not written yet.
	flush() error
}

// streaming is one answer that holds all records, however many: it is written
// page by page, and never holds more than a page.
type streaming struct {
	*admin
	*request
	conn *http.ResponseController
	form recordForm
	out  *bufio.Writer
}

// streamRecords answers with all records that the filter selects, from its
// cursor on; its limit is that of a JSON page and does not matter here. The
// first page is read before the status goes out, so that whatever is wrong has
// its usual answer.
func (a *admin) streamRecords(r *request, in recordQuery) (reply, error) {
	in.Limit = maxLimit
	found, err := a.Records.Records(r.ctx, in.RecordFilter)
	if err != nil {
		return reply{}, err
	}
	s := a.newStreaming(r, in.form)
	if err := s.all(found, in.RecordFilter); err != nil {
		a.count(r.echo)
		s.cutOff(err)
	}
	return reply{}, nil
}

// newStreaming sends the status and the header.
func (a *admin) newStreaming(r *request, form string) *streaming {
	response := r.echo.Response()
	s := &streaming{admin: a, request: r, conn: http.NewResponseController(response.Writer)}
	s.out = bufio.NewWriterSize(&patientWriter{out: response, conn: s.conn, now: a.Now}, streamBuffer)
	s.form = &ndjson{out: s.out}
	if form == mimeCSV {
		s.form, form = newSheet(s.out), mimeCSV+"; charset=utf-8; header=present"
	}
	h := response.Header()
	h.Set(echo.HeaderContentType, form)
	h.Set(echo.HeaderCacheControl, "no-store")
	response.WriteHeader(http.StatusOK)
	return s
}

// all writes the first page and all that follow.
func (s *streaming) all(found store.RecordPage, f store.RecordFilter) error {
	if err := s.form.begin(); err != nil {
		return errGone
	}
	for {
		if err := s.page(found.Records); err != nil {
			return err
		}
		if found.Next == "" {
			return nil
		}
		var err error
		if f.Cursor = found.Next; s.echo.Request().Context().Err() != nil {
			return errGone
		}
		if s.Ready().Draining {
			return errDraining
		}
		if found, err = s.next(f); err != nil {
			return err
		}
	}
}

// next reads a page; each has the time of a request of its own.
func (s *streaming) next(f store.RecordFilter) (store.RecordPage, error) {
	ctx, cancel := bounded(s.echo)
	defer cancel()
	return s.Records.Records(ctx, f)
}

// page writes and sends one page.
func (s *streaming) page(documents [][]byte) error {
	for _, d := range documents {
		if err := s.form.record(d); err != nil {
			return err
		}
	}
	if s.form.flush() != nil || s.out.Flush() != nil || s.conn.Flush() != nil {
		return errGone
	}
	return nil
}

// cutOff ends a stream that cannot go on. The status is long out, and no line of
// CSV can say what went wrong: the connection is broken off, so that nobody
// takes for all what is not (HTTP/1.0 has no way to tell).
func (s *streaming) cutOff(err error) {
	code := apiErrorOf(err).Code
	switch {
	case errors.Is(err, errGone):
		code = "gone"
	case errors.Is(err, errDraining):
		code = "draining"
	}
	s.Log.Warn("stream of records cut off", slog.String("key", s.key.name), slog.String("code", code))
	panic(http.ErrAbortHandler)
}

// ndjson is one JSON object a line.
type ndjson struct {
	out  *bufio.Writer
	line bytes.Buffer
}

func (n *ndjson) begin() error { return nil }
func (n *ndjson) flush() error { return nil }

// record writes a line. The platform's JSON, which is part of it as it came, may
// have lines of its own.
func (n *ndjson) record(document []byte) error {
	if bytes.ContainsAny(document, "\n\r") {
		n.line.Reset()
		if err := json.Compact(&n.line, document); err != nil {
			return err
		}
		document = n.line.Bytes()
	}
	if _, err := n.out.Write(document); err != nil {
		return errGone
	}
	if n.out.WriteByte('\n') != nil {
		return errGone
	}
	return nil
}
