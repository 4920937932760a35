package conform

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"unicode"
)

// Exchange is a message and its answer.
type Exchange struct {
	Message Message
	Reply   Reply
	sender  *Sender
}

// errLate: there was no answer in time.
var errLate = errors.New("late")

// Fault says in a sentence what was sent, what came back, and what is wrong with
// it, without secrets.
func (x Exchange) Fault(format string, args ...any) error {
	text := fmt.Sprintf("sent %s, got %s: %s", x.Message.What, x.got(), fmt.Sprintf(format, args...))
	return errors.New(x.sender.hide(text))
}

// got describes the answer.
func (x Exchange) got() string {
	r := x.Reply
	switch {
	case r.Err != nil && r.Status != 0:
		return fmt.Sprintf("%d and then %s", r.Status, x.cause())
	case r.Err != nil:
		return x.cause()
	case r.Status >= 300 && r.Status < 400:
		return fmt.Sprintf("%d, a redirection, which platforms do not follow", r.Status)
	case r.Long:
		return fmt.Sprintf("%d and more than %d KiB", r.Status, maxAnswer>>10)
	case len(r.Body) == 0:
		return fmt.Sprintf("%d with an empty body", r.Status)
	case looksLikeHTML(r):
		return fmt.Sprintf("%d and an HTML page", r.Status)
	}
	return fmt.Sprintf("%d %s", r.Status, excerpt(r.Body))
}

// cause is why there is no answer.
func (x Exchange) cause() string {
	err := x.Reply.Err
	switch {
	case errors.Is(err, errSilent):
		return "nothing (" + err.Error() + ")"
	case errors.Is(err, errLate):
		return "no answer within " + x.sender.c.Timeout.String()
	case errors.Is(err, syscall.ECONNREFUSED):
		return "no connection, since nobody listens there"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "a connection that was closed before the end of an answer"
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the address, which may hold a token
	}
	return "no answer (" + err.Error() + ")"
}

func looksLikeHTML(r Reply) bool {
	start := strings.ToLower(strings.TrimSpace(string(r.Body[:min(len(r.Body), 200)])))
	return strings.Contains(r.Header.Get("Content-Type"), "text/html") ||
		strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html")
}

// maxExcerpt is how much of an answer a sentence shows.
const maxExcerpt = 160

// excerpt is the beginning of an answer on one line.
func excerpt(body []byte) string {
	text := strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) || c == '\uFFFD' {
			return ' ' // what a terminal would obey, too
		}
		return c
	}, strings.TrimSpace(string(body[:min(len(body), maxExcerpt)])))
	if len(body) > maxExcerpt {
		text += "…"
	}
	return text
}

// hide takes secrets out of a text and masks the middle of phone numbers.
func (s *Sender) hide(text string) string {
	for _, secret := range s.c.Secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return regexp.MustCompile(`\d{10,15}`).ReplaceAllStringFunc(text, func(n string) string {
		return n[:len(n)-8] + "****" + n[len(n)-4:]
	})
}

// IsJSON reports whether an answer says that it is JSON.
func (r Reply) IsJSON() bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "application/json" || strings.HasSuffix(kind, "+json")
}

// WantRefused is the fault of an answer to what has to be turned away with a
// status from 400 to 499, or nil.
func (x Exchange) WantRefused() error {
	switch {
	case x.Reply.Refuses():
		return nil
	case x.Reply.Err == nil && x.Reply.Status >= http.StatusInternalServerError:
		return x.Fault("what cannot be understood is no failure of the endpoint's own: a status 4xx is due")
	}
	return x.Fault("a refusal with a status 4xx is due")
}

// WantTurnedAway is [Exchange.WantRefused] for what no endpoint has to read to its
// end: it may hang up as well, if it goes on to answer others, such as the message
// that after sends.
func (x Exchange) WantTurnedAway(after func() Exchange) error {
	r := x.Reply
	if r.Err == nil || r.Status != 0 || errors.Is(r.Err, errLate) || errors.Is(r.Err, errSilent) {
		return x.WantRefused()
	}
	if after().Reply.Err != nil {
		return x.Fault("a refusal with a status 4xx is due; an endpoint that hangs up instead has to answer what comes then, and does not")
	}
	return nil
}

// WantEmpty is the fault of an answer that is not 200 with an empty body, or nil.
func (x Exchange) WantEmpty() error {
	switch {
	case !x.Reply.OK():
		return x.Fault("the platform takes 200 for an acknowledgement, and nothing else")
	case len(x.Reply.Body) > 0:
		return x.Fault("an empty body is due")
	}
	return nil
}
