package handlers

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/call"
	"xmode/store"
)

// Limits of an import.
const (
	importBatch = 256         // lines written to the store together
	importIdle  = time.Minute // without a byte from the sender, or to it
	drainLook   = time.Second // between looks whether the process stops
)

// mimeNDJSON is one JSON value a line.
const mimeNDJSON = "application/x-ndjson"

// importResult answers one line.
type importResult struct {
	Line     int       `json:"line"`
	ID       string    `json:"id,omitempty"`
	Outcome  string    `json:"outcome,omitempty"` // created, replaced or unchanged
	Warnings []string  `json:"warnings,omitempty"`
	Error    *apiError `json:"error,omitempty"`
}

// importing is one import: a goroutine reads and checks lines while the handler
// writes those before to the store, so that batches grow when the store is what
// takes the time, and stay small, and quick, when it is the sender.
type importing struct {
	*admin
	*request
	conn    *http.ResponseController
	results *json.Encoder
}

// readImport checks what can be checked before the first line.
func readImport(r *request) (struct{}, error) {
	return struct{}{}, contentType(r.echo.Request(), mimeNDJSON, echo.MIMEApplicationJSON)
}

// importBindings answers a stream of bindings by a stream of results while it
// is read. What it answered is written; after a cut the same stream can be sent
// again and changes nothing that is there already.
func (a *admin) importBindings(r *request, _ struct{}) (reply, error) {
	response := r.echo.Response()
	if strings.EqualFold(r.echo.Request().Header.Get("Expect"), "100-continue") {
		// The server would say so at the first read, but not after a status.
		response.Writer.WriteHeader(http.StatusContinue)
	}
	im := &importing{admin: a, request: r, conn: http.NewResponseController(response.Writer),
		results: json.NewEncoder(response)}
	_ = im.conn.EnableFullDuplex() // HTTP/2 has it anyway
	response.Header().Set(echo.HeaderContentType, mimeNDJSON)
	response.WriteHeader(http.StatusOK)
	if !im.flush() {
		return reply{}, nil
	}
	lines, stop := im.start(r.echo.Request().Body)
	defer stop()
	im.work(lines)
	return reply{}, nil
}

// work stores and answers line by line, batch by batch, until the sender is
// through or gone, or the process is asked to stop, also while nothing comes.
func (im *importing) work(lines <-chan importLine) {
	look := time.NewTicker(drainLook)
	defer look.Stop()
	last := 0
	for {
		select {
		case line, open := <-lines:
			if !open {
				return
			}
			for next := &line; next != nil; {
				var batch []importLine
				batch, next = takeBatch(*next, lines)
				if !im.answer(im.store(batch)) {
					return
				}
				last = batch[len(batch)-1].number
			}
		case <-look.C:
		}
		if im.stopping(last) {
			return
		}
	}
}

// store writes the good lines of a batch and gives the results of all of them.
func (im *importing) store(batch []importLine) (results []importResult) {
	results = make([]importResult, len(batch))
	at := make([]int, 0, len(batch))
	writes := make([]store.Write, 0, len(batch))
	for i, line := range batch {
		results[i] = importResult{Line: line.number}
		if line.err != nil {
			results[i].Error = apiErrorOf(line.err)
			continue
		}
		at, writes = append(at, i), append(writes, store.Write{Binding: line.binding})
	}
	if len(writes) == 0 {
		return results
	}
	for i, out := range im.put(writes) {
		im.report(&results[at[i]], out)
	}
	return results
}

// put writes to the store and notes the changes in the audit. A panic costs
// these lines, not the whole import.
func (im *importing) put(writes []store.Write) (written []store.Written) {
	defer func() {
		if v := recover(); v != nil {
			im.logPanic("admin", im.request.echo.Path(), v)
			written = make([]store.Written, len(writes))
			for i := range written {
				written[i].Err = errPanic
			}
		}
	}()
	ctx, cancel := bounded(im.request.echo)
	defer cancel()
	batch := *im.request
	batch.ctx, batch.now = ctx, im.Now()
	written = im.Provisioner.Put(ctx, batch.now, writes...)
	var changed []call.ID
	for _, out := range written {
		if out.Err == nil && !out.Unchanged {
			changed = append(changed, out.Binding.ID)
		}
	}
	im.audit(&batch, "import", "", changed...)
	return written
}

// report fills the result of one line.
func (im *importing) report(result *importResult, out store.Written) {
	if out.Err != nil {
		result.Error = apiErrorOf(out.Err)
		return
	}
	result.ID = out.Binding.ID.String()
	result.Warnings = out.Binding.Warnings()
	switch {
	case out.Unchanged:
		result.Outcome = "unchanged"
	case out.Created:
		result.Outcome = "created"
	default:
		result.Outcome = "replaced"
	}
}

// answer sends results; false: the sender is gone.
func (im *importing) answer(results []importResult) bool {
	im.pushWrite()
	for _, r := range results {
		if im.results.Encode(r) != nil {
			return false
		}
	}
	return im.flush()
}

// stopping ends the import when the process is asked to stop, and says so in
// a last result, after which nothing was read.
func (im *importing) stopping(last int) bool {
	if !im.Ready().Draining {
		return false
	}
	im.answer([]importResult{{Line: last + 1, Error: &apiError{
		Code: "unavailable", Message: "shutting down; send the rest again"}}})
	return true
}

// flush sends what was written so far; false: the sender is gone.
func (im *importing) flush() bool {
	im.pushWrite()
	return im.conn.Flush() == nil
}

// pushWrite keeps the server's write timeout, which is meant for short answers,
// from ending a long import.
func (im *importing) pushWrite() { _ = im.conn.SetWriteDeadline(im.Now().Add(importIdle)) }
