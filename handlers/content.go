package handlers

import (
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// jsonBody reads a whole JSON body.
func jsonBody(r *request) ([]byte, error) {
	if err := contentType(r.echo.Request(), echo.MIMEApplicationJSON); err != nil {
		return nil, err
	}
	return readBody(r.echo.Request(), r.limit)
}

// contentType refuses a body of another type than those given, or a packed
// one. A body whose type is not stated is taken for the right one.
func contentType(r *http.Request, types ...string) error {
	if coding := r.Header.Get(echo.HeaderContentEncoding); coding != "" && !strings.EqualFold(coding, "identity") {
		return errContentType
	}
	stated := r.Header.Get(echo.HeaderContentType)
	if stated == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(stated)
	for _, t := range types {
		if err == nil && media == t {
			return nil
		}
	}
	return errContentType
}
