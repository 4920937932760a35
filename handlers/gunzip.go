package handlers

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// Errors of readUnpacked beside those of readBody.
var (
	errPacking = errors.New("unknown content coding")
	errGzip    = errors.New("broken gzip body")
)

// readUnpacked reads the whole body as it was before it was packed, at most
// limit bytes: neither as it comes nor as it was may it be longer. Only gzip is
// known; the error is errPacking, errGzip or one of readBody.
func readUnpacked(r *http.Request, limit int64) ([]byte, error) {
	packed, err := gzipped(r.Header)
	if err != nil {
		return nil, err
	}
	body, err := readBody(r, limit)
	if err != nil || !packed || len(body) == 0 {
		return body, err
	}
	return gunzip(body, limit)
}

// gzipped reads the Content-Encoding; "identity" is none.
func gzipped(h http.Header) (packed bool, err error) {
	for _, line := range h[echo.HeaderContentEncoding] {
		for coding := range strings.SplitSeq(line, ",") {
			switch strings.ToLower(strings.Trim(coding, " \t")) {
			case "", "identity":
			case "gzip", "x-gzip":
				if packed {
					return false, errPacking // twice
				}
				packed = true
			default:
				return false, errPacking
			}
		}
	}
	return packed, nil
}

// gunzip unpacks as far as the limit lets it and no further.
func gunzip(packed []byte, limit int64) ([]byte, error) {
	in, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errGzip
	}
	body, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case int64(len(body)) > limit:
		return nil, errTooLarge
	case err != nil:
		return nil, errGzip
	}
	return body, nil
}
