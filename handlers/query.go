package handlers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/platform"
)

// queries is the one way that every query of every platform takes: read,
// verify, look up, decide, answer, and leave traces when the answer is out.
type queries struct {
	Deps
	adapter platform.Adapter
	name    string // of the platform, for logs and metrics
	path    string
	maxBody int64
	tag     *callTag
	json    []string // the Content-Type of answers, shared by all of them

	// Anybody can make the one happen, an absent store the other, at any rate.
	seldomRefused, seldomFellBack seldom
}

// newQueries serves one route of one platform.
func newQueries(d Deps, a platform.Adapter, r platform.Route, tag *callTag) *queries {
	limit := r.MaxBody
	if limit <= 0 {
		limit = d.MaxBody
	}
	return &queries{Deps: d, adapter: a, name: string(a.Name()), path: r.Path, maxBody: limit, tag: tag,
		json: []string{echo.MIMEApplicationJSON}}
}

// serve is the handler. What it returns is a message without a decision.
func (q *queries) serve(c echo.Context) error {
	start := q.Now()
	question, err := q.receive(c, start)
	if err != nil {
		return q.refused(err)
	}
	x := &exchange{queries: q, response: c.Response(), question: question, start: start}
	if err := x.run(c.Request().Context()); err != nil {
		return q.refused(err)
	}
	return nil
}

// receive reads and verifies the message. A panic in there is a fault of ours
// about a message of which nobody knows yet whether it is genuine.
func (q *queries) receive(c echo.Context, now time.Time) (question platform.Question, err error) {
	defer func() {
		if v := recover(); v != nil {
			q.logPanic("public", q.path, v)
			err = internalFault()
		}
	}()
	r := c.Request()
	body, err := readBody(r, q.maxBody)
	if err != nil {
		return question, bodyFault(err)
	}
	m := platform.Message{Path: q.path, RawQuery: r.URL.RawQuery, Header: r.Header, Body: body}
	question, err = q.adapter.Receive(m, now)
	if err != nil {
		return question, err
	}
	question.Query.At = now
	q.Metrics.signatures.WithLabelValues(q.name, question.Proof.Form).Inc()
	return question, nil
}

// refused counts and logs a refusal: its code and the route, nothing of what
// was sent.
func (q *queries) refused(err error) error {
	f := faultOf(err)
	q.Metrics.refusals.WithLabelValues(q.name, f.Code).Inc()
	if skipped, ok := q.seldomRefused.now(q.Now()); ok {
		q.Log.Info("message refused", slog.String("route", q.path), slog.String("code", f.Code), slog.Int64("unlogged", skipped))
	}
	return f
}

// replayed is the refusal of a nonce that was used before.
func replayed() error {
	return &platform.Refusal{Class: platform.Unauthorized, Code: platform.NonceReplayed,
		Message: "signatureNonce: used before"}
}

// causeOf names what kept the store from answering, for the metric.
func causeOf(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return causeDeadline
	}
	return causeStore
}
