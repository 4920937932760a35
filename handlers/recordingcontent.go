package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/call"
	"xmode/store"
)

// recordingContent sends the file, whole or in the ranges that are asked for.
func (a *admin) recordingContent(r *request, id string) (reply, error) {
	found, err := a.Recordings.GetRecording(r.ctx, id)
	if err != nil {
		return reply{}, recordingError(err)
	}
	req := r.echo.Request()
	file, stored, err := a.open(req.Context(), &found)
	if err != nil {
		return reply{}, err
	}
	defer file.Close()
	response := r.echo.Response()
	h := response.Header()
	h.Set(echo.HeaderContentType, found.ContentType)
	h.Set(echo.HeaderContentDisposition, "attachment; filename="+strconv.Quote(path.Base(found.Key)))
	h.Set(echo.HeaderCacheControl, "private, no-store")
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	h.Set("ETag", strconv.Quote(found.SHA256))
	conn := http.NewResponseController(response.Writer)
	out := &patientResponse{ResponseWriter: response, to: &patientWriter{out: response, conn: conn, now: a.Now}}
	http.ServeContent(out, req, "", stored, file)
	return reply{}, nil
}

// open opens the file of a recording.
func (a *admin) open(ctx context.Context, found *store.Recording) (io.ReadSeekCloser, time.Time, error) {
	switch {
	case found.State != call.RecordingKept:
		return nil, time.Time{}, &apiError{status: http.StatusConflict, Code: "not_archived",
			Message: "the recording is " + string(found.State)}
	case a.Archive == nil:
		return nil, time.Time{}, &apiError{status: http.StatusConflict, Code: "not_archived", Message: "no archive is configured"}
	}
	file, stored, err := a.Archive.Open(ctx, found.Key)
	if err != nil && !errors.Is(err, ErrGone) {
		err = ErrArchive
	}
	return file, stored, err
}

// patientResponse is a response that may take its time, as long as somebody reads.
type patientResponse struct {
	http.ResponseWriter
	to *patientWriter
}

// Write writes with a minute's patience.
func (p *patientResponse) Write(b []byte) (int, error) { return p.to.Write(b) }
