package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"xmode/call"
	"xmode/store"
)

// apiError is how the admin listener says what went wrong. Nothing in it holds
// a key or a whole number.
type apiError struct {
	status  int
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Fields  map[string]string `json:"fields,omitempty"`
	retry   bool              // the same request may succeed soon
	hangUp  bool              // the rest of the request is not read
	wait    int               // seconds, for the client
}

// tooManyKeys is the refusal of a request without a valid key, like too many of its
// source before.
func tooManyKeys(wait int) *apiError {
	return &apiError{status: http.StatusTooManyRequests, Code: "too_many_failures",
		Message: "too many requests of this source had no valid API key", wait: wait}
}

// Error returns the message.
func (e *apiError) Error() string { return e.Message }

// malformed is a body that cannot be looked at field by field.
type malformed struct{ cause error }

// Error returns what is wrong with it.
func (m *malformed) Error() string { return m.cause.Error() }

// Errors of requests.
var (
	errNoObject     = errors.New("not a JSON object")
	errUnauthorized = errors.New("missing or unknown API key")
	errForbidden    = errors.New("the role of this API key does not suffice")
	errContentType  = errors.New("unsupported content type")
	errPanic        = errors.New("recovered from a panic")
	errOverloaded   = errors.New("too much to do at the moment: try again")
)

// errorTable maps errors to statuses and codes; the first row that fits counts.
// The message is that of the error unless the row has one.
func errorTable() []errorRow {
	return []errorRow{
		{is: errUnauthorized, status: http.StatusUnauthorized, code: "unauthorized"},
		{is: errForbidden, status: http.StatusForbidden, code: "forbidden"},
		{is: errOverloaded, status: http.StatusServiceUnavailable, code: "overloaded", retry: true, hangUp: true},
		{is: errTooLarge, status: http.StatusRequestEntityTooLarge, code: "too_large", hangUp: true},
		{is: errCutOff, status: http.StatusBadRequest, code: "malformed", message: "body: cut off or too slow", hangUp: true},
		{is: errContentType, status: http.StatusUnsupportedMediaType, code: "unsupported_media_type"},
		{is: store.ErrNotFound, status: http.StatusNotFound, code: "not_found"},
		{is: store.ErrXImmutable, status: http.StatusConflict, code: "x_immutable"},
		{is: store.ErrPrecondition, status: http.StatusPreconditionFailed, code: "precondition_failed"},
		{is: store.ErrExists, status: http.StatusConflict, code: "id_exists"},
		{is: store.ErrTooLarge, status: http.StatusRequestEntityTooLarge, code: "too_large"},
		{is: store.ErrBusy, status: http.StatusConflict, code: "busy", retry: true},
		{is: ErrGone, status: http.StatusNotFound, code: "gone"},
		{is: ErrArchive, status: http.StatusServiceUnavailable, code: "archive_unavailable", retry: true},
		{is: store.ErrCursor, status: http.StatusBadRequest, code: "bad_cursor"},
		{is: store.ErrNotDurable, status: http.StatusServiceUnavailable, code: "not_durable", retry: true},
		{is: store.ErrPartitions, status: http.StatusServiceUnavailable, code: "unavailable"},
		{is: store.ErrUnavailable, status: http.StatusServiceUnavailable, code: "unavailable",
			message: "the store does not answer", retry: true},
	}
}

// errorRow is one row of the table.
type errorRow struct {
	is            error
	status        int
	code, message string
	retry, hangUp bool
}

// apiErrorOf makes an apiError of any error. One that nobody expected keeps
// its text to itself.
func apiErrorOf(err error) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	if e := typedError(err); e != nil {
		return undone(err, e)
	}
	for _, row := range errorTable() {
		if errors.Is(err, row.is) {
			e := &apiError{status: row.status, Code: row.code, Message: row.message, retry: row.retry, hangUp: row.hangUp}
			if e.Message == "" {
				e.Message = row.is.Error()
			}
			return undone(err, e)
		}
	}
	return &apiError{status: http.StatusInternalServerError, Code: "internal", Message: "internal error"}
}

// typedError maps the errors that carry something to tell.
func typedError(err error) *apiError {
	if f, ok := errors.AsType[call.FieldErrors](err); ok {
		return &apiError{status: http.StatusBadRequest, Code: "invalid", Message: f.Error(), Fields: f}
	}
	if m, ok := errors.AsType[*malformed](err); ok {
		return &apiError{status: http.StatusBadRequest, Code: "malformed", Message: m.Error()}
	}
	if c, ok := errors.AsType[*store.Conflict](err); ok {
		return &apiError{status: http.StatusConflict, Code: "conflict", Message: c.Error()}
	}
	if m, ok := errors.AsType[*store.Missing](err); ok {
		return &apiError{status: http.StatusNotFound, Code: "not_found", Message: m.Error()}
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch h.Code {
		case http.StatusNotFound:
			return &apiError{status: h.Code, Code: "not_found", Message: "no such path"}
		case http.StatusMethodNotAllowed:
			return &apiError{status: h.Code, Code: "method_not_allowed", Message: "method not allowed on this path"}
		}
	}
	return nil
}

// undone says in the message what became of the parts of a change that failed
// half-way.
func undone(err error, e *apiError) *apiError {
	if u, ok := errors.AsType[*store.Undone](err); ok {
		told := store.Undone{Cause: e, Complete: u.Complete}
		e.Message = told.Error()
	}
	return e
}
