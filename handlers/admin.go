package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// pathProvision is where errors have a form of their own.
const pathProvision = "/provision_x"

// admin is what the handlers of the admin listener share.
type admin struct {
	Deps
	codec *codec
	paths map[string]bool // those that exist
	guard *guard
}

// Admin registers the routes of the admin listener with e, and sets the error
// handler of e, so that whatever goes wrong there is answered as
// {"error":{"code":"…","message":"…","fields":{…}}}.
func Admin(e *echo.Echo, d Deps) {
	d = d.withDefaults()
	a := &admin{Deps: d, codec: newCodec(d.Platforms), paths: map[string]bool{}, guard: newGuard(d)}
	e.HTTPErrorHandler = a.fail
	for _, r := range a.routes() {
		e.Add(r.method, r.path, r.handler)
	}
	for path, methods := range byPath(a.routes()) {
		a.paths[path] = true
		refuseOptions(e, path, methods)
	}
}

// adminRoute is one row of the route table.
type adminRoute struct {
	method, path string
	handler      echo.HandlerFunc
}

// routes is the table of the admin listener: who may, what is read from the
// request, and what is done with it.
func (a *admin) routes() []adminRoute {
	return []adminRoute{
		{http.MethodPost, pathProvision, handle(a, Provision, a.readProvision, a.provision)},
		{http.MethodPost, "/v1/bindings", handle(a, Provision, a.readBinding, a.createBinding)},
		{http.MethodGet, "/v1/bindings", handle(a, Read, readFilter, a.listBindings)},
		{http.MethodPost, "/v1/bindings/import", handle(a, Provision, readImport, a.importBindings)},
		{http.MethodGet, "/v1/bindings/:id", handle(a, Read, readID, a.getBinding)},
		{http.MethodPut, "/v1/bindings/:id", handle(a, Provision, a.readReplacement, a.putBinding)},
		{http.MethodDelete, "/v1/bindings/:id", handle(a, Provision, readDeletion, a.deleteBinding)},
		{http.MethodPost, "/v1/decide", handle(a, Read, a.readDecide, a.decide)},
		{http.MethodGet, "/v1/calls", handle(a, Read, a.readCall, a.getCall)},
		{http.MethodGet, "/v1/cdrs", handle(a, Read, a.readRecords, a.listRecords)},
		{http.MethodGet, "/v1/numbers", handle(a, Read, readNoParameters, a.listNumbers)},
		{http.MethodGet, "/v1/quarantine", handle(a, Administer, readPage, a.listQuarantine)},
		{http.MethodGet, "/v1/quarantine/:id", handle(a, Administer, readQuarantineID, a.getQuarantined)},
		{http.MethodDelete, "/v1/quarantine/:id", handle(a, Administer, readQuarantineID, a.dropQuarantined)},
		{http.MethodPost, "/v1/quarantine/:id/retry", handle(a, Administer, readQuarantineID, a.retryQuarantined)},
		{http.MethodGet, "/v1/recordings", handle(a, Read, a.readRecordings, a.listRecordings)},
		{http.MethodGet, "/v1/recordings/:id", handle(a, Read, readRecordingID, a.getRecording)},
		{http.MethodGet, "/v1/recordings/:id/content", handle(a, Read, readRecordingID, a.recordingContent)},
		{http.MethodPost, "/v1/recordings/:id/retry", handle(a, Administer, readRecordingID, a.retryRecording)},
		{http.MethodGet, "/v1/audit", handle(a, Administer, readPage, a.listAudit)},
		{http.MethodGet, "/openapi.json", handle(a, Read, readNothing, openAPI)},
		{http.MethodGet, "/readyz", a.readyz},
		{http.MethodGet, "/metrics", a.metrics()},
	}
}

// byPath gathers the methods of each path.
func byPath(routes []adminRoute) map[string][]string {
	methods := map[string][]string{}
	for _, r := range routes {
		methods[r.path] = append(methods[r.path], r.method)
	}
	return methods
}

// bulkheadOf is where a call waits for its turn: what takes as long as its client does
// keeps nothing out that is short.
func (a *admin) bulkheadOf(c echo.Context) *bulkhead {
	switch c.Path() {
	case "/v1/bindings/import", "/v1/recordings/:id/content":
		return a.Bulkheads.long
	case "/v1/cdrs":
		if accepted(c.Request().Header, mimeNDJSON, mimeCSV) != echo.MIMEApplicationJSON {
			return a.Bulkheads.long
		}
	}
	return a.Bulkheads.calls
}
