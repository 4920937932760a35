package handlers

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/platform"
)

// messages is the one way that every message of every platform takes: read,
// verify, and then decide if it is a question, or store if it is a push.
type messages struct {
	Deps
	adapter platform.Adapter
	name    string   // of the platform, for logs and metrics
	path    string   // the route's pattern: what a sender put into it is never logged
	params  []string // the names in it
	maxBody int64
	early   bool // the sender can be told without the body
	asks    bool // callers may wait for the answer
	kinds   *words
	json    []string // the Content-Type of answers, shared by all of them
	guard   *guard

	// Anybody can make the first happen, an absent store or a bad day of a
	// platform the others, at any rate.
	seldomRefused, seldomFellBack, seldomUnstored, seldomConflict, seldomPanic seldom

	untimely untimely // genuine, and refused for their time
}

// newMessages serves one route of one platform.
func newMessages(d Deps, a platform.Adapter, r platform.Route, kinds *words, g *guard) *messages {
	limit := r.MaxBody
	if limit <= 0 {
		limit = d.MaxBody
	}
	return &messages{Deps: d, adapter: a, name: string(a.Name()), path: r.Path, params: paramsOf(r.Path),
		maxBody: limit, early: r.Early, asks: r.Asks, kinds: kinds, json: []string{echo.MIMEApplicationJSON}, guard: g}
}

// paramsOf lists the names in a path: "token" and "type" of "/a/:token/:type".
func paramsOf(path string) (names []string) {
	for element := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(element, ":"); ok {
			names = append(names, name)
		}
	}
	return names
}

// serve is the handler. What it returns is the refusal of a message that could
// not be verified, or made no sense.
func (m *messages) serve(c echo.Context) error {
	start := m.Now()
	received, err := m.receive(c, start)
	if err != nil {
		return m.refused(c.Request(), err)
	}
	ctx := c.Request().Context()
	m.Vouch(ctx)
	switch {
	case received.Query != nil:
		x := &exchange{turn: turn{messages: m, response: c.Response(), received: received, start: start}}
		x.run(ctx)
	case received.Push != nil:
		x := &delivery{turn: turn{messages: m, response: c.Response(), received: received, start: start}}
		x.run(ctx)
	default: // no adapter does that
		return m.refused(c.Request(), internalFault())
	}
	return nil
}

// receive reads and verifies the message. A panic in there is a fault of ours
// about a message of which nobody knows yet whether it is genuine.
func (m *messages) receive(c echo.Context, now time.Time) (received platform.Received, err error) {
	defer func() {
		if v := recover(); v != nil {
			m.logPanic("public", m.path, v)
			err = internalFault()
		}
	}()
	r := c.Request()
	message := platform.Message{Path: m.path, Params: m.paramValues(c), RawQuery: r.URL.RawQuery, Header: r.Header}
	full := !m.asks && m.Bulkheads.pushes.full()
	if full || len(m.params) > 0 || r.ContentLength < 0 || r.ContentLength > firstRead {
		// No room, a secret address, or much to read: who has no key learns nothing of it.
		if err := m.stranger(message, now); err != nil {
			return received, err
		}
	}
	if full { // to read it would cost the callers most of what it costs
		m.Metrics.pushes.WithLabelValues(m.name, kindUnread, causeOverload).Inc()
		return received, notStored()
	}
	if message.Body, err = readUnpacked(r, m.maxBody); err != nil {
		return received, cmp.Or(m.stranger(message, now), error(bodyFault(err)))
	}
	received, err = m.adapter.Receive(message, now)
	if err != nil {
		return received, err
	}
	if received.Query != nil {
		received.Query.At = now
	}
	if form := received.Proof.Form; form != "" {
		m.Metrics.signatures.WithLabelValues(m.name, form).Inc()
	}
	return received, nil
}

// kindUnread stands for the kind of a push that was refused unread.
const kindUnread = "unread"

// stranger is the refusal of whoever has no key or does not know the address, by
// what can be seen without the body: they learn nothing about that. nil: it may
// be somebody who has one.
func (m *messages) stranger(message platform.Message, now time.Time) error {
	if !m.early {
		return nil
	}
	message.Body = nil
	_, err := m.adapter.Receive(message, now)
	r, ok := errors.AsType[*platform.Refusal](err)
	if ok && (r.Class == platform.Unauthorized || r.Class == platform.Absent) {
		return err
	}
	return nil
}

// otherMethod answers a method that the route does not have: as on an absent path
// to whoever does not know the secret element of the address.
func (m *messages) otherMethod(allow string) echo.HandlerFunc {
	return func(c echo.Context) error {
		message := platform.Message{Path: m.path, Params: m.paramValues(c), Header: c.Request().Header}
		if err := m.stranger(message, m.Now()); err != nil {
			return m.refused(c.Request(), err)
		}
		c.Response().Header().Set(echo.HeaderAllow, allow)
		return methodNotAllowed()
	}
}

// paramValues are what the path says in place of its names. The router matches
// the path as it was sent only where that differs from the usual spelling;
// otherwise its values are decoded already, and must not be decoded twice.
func (m *messages) paramValues(c echo.Context) map[string]string {
	if len(m.params) == 0 {
		return nil
	}
	values := make(map[string]string, len(m.params))
	for _, name := range m.params {
		value := c.Param(name)
		if c.Request().URL.RawPath != "" {
			if decoded, err := url.PathUnescape(value); err == nil {
				value = decoded
			}
		}
		values[name] = value
	}
	return values
}

// refused makes a fault of an error, for the error handler to answer. A source that
// sends what is not genuine too often is told that instead: only its failures.
func (m *messages) refused(r *http.Request, err error) error {
	f := faultOf(err)
	if forged(f) {
		if wait := m.guard.failed(r); wait > 0 {
			f = tooManyFailures(wait)
		}
	}
	m.note(f)
	return f
}

// forged reports whether a refusal is that of a message that no key signed. A clock that
// is off and a message that comes twice are no such thing, and neither is a wrong
// token in an address: it looks like any address that is not there, however often.
func forged(f *fault) bool {
	return f.Code == platform.SignatureMissing || f.Code == platform.SignatureInvalid
}

// note counts and logs a refusal: its code and the route, nothing of what was
// sent.
func (m *messages) note(f *fault) {
	m.Metrics.refusals.WithLabelValues(m.name, f.Code).Inc()
	if skipped, ok := m.seldomRefused.now(m.Now()); ok {
		m.Log.Info("message refused", slog.String("route", m.path), slog.String("code", f.Code), slog.Int64("unlogged", skipped))
	}
	if f.off == 0 {
		return
	}
	if many, count, median := m.untimely.note(m.Now(), f.off); many {
		m.Log.Warn("genuine messages are refused for their time: either the platform's clock is wrong or ours (xmode doctor)", slog.String("route", m.path),
			slog.Int("count", count), slog.Float64("ahead_of_ours_s", median.Round(time.Second).Seconds()), slog.Float64("last_s", f.off.Round(time.Second).Seconds()))
	}
}

// replayed is the refusal of a nonce that was used before.
func replayed() error {
	return &platform.Refusal{Class: platform.Unauthorized, Code: platform.NonceReplayed,
		Message: "nonce: used before"}
}
