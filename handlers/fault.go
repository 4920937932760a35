package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/platform"
)

// The codes of refusals on the public listener that no platform has.
const (
	codeNotFound         = "NotFound"
	codeMethodNotAllowed = "MethodNotAllowed"
	codeUnsupportedType  = "UnsupportedMediaType"
	codeNotStored        = "NotStored"
	codeInternal         = "InternalError"
	codeSource           = "SourceNotAllowed"
	codeFailures         = "TooManyFailures"
)

// fault is a message that gets no decision. It is written as it stands: code
// and message hold no secret and no whole number.
type fault struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
	hangUp  bool   // the rest of the request is not read
	retry   bool   // the same message may be taken soon
	wait    int    // seconds, for the sender

	off time.Duration // how far the signed time is ahead of ours, where that is the fault
}

// Error returns the code.
func (f *fault) Error() string { return f.Code }

// statusOf maps the class of a refusal to an HTTP status.
func statusOf(class platform.Refused) int {
	switch class {
	case platform.Unauthorized:
		return http.StatusUnauthorized
	case platform.Malformed:
		return http.StatusBadRequest
	case platform.UnsupportedType:
		return http.StatusUnsupportedMediaType
	case platform.TooLong:
		return http.StatusRequestHeaderFieldsTooLarge
	case platform.Absent:
		return http.StatusNotFound
	case platform.TooLarge:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusInternalServerError
}

// faultOf makes a fault of any error of the public listener. An error that
// nobody expected keeps its text to itself.
func faultOf(err error) *fault {
	if f, ok := errors.AsType[*fault](err); ok {
		return f
	}
	if r, ok := errors.AsType[*platform.Refusal](err); ok {
		if r.Class == platform.Absent { // and looks like it
			return noSuchPath()
		}
		return &fault{status: statusOf(r.Class), Code: r.Code, Message: r.Message, off: r.Off}
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch h.Code {
		case http.StatusNotFound:
			return noSuchPath()
		case http.StatusMethodNotAllowed:
			return methodNotAllowed()
		}
	}
	return internalFault()
}

// noSuchPath is the answer of every path that is not there.
func noSuchPath() *fault {
	return &fault{status: http.StatusNotFound, Code: codeNotFound, Message: "no such path"}
}

// notStored is the answer to a push that is to be sent again.
func notStored() *fault {
	return &fault{status: http.StatusServiceUnavailable, Code: codeNotStored, Message: "not stored: send it again", retry: true}
}

// methodNotAllowed is the refusal of a method that a path does not have.
func methodNotAllowed() *fault {
	return &fault{status: http.StatusMethodNotAllowed, Code: codeMethodNotAllowed, Message: "method not allowed on this path"}
}

// sourceNotAllowed is the refusal of a sender by his address.
func sourceNotAllowed() *fault {
	return &fault{status: http.StatusForbidden, Code: codeSource, Message: "this source may not send here", hangUp: true}
}

// tooManyFailures is the refusal of a message that is not genuine, like too many of
// its source before.
func tooManyFailures(wait int) *fault {
	return &fault{status: http.StatusTooManyRequests, Code: codeFailures,
		Message: "too many messages of this source had no valid signature", wait: wait}
}

// bodyFault makes a fault of an error of readUnpacked.
func bodyFault(err error) *fault {
	switch {
	case errors.Is(err, errTooLarge):
		return &fault{status: http.StatusRequestEntityTooLarge, Code: platform.BodyTooLarge,
			Message: "body too large", hangUp: true}
	case errors.Is(err, errPacking):
		return &fault{status: http.StatusUnsupportedMediaType, Code: codeUnsupportedType,
			Message: "Content-Encoding: must be gzip or identity"}
	case errors.Is(err, errGzip):
		return &fault{status: http.StatusBadRequest, Code: platform.MalformedBody, Message: "body: not gzip, or cut off"}
	}
	return &fault{status: http.StatusBadRequest, Code: platform.MalformedBody,
		Message: "body: cut off or too slow", hangUp: true}
}

// internalFault is the answer where we are at fault ourselves.
func internalFault() *fault {
	return &fault{status: http.StatusInternalServerError, Code: codeInternal, Message: "internal error"}
}

// refusePublic is the error handler of the public listener.
func refusePublic(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if errors.Is(err, echo.ErrMethodNotAllowed) && strings.Contains(c.Path(), ":") {
		// A method that nobody has: the router tells of it, a secret address does not.
		err = echo.ErrNotFound
		c.Response().Header().Del(echo.HeaderAllow)
	}
	writeFault(c.Response(), faultOf(err))
}

// writeFault answers with a fault.
func writeFault(response *echo.Response, f *fault) {
	h := response.Header()
	trimAllow(h)
	if f.hangUp {
		h.Set(echo.HeaderConnection, "close")
	}
	if f.retry {
		h.Set(echo.HeaderRetryAfter, "1")
	}
	if f.wait > 0 {
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(f.wait))
	}
	body, err := json.Marshal(f)
	if err != nil { // two strings always encode
		return
	}
	h.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	response.WriteHeader(f.status)
	_, _ = response.Write(body) // a sender who is gone gets no answer
}
