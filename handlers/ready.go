package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readiness is the answer of /readyz.
type readiness struct {
	Ready    bool     `json:"ready"`
	Draining bool     `json:"draining,omitempty"`
	Degraded []string `json:"degraded,omitempty"`
}

// readyz says whether this process should get queries. A store that is away
// degrades it but leaves it ready, since it still answers, and since a load
// balancer must not take every replica away at once; ?strict=1 wants more.
func (a *admin) readyz(c echo.Context) error {
	now := a.Ready()
	answer := readiness{Ready: now.Reached && !now.Draining, Draining: now.Draining, Degraded: now.Degraded}
	if c.QueryParam("strict") == "1" && len(now.Degraded) > 0 {
		answer.Ready = false
	}
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
	}
	if err := write(c, reply{status: status, body: answer}); err != nil {
		return err
	}
	a.count(c)
	return nil
}

// metrics shows what the registry holds.
func (a *admin) metrics() echo.HandlerFunc {
	return echo.WrapHandler(promhttp.HandlerFor(a.Metrics.registry, promhttp.HandlerOpts{}))
}
