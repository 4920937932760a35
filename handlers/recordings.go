package handlers

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"xmode/call"
	"xmode/store"
)

// Recording is the audio file of a call, and how far it has come.
type Recording struct {
	// ID tells it from others; empty: the platform did not say enough to fetch it.
	ID       string `json:"id"`
	Platform string `json:"platform"`
	CallID   string `json:"call_id"`
	// RecordID is the call record that names it; empty: only an event does.
	RecordID string `json:"record_id"`
	// State is "pending", "located", "archived", "expired", "failed" or "unmatched".
	State string `json:"state"`
	// Unmatched is set where a receipt that nobody signed names it, for a call that
	// was never decided here.
	Unmatched bool `json:"unmatched"`
	// Attempts counts how often it was tried.
	Attempts int `json:"attempts"`
	// NamedAt is when a push first named it, NextTryAt when it is due, ExpiresAt
	// when the platform throws it away, ArchivedAt when it was stored; null: never,
	// or not known.
	NamedAt    *string `json:"named_at"`
	NextTryAt  *string `json:"next_try_at"`
	ExpiresAt  *string `json:"expires_at"`
	ArchivedAt *string `json:"archived_at"`
	// Key is where in the archive it lies, with its size in bytes, its digest in
	// hexadecimal and its type: "audio/wav" or "audio/mpeg".
	Key         string `json:"key"`
	Size        int64  `json:"size"`
	SHA256      string `json:"sha256"`
	ContentType string `json:"content_type"`
	// Error is why the last attempt failed: a word, and perhaps the platform's code.
	Error string `json:"error"`
}

// Archive gives the files that were kept.
type Archive interface {
	// Open opens one for reading, as long as ctx lasts, and tells when it was
	// stored. ErrGone, or any other error where the archive does not answer.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, time.Time, error)
}

// Errors of an Archive.
var (
	// ErrGone: there is no such file.
	ErrGone = errors.New("the file is not in the archive any more")
	// ErrArchive: the archive does not answer.
	ErrArchive = errors.New("the archive does not answer")
)

// wireRecording puts a recording on the wire.
func wireRecording(r *store.Recording) Recording {
	return Recording{
		ID: r.ID, Platform: string(r.Platform), CallID: r.CallID, RecordID: r.RecordID, State: string(r.State), Unmatched: r.Unmatched,
		Attempts: r.Attempts, NamedAt: instant(r.NamedAt), NextTryAt: instant(r.NextTryAt), ExpiresAt: instant(r.ExpiresAt),
		ArchivedAt: instant(r.ArchivedAt), Key: r.Key, Size: r.Size, SHA256: r.SHA256, ContentType: r.ContentType, Error: r.Error,
	}
}

// instant writes a time; nil: there is none.
func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(instantForm)
	return &text
}

// readRecordings reads which recordings to list.
func (a *admin) readRecordings(r *request) (in store.RecordingFilter, err error) {
	params, err := parameters(r, "platform", "state", "limit", "cursor")
	if err != nil {
		return in, err
	}
	p, err := pageOf(params)
	if err != nil {
		return in, err
	}
	var f faults
	in = store.RecordingFilter{Limit: p.limit, Cursor: p.cursor, State: call.RecordingState(params["state"])}
	in.Platform = a.platformOf(params["platform"], &f)
	switch in.State {
	case "", call.RecordingPending, call.RecordingLocated, call.RecordingKept, call.RecordingExpired, call.RecordingFailed, call.RecordingUnmatched:
	default:
		f.add("state", "must be pending, located, archived, expired, failed or unmatched")
	}
	return in, f.err()
}

// readRecordingID reads the id in the path. What is no id is one of nothing.
func readRecordingID(r *request) (string, error) {
	id := r.echo.Param("id")
	if !call.IsRecordingID(id) {
		return "", noRecording()
	}
	return id, nil
}

func noRecording() error {
	return &apiError{status: http.StatusNotFound, Code: "not_found", Message: "recording not found"}
}

// recordingError words the store's error.
func recordingError(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return noRecording()
	case errors.Is(err, store.ErrBusy):
		return &apiError{status: http.StatusConflict, Code: "busy", Message: "the recording is being fetched", retry: true}
	}
	return err
}

// listRecordings reads a page, the one named last first.
func (a *admin) listRecordings(r *request, in store.RecordingFilter) (reply, error) {
	found, next, err := a.Recordings.ListRecordings(r.ctx, in)
	if err != nil {
		return reply{}, err
	}
	answer := list[Recording]{Items: make([]Recording, len(found)), Next: next}
	for i := range found {
		answer.Items[i] = wireRecording(&found[i])
	}
	return reply{body: answer}, nil
}

// getRecording reads one.
func (a *admin) getRecording(r *request, id string) (reply, error) {
	found, err := a.Recordings.GetRecording(r.ctx, id)
	if err != nil {
		return reply{}, recordingError(err)
	}
	return reply{body: wireRecording(&found)}, nil
}

// retryRecording has one fetched now, whatever became of it before, unless it lies
// in the archive.
func (a *admin) retryRecording(r *request, id string) (reply, error) {
	found, err := a.Recordings.GetRecording(r.ctx, id)
	if err == nil && found.State == call.RecordingKept {
		err = a.missing(r.ctx, &found)
	}
	if err == nil {
		found, err = a.Recordings.RetryRecording(r.ctx, id, r.now)
	}
	if err != nil {
		return reply{}, recordingError(err)
	}
	a.Log.Info("recording is tried again by hand", slog.String("key", r.key.name), slog.String("call", a.Tag(found.CallID)))
	a.audit(r, "recording_retry", "", call.ID(0))
	return reply{body: wireRecording(&found)}, nil
}

// missing is nil where the file of an archived recording is not there any more.
func (a *admin) missing(ctx context.Context, found *store.Recording) error {
	file, _, err := a.open(ctx, found)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err == nil {
		_ = file.Close()
		err = &apiError{status: http.StatusConflict, Code: "archived", Message: "the recording is archived"}
	}
	return err
}
