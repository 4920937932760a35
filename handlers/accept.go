package handlers

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// accepted returns which of the offered media types the Accept header names,
// and otherwise JSON: whoever accepts anything, or something else, gets that.
// Of several the one with the highest q counts, of equal ones the first.
func accepted(h http.Header, offered ...string) string {
	best, most := echo.MIMEApplicationJSON, 0.0
	for _, line := range h[echo.HeaderAccept] {
		for entry := range strings.SplitSeq(line, ",") {
			media, params, err := mime.ParseMediaType(entry)
			if err != nil || media != echo.MIMEApplicationJSON && !slices.Contains(offered, media) {
				continue
			}
			if q := quality(params["q"]); q > most {
				best, most = media, q
			}
		}
	}
	return best
}

// quality reads a q; none is 1, and one that is no number is 0.
func quality(text string) float64 {
	if text == "" {
		return 1
	}
	q, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return q
}
