package conform_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xmode/simulator/conform"
)

// keeping is an endpoint that tells this of any call, and a reader of it. Time goes on
// with every look at the clock.
func keeping(t *testing.T, tells func(asked int) (int, string)) conform.Reader {
	t.Helper()
	var asked atomic.Int32
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, body := tells(int(asked.Add(1)))
		if r.URL.String() != "/behind/v1/calls?call_id=conform-1&platform=huawei" || r.Header.Get("Authorization") != "Bearer read-key" {
			status, body = http.StatusTeapot, r.URL.String()
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(endpoint.Close)
	return conform.Reader{
		Admin: conform.Admin{URL: endpoint.URL + "/behind/", Key: "read-key"}, Platform: "huawei",
		Sender: conform.NewSender(conform.SenderConfig{Secrets: []string{"read-key"}, Now: stepping(300 * time.Millisecond), Timeout: 10 * time.Second}),
	}
}

func TestWhatIsKeptIsReadBack(t *testing.T) {
	always := func(status int, body string) func(int) (int, string) {
		return func(int) (int, string) { return status, body }
	}
	records := func(n int) func(context.Context, conform.Reader) error {
		return func(ctx context.Context, r conform.Reader) error { return r.Records(ctx, "conform-1", n) }
	}
	conflict := func(ctx context.Context, r conform.Reader) error { return r.Conflict(ctx, "conform-1") }
	events := func(ctx context.Context, r conform.Reader) error { return r.Events(ctx, "conform-1", 2) }
	for name, c := range map[string]struct {
		tells func(int) (int, string)
		check func(context.Context, conform.Reader) error
		fault string // the end of it; "": none
	}{
		"one":            {always(200, `{"records":[{"record_id":"a"}]}`), records(1), ""},
		"one too many":   {always(200, `{"records":[{},{}]}`), records(1), ": records kept: 2, due: 1"},
		"one too few":    {always(200, `{"records":[{}]}`), records(2), ": records kept: 1, due: 2"},
		"unknown":        {always(404, `{"error":{}}`), records(1), ": records kept: 0, due: 1"},
		"none is due":    {always(404, `{"error":{}}`), records(0), ""},
		"late":           {func(n int) (int, string) { return 200, `{"records":[` + strings.Repeat("{}", n/2) + `]}` }, records(1), ""},
		"a conflict":     {always(200, `{"records":[{"conflict":true},{"conflict":true}]}`), conflict, ""},
		"not marked":     {always(200, `{"records":[{"conflict":true},{}]}`), conflict, ": two records are due, both marked as a conflict"},
		"overwritten":    {always(200, `{"records":[{}]}`), conflict, ": two records are due, both marked as a conflict"},
		"events":         {always(200, `{"events":[{},{},{}]}`), events, ""},
		"an event lost":  {always(200, `{"events":[{}]}`), events, ": events kept: 1, due: 2"},
		"no such key":    {always(401, `{"key":"read-key"}`), records(0), `got 401 {"key":"***"}: the call, its events and records are due, as the admin interface of xmode has them`},
		"something else": {always(200, `<html>`), records(0), ": the call, its events and records are due, as the admin interface of xmode has them"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.check(t.Context(), keeping(t, c.tells))
			if (err == nil) != (c.fault == "") || err != nil && !strings.HasSuffix(err.Error(), c.fault) {
				t.Errorf("%v, want %q", err, c.fault)
			}
		})
	}
}

func TestReadingBackEndsWithTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := keeping(t, func(int) (int, string) { cancel(); return 404, "" })
	if err := r.Records(ctx, "conform-1", 1); err == nil {
		t.Error("no error")
	}
}
