package recording

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// resume is how to ask for the rest of a file.
type resume struct {
	from      address // where the first answer came from
	etag      string  // as strong as a resume needs; empty: none
	validator string  // for If-Range: the ETag or a date; empty: the rest cannot be asked for
}

// resumeOf reads what an answer says of its later versions. A weak ETag says too
// little: the bytes may be others.
func resumeOf(a answer) resume {
	r := resume{from: a.from}
	if a.Header.Get("Accept-Ranges") == "none" {
		return r
	}
	if tag := a.Header.Get("ETag"); strings.HasPrefix(tag, `"`) {
		r.etag, r.validator = tag, tag
		return r
	}
	if date := a.Header.Get("Last-Modified"); date != "" {
		if _, err := http.ParseTime(date); err == nil {
			r.validator = date
		}
	}
	return r
}

// possible reports whether the rest can be asked for. Without the length of the
// whole file nobody could tell whether it is the same one.
func (r *resume) possible(promised int64) bool { return r.validator != "" && promised > 0 }

// give gives resuming up.
func (r *resume) give(why string) error {
	r.validator = ""
	return newFailure(ReasonCutOff, why)
}

func isCut(err error) bool {
	f, ok := errors.AsType[*Failure](err)
	return ok && f.Reason == ReasonCutOff
}

// goOn asks for the rest of the file and reads it.
func (f *fetch) goOn() error {
	a, err := f.ask(f.resume.from, http.Header{
		"Range":    {fmt.Sprintf("bytes=%d-", f.sink.size)},
		"If-Range": {f.resume.validator},
	})
	if err != nil {
		return noConnection(err)
	}
	defer a.close()
	if fault := f.misfit(a.Response); fault != "" {
		return f.resume.give(fault)
	}
	if err := f.pump(a.Body); err != nil {
		return err
	}
	return f.missing()
}

// noConnection turns a failure to connect into another cut: the next try may find
// the server again.
func noConnection(err error) error {
	if f, ok := errors.AsType[*Failure](err); ok && isUnconnected(err) {
		return &Failure{Reason: ReasonCutOff, Detail: "then " + f.Error(), Err: f.Err}
	}
	return err
}

// misfit says why an answer is not the rest of the file; empty: it is.
func (f *fetch) misfit(r *http.Response) string {
	first, last, total, ok := contentRange(r.Header.Get("Content-Range"))
	switch {
	case r.StatusCode != http.StatusPartialContent:
		return "not resumed: " + strconv.Itoa(r.StatusCode)
	case !ok || first != f.sink.size || total != f.promised || last < first || last >= total:
		return "not resumed: another range"
	case r.ContentLength >= 0 && r.ContentLength != last-first+1:
		return "not resumed: another length"
	case f.resume.etag != "" && r.Header.Get("ETag") != "" && r.Header.Get("ETag") != f.resume.etag:
		return "not resumed: another version"
	case r.Header.Get("Content-Encoding") != "":
		return "not resumed: encoded"
	}
	return ""
}

// contentRange reads "bytes 5-9/10".
func contentRange(s string) (first, last, total int64, ok bool) {
	s, bytes := strings.CutPrefix(s, "bytes ")
	span, whole, slash := strings.Cut(s, "/")
	from, to, dash := strings.Cut(span, "-")
	numbers := [3]int64{}
	for i, digits := range []string{from, to, whole} {
		n, err := strconv.ParseUint(digits, 10, 62)
		if err != nil {
			return 0, 0, 0, false
		}
		numbers[i] = int64(n)
	}
	return numbers[0], numbers[1], numbers[2], bytes && slash && dash
}
