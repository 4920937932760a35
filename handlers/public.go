package handlers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"xmode/platform"
)

// Public registers the routes of the public listener with e: those of every
// adapter, and /healthz. It also sets the error handler of e, so that
// whatever goes wrong there is answered as {"code":"…","message":"…"}.
func Public(e *echo.Echo, d Deps) {
	d = d.withDefaults()
	e.HTTPErrorHandler = refusePublic
	g := newGuard(d)
	e.Use(g.admit)
	route(e, pathHealth, []string{http.MethodGet}, healthz)
	for _, adapter := range d.Adapters {
		kinds := &words{}
		for _, r := range adapter.Routes() {
			m := newMessages(d, adapter, r, kinds, g)
			if len(m.params) == 0 {
				route(e, r.Path, r.Methods, m.serve)
			} else {
				secretRoute(e, r, m)
			}
		}
	}
}

// healthz says that the process lives, and nothing else.
func healthz(c echo.Context) error {
	return c.JSONBlob(http.StatusOK, []byte(`{"status":"ok"}`))
}

// route registers h for the methods.
func route(e *echo.Echo, path string, methods []string, h echo.HandlerFunc) {
	for _, m := range methods {
		e.Add(m, path, h)
	}
	refuseOptions(e, path, methods)
}

// secretRoute registers a route whose address is a secret in part: no method
// tells that it exists.
func secretRoute(e *echo.Echo, r platform.Route, m *messages) {
	other := m.otherMethod(strings.Join(r.Methods, ", "))
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions} {
		if slices.Contains(r.Methods, method) {
			e.Add(method, r.Path, m.serve)
		} else {
			e.Add(method, r.Path, other)
		}
	}
}

// refuseOptions answers OPTIONS with a 405; Echo would otherwise answer it by
// itself as if it were served.
func refuseOptions(e *echo.Echo, path string, methods []string) {
	allow := strings.Join(methods, ", ")
	e.OPTIONS(path, func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderAllow, allow)
		return echo.ErrMethodNotAllowed
	})
}

// trimAllow takes OPTIONS, which no route serves, out of the Allow header that
// Echo writes.
func trimAllow(h http.Header) {
	if allow, ok := strings.CutPrefix(h.Get(echo.HeaderAllow), http.MethodOptions+", "); ok {
		h.Set(echo.HeaderAllow, allow)
	}
}
