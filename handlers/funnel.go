package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// adminBudget bounds what one request may keep the store busy with; a change of
// a thousand bindings fits in.
const adminBudget = 30 * time.Second

// request is one authorised request on its way through a handler.
type request struct {
	echo echo.Context
	// ctx is what store calls run under. It outlives a client who goes away, so
	// that no change stops half-way because somebody pressed Ctrl-C.
	ctx context.Context
	key apiKey
	now time.Time
	// limit is the largest body.
	limit int64
}

// reply is what a handler answers.
type reply struct {
	status   int // 0: 200
	etag     string
	location string
	body     any // nil: none; json.RawMessage: as it stands
}

// handle is the funnel of the admin listener: authorise, read, do, encode. An
// error of any step goes to the one error handler.
func handle[T any](a *admin, need Role, read func(*request) (T, error), do func(*request, T) (reply, error)) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if v := recover(); v == http.ErrAbortHandler {
				panic(v) // an answer that is to be cut off
			} else if v != nil {
				a.logPanic("admin", c.Path(), v)
				if err = errPanic; c.Response().Committed {
					panic(http.ErrAbortHandler) // or what was sent would pass for all
				}
			}
		}()
		ctx, cancel := bounded(c)
		defer cancel()
		req := &request{echo: c, ctx: ctx, now: a.Now(), limit: a.MaxBody}
		if req.key, err = a.authorize(c.Request(), need); err != nil {
			return err
		}
		input, err := read(req)
		if err != nil {
			return err
		}
		hull := a.bulkheadOf(c) // only now: who sends slowly keeps nobody's place
		if !hull.enter(ctx, callPatience) {
			return errOverloaded
		}
		defer hull.leave()
		answer, err := do(req, input)
		if err != nil {
			return err
		}
		return a.send(c, answer)
	}
}

// bounded returns the context of one request, or of one batch of a long one.
func bounded(c echo.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.Request().Context()), adminBudget)
}

// authorize finds the key of a request and holds its role against the need.
func (a *admin) authorize(r *http.Request, need Role) (apiKey, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	key, ok := a.Keys().find(strings.TrimSpace(secret))
	switch {
	case !ok || !strings.EqualFold(scheme, "Bearer"):
		if wait := a.guard.failed(r); wait > 0 {
			return apiKey{}, tooManyKeys(wait)
		}
		return apiKey{}, errUnauthorized
	case key.role < need:
		return apiKey{}, errForbidden
	}
	a.Vouch(r.Context())
	return key, nil
}

// send encodes the answer of a handler, unless the handler has answered by
// itself.
func (a *admin) send(c echo.Context, answer reply) error {
	if !c.Response().Committed {
		if err := write(c, answer); err != nil {
			return err
		}
	}
	a.count(c)
	return nil
}

// write writes one JSON answer.
func write(c echo.Context, answer reply) error {
	if answer.status == 0 {
		answer.status = http.StatusOK
	}
	if answer.etag != "" {
		c.Response().Header().Set("ETag", strconv.Quote(answer.etag))
	}
	if answer.location != "" {
		c.Response().Header().Set(echo.HeaderLocation, answer.location)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	if answer.body == nil {
		return c.NoContent(answer.status)
	}
	text, err := json.Marshal(answer.body)
	if err != nil {
		return err
	}
	return c.Blob(answer.status, echo.MIMEApplicationJSON, text)
}

// fail is the error handler of the admin listener.
func (a *admin) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	e := apiErrorOf(err)
	h := c.Response().Header()
	trimAllow(h)
	if e.status == http.StatusUnauthorized {
		h.Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
	if e.retry {
		h.Set(echo.HeaderRetryAfter, "1")
	}
	if e.wait > 0 {
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(e.wait))
	}
	if e.hangUp {
		h.Set(echo.HeaderConnection, "close")
	}
	if e.status == http.StatusInternalServerError && !errors.Is(err, errPanic) {
		a.Log.Error("unexpected error", slog.String("route", c.Path()), slog.String("type", fmt.Sprintf("%T", err)))
	}
	answer := reply{status: e.status, body: map[string]*apiError{"error": e}}
	if c.Path() == pathProvision {
		answer.body = provisionError(e)
	}
	_ = write(c, answer) // a client who is gone gets no answer
	a.count(c)
}

// count counts a request that was answered. Paths and methods that do not
// exist share one label each: they are the client's to choose.
func (a *admin) count(c echo.Context) {
	method, path := c.Request().Method, c.Path()
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete:
	default:
		method = "other"
	}
	if !a.paths[path] {
		path = "other"
	}
	a.Metrics.admin.WithLabelValues(method, path, strconv.Itoa(c.Response().Status)).Inc()
}
