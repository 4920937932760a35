package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxUnanswered is how many bytes may be without an answer. It bounds what is
// kept to be sent again. An HTTP server that refuses a request reads up to
// 256 KiB of it before it says so, which it must get: a smaller window would
// have both sides wait for each other.
const maxUnanswered = 1 << 20

// How often a broken connection is made anew without a line answered in
// between, and how long an answer may take.
const (
	maxTries = 5
	maxStall = 90 * time.Second
)

// upload streams entries to an endpoint. Every line is kept until it is
// answered; after a broken connection the upload goes on from the first line
// without an answer.
type upload struct {
	api     *client
	tally   *tally
	entries <-chan entry
	broken  func() error // of the file, once entries is closed
	window  *window
	over    chan struct{} // closed when nobody takes entries any more
}

// newUpload starts reading the file; run has to follow, or the reader waits forever.
func newUpload(api *client, from source, t *tally) *upload {
	entries, over := make(chan entry, 256), make(chan struct{})
	var fault error
	go func() {
		defer close(entries)
		for {
			e, err := from.next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					fault = fmt.Errorf("read the file: %w", err)
				}
				return
			}
			select {
			case entries <- e:
			case <-over:
				return
			}
		}
	}()
	return &upload{
		api: api, tally: t, entries: entries, window: newWindow(), over: over,
		broken: func() error { return fault },
	}
}

// run uploads everything.
func (u *upload) run(ctx context.Context) error {
	defer close(u.over)
	for tries := 0; ; {
		more, err := u.pending(ctx)
		if !more || err != nil {
			return err
		}
		before := u.window.answered()
		err = u.attempt(ctx)
		switch {
		case err == nil:
			continue // the next look at pending tells whether that was all
		case ctx.Err() != nil:
			return ctx.Err()
		case u.window.answered() > before || u.window.len() == 0:
			tries = 0
		}
		if tries++; tries == maxTries || !passing(err) {
			return err
		}
		if err := pause(ctx, tries); err != nil {
			return err
		}
	}
}

// pending waits until there is something to send, and reports whether there
// is; a connection is made no earlier, since it may not idle for long.
func (u *upload) pending(ctx context.Context) (bool, error) {
	for u.window.len() == 0 {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case e, ok := <-u.entries:
			if !ok {
				return false, u.broken()
			}
			u.take(e)
		}
	}
	return true, nil
}

// take puts an entry into the window, or counts it as failed.
func (u *upload) take(e entry) (sendable bool) {
	if e.fault != nil {
		u.tally.fail(e.line, e.fault.Error())
		return false
	}
	u.window.push(e)
	return true
}

// attempt makes one connection and uploads as much as it carries: all of it,
// then the error is nil, or until it breaks.
func (u *upload) attempt(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	body, feed := io.Pipe()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_ = feed.CloseWithError(u.send(ctx, feed))
	}()
	defer func() { // the sender is gone before the next attempt begins
		cancel()
		_ = body.Close()
		<-sent
	}()
	req, err := u.api.request(ctx, http.MethodPost, "/v1/bindings/import", body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	watch := time.AfterFunc(maxStall, cancel)
	defer watch.Stop()
	resp, err := u.api.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return readStatus(resp)
	}
	return u.results(resp.Body, watch)
}

// send writes what is unanswered, then new entries as they come, until the
// file ends. It flushes whenever the file keeps it waiting.
func (u *upload) send(ctx context.Context, feed io.Writer) error {
	out := bufio.NewWriterSize(feed, 32<<10)
	for _, e := range u.window.unanswered() {
		if err := writeLine(out, e); err != nil {
			return err
		}
	}
	for {
		e, ok, err := u.more(ctx, out)
		if err != nil {
			return err
		}
		if !ok {
			return out.Flush()
		}
		if !u.take(e) {
			continue
		}
		if err := writeLine(out, e); err != nil {
			return err
		}
	}
}

// more waits for room in the window and for the next entry; ok is false at the
// end of the file. Before it waits, what was written is flushed: the answers
// that make room may depend on it.
func (u *upload) more(ctx context.Context, out *bufio.Writer) (e entry, ok bool, err error) {
	if !u.window.full(maxUnanswered) {
		select {
		case e, ok = <-u.entries:
			return e, ok, nil
		default:
		}
	}
	if err := out.Flush(); err != nil {
		return e, false, err
	}
	if err := u.window.wait(ctx, maxUnanswered); err != nil {
		return e, false, err
	}
	select {
	case e, ok = <-u.entries:
		return e, ok, nil
	case <-ctx.Done():
		return e, false, ctx.Err()
	}
}

// writeLine writes an entry as a line.
func writeLine(out *bufio.Writer, e entry) error {
	if _, err := out.Write(e.text); err != nil {
		return err
	}
	return out.WriteByte('\n')
}

// result is the endpoint's answer to one line.
type result struct {
	Line  int       `json:"line"`
	Error *apiError `json:"error"`
}

// passing reports whether the line, and all after it, should be sent again: the
// store was away, say, or the endpoint is stopping.
func (r result) passing() bool {
	return r.Error != nil && (r.Error.Code == "unavailable" || r.Error.Code == "busy")
}

// errCut: the stream of answers ended before every line had one.
var errCut = errors.New("the connection was cut")

// errOrder: the answers are not those to the lines.
var errOrder = errors.New("the endpoint answered lines out of order")

// results reads the answers. Without one for the time of a stall the watch
// ends the attempt.
func (u *upload) results(body io.Reader, watch *time.Timer) error {
	answers := json.NewDecoder(body)
	for expected := 1; ; expected++ {
		var r result
		if err := answers.Decode(&r); err != nil {
			break // an end, clean or not; what is unanswered tells which
		}
		watch.Reset(maxStall)
		if r.passing() {
			return &statusError{status: http.StatusServiceUnavailable, said: *r.Error}
		}
		e, ok := u.window.pop()
		switch {
		case r.Line != expected:
			return errOrder
		case !ok && r.Error != nil:
			return nil // a last word about the connection, which was idle too long
		case !ok:
			return errOrder
		case r.Error != nil:
			u.tally.fail(e.line, r.Error.String())
		default:
			u.tally.done()
		}
	}
	if u.window.len() > 0 {
		return errCut
	}
	return nil
}

// passing reports whether an attempt that broke is worth another one.
func passing(err error) bool {
	if status, ok := errors.AsType[*statusError](err); ok {
		return status.passing()
	}
	return !errors.Is(err, errOrder)
}

// pause waits before the next try: not at all, then a second, two, four.
func pause(ctx context.Context, tries int) error {
	wait := time.Second << (tries - 1) / 2
	if tries == 1 {
		wait = 0
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}
