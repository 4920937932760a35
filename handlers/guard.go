package handlers

import (
	"log/slog"
	"math"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// pathHealth is where anybody may look.
const pathHealth = "/healthz"

// guard stands before what a listener serves: it knows where requests come from, and
// who fails too often to prove who he is. Addresses of senders get into the log,
// seldom, and into nothing else.
type guard struct {
	Deps
	failures *failures

	seldomSource, seldomFailures seldom
}

// newGuard makes the guard of one listener.
func newGuard(d Deps) *guard {
	return &guard{Deps: d, failures: newFailures(d.AuthFailures)}
}

// admit lets through to the public listener who may reach it, before anything of the
// request is looked at. What is refused is not read either.
func (g *guard) admit(next echo.HandlerFunc) echo.HandlerFunc {
	if g.Sources == nil {
		return next
	}
	return func(c echo.Context) error {
		if c.Path() == pathHealth {
			return next(c)
		}
		source := g.Proxies.source(c.Request())
		if g.Sources.Contains(source) {
			return next(c)
		}
		g.Metrics.strangers.Inc()
		if skipped, ok := g.seldomSource.now(g.Now()); ok {
			g.Log.Info("source not allowed", slog.String("source", source.String()), slog.Int64("unlogged", skipped))
		}
		return sourceNotAllowed()
	}
}

// failed counts that a request failed to prove who sent it. wait is for how many
// seconds its source has failed too often; 0: it may try again at once.
func (g *guard) failed(r *http.Request) (wait int) {
	if g.AuthFailures <= 0 {
		return 0
	}
	source, now := g.Proxies.source(r), g.Now()
	left, first := g.failures.add(source, now)
	if first {
		if skipped, ok := g.seldomFailures.now(now); ok {
			g.Log.Warn("too many failures of one source to prove who it is", slog.String("source", source.String()),
				slog.Int("limit", g.AuthFailures), slog.Int64("unlogged", skipped))
		}
	}
	return seconds(left)
}

// seconds rounds up.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
