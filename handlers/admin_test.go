package handlers_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/store"
)

const body17 = `{"x":"17000000001","a":"13900000011","peers":["13800000021"]}`

// working is a store where everything succeeds.
func working() *fakeStore {
	b := pair()
	return &fakeStore{
		route:  admits(store.Fresh),
		get:    func(call.ID) (store.Entry, error) { return store.Entry{Binding: b, ETag: "e1"}, nil },
		list:   func(store.Filter) (store.Page, error) { return store.Page{}, nil },
		put:    stored,
		remove: func(call.ID, []string) error { return nil },
		apply:  func(c store.Change) (store.Applied, error) { return store.Applied{Unbound: c.Unbind}, nil },
		record: func([]store.AuditEntry) error { return nil },
		recent: func(int, string) ([]store.AuditEntry, string, error) { return nil, "", nil },

		deposit: takes,
		records: func(store.RecordFilter) (store.RecordPage, error) { return store.RecordPage{}, nil },
		call: func(call.Platform, string) (store.CallLog, error) {
			return store.CallLog{Stage: call.StageEnded}, nil
		},
		numbers:   func() ([]call.NumberStatus, error) { return nil, nil },
		held:      func(int, string) ([]store.Quarantined, string, error) { return nil, "", nil },
		heldOne:   func(string) (store.Quarantined, error) { return held(), nil },
		heldDrops: func(string) error { return nil },

		recordings: func(store.RecordingFilter) ([]store.Recording, string, error) { return nil, "", nil },
		recording: func(id string) (store.Recording, error) {
			r := archivedRecording()
			if id == goneID {
				r.Key = ""
			}
			return r, nil
		},
		retried: func(_ string, at time.Time) (store.Recording, error) {
			r := archivedRecording()
			r.State, r.NextTryAt = call.RecordingPending, at
			return r, nil
		},
	}
}

// stored creates every write, under new ids from 500 on where there is none.
func stored(writes []store.Write) []store.Written {
	out := make([]store.Written, len(writes))
	for i, w := range writes {
		if w.Binding.ID == 0 {
			w.Binding.ID = call.ID(500 + i)
		}
		out[i] = store.Written{Binding: w.Binding, ETag: "e1", Created: true}
	}
	return out
}

// adminCalls is one working request for each route that needs a key, with the
// lowest role that suffices.
var adminCalls = []struct {
	method, path, body, role string
	status                   int
}{
	{"POST", "/provision_x", `{"mode":"live","user_id":"u","payload":{}}`, "provision", 200},
	{"POST", "/v1/bindings", body17, "provision", 201},
	{"GET", "/v1/bindings", "", "read", 200},
	{"POST", "/v1/bindings/import", body17, "provision", 200},
	{"GET", "/v1/bindings/7", "", "read", 200},
	{"PUT", "/v1/bindings/7", body17, "provision", 201},
	{"DELETE", "/v1/bindings/7", "", "provision", 204},
	{"POST", "/v1/decide", `{"platform":"acme","kind":"voice","x":"17000000001"}`, "read", 200},
	{"GET", "/v1/calls?platform=acme&call_id=c", "", "read", 200},
	{"GET", "/v1/cdrs", "", "read", 200},
	{"GET", "/v1/numbers", "", "read", 200},
	{"GET", "/v1/quarantine", "", "admin", 200},
	{"GET", "/v1/quarantine/" + heldID, "", "admin", 200},
	{"DELETE", "/v1/quarantine/" + heldID, "", "admin", 204},
	{"POST", "/v1/quarantine/" + heldID + "/retry", "", "admin", 200},
	{"GET", "/v1/recordings", "", "read", 200},
	{"GET", "/v1/recordings/" + recordingID, "", "read", 200},
	{"GET", "/v1/recordings/" + recordingID + "/content", "", "read", 200},
	{"POST", "/v1/recordings/" + goneID + "/retry", "", "admin", 200},
	{"GET", "/v1/audit", "", "admin", 200},
	{"GET", "/openapi.json", "", "read", 200},
}

func TestRolesAreALadder(t *testing.T) {
	d := deps(t, working())
	d.Adapters = []platform.Adapter{receives(pushed())} // that understands what is held
	e := admin(d)
	ladder := []struct{ role, key string }{{"read", readKey}, {"provision", provisionKey}, {"admin", adminKey}}
	for _, c := range adminCalls {
		allowed := false
		for _, step := range ladder {
			allowed = allowed || step.role == c.role
			want := 403
			if allowed {
				want = c.status
			}
			if w := send(t, e, c.method, c.path, c.body, key(step.key)); w.Code != want {
				t.Errorf("%s %s as %s: %d %s, want %d", c.method, c.path, step.role, w.Code, w.Body, want)
			}
		}
	}
}

func TestNoEntryWithoutAKey(t *testing.T) {
	e := admin(deps(t, &fakeStore{})) // nobody gets as far as the store
	for name, opt := range map[string]reqOpt{
		"none":           header("X-Key", adminKey),
		"unknown":        key("not-a-key-0123456789"),
		"empty":          key(""),
		"a prefix":       key(adminKey[:len(adminKey)-1]),
		"one more":       key(adminKey + "0"),
		"another scheme": header("Authorization", "Basic "+adminKey),
		"no scheme":      header("Authorization", adminKey),
		"the name":       key("root"),
		"two keys":       key(adminKey + " " + readKey),
	} {
		for _, c := range adminCalls {
			w := send(t, e, c.method, c.path, c.body, opt)
			if w.Code != 401 || w.Header().Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s: %s %s: %d %s", name, c.method, c.path, w.Code, w.Body)
			}
		}
	}
	wants(t, send(t, e, "GET", "/v1/audit", ""), 401,
		`{"error":{"code":"unauthorized","message":"missing or unknown API key"}}`)
	wants(t, send(t, e, "GET", "/v1/audit", "", key(readKey)), 403,
		`{"error":{"code":"forbidden","message":"the role of this API key does not suffice"}}`)
	wants(t, send(t, e, "POST", "/provision_x", "{}", key(readKey)), 403,
		`{"status_code":403,"message":"the role of this API key does not suffice",`+
			`"error":{"code":"403","message":"the role of this API key does not suffice"}}`)
}

// Keys rotate without a restart.
func TestKeysRotate(t *testing.T) {
	d := deps(t, working())
	ring := d.Keys()
	d.Keys = func() handlers.Keyring { return ring }
	e := admin(d)
	if w := send(t, e, "GET", "/v1/bindings", "", header("Authorization", "bearer "+readKey)); w.Code != 200 {
		t.Errorf("before: %d", w.Code)
	}
	ring = handlers.Keyring{}
	if w := send(t, e, "GET", "/v1/bindings", "", key(readKey)); w.Code != 401 {
		t.Errorf("after: %d", w.Code)
	}
}

func TestAdminPathsAndMethods(t *testing.T) {
	e := admin(deps(t, working()))
	wants(t, send(t, e, "GET", "/v1/nothing", "", key(adminKey)), 404, `{"error":{"code":"not_found","message":"no such path"}}`)
	wants(t, send(t, e, "GET", "/v1/bindings/", "", key(adminKey)), 404, `{"error":{"code":"not_found","message":"no such path"}}`)
	for _, tt := range []struct{ method, path, allow string }{
		{"PATCH", "/v1/bindings/7", "DELETE, GET, PUT"},
		{"GET", "/v1/decide", "POST"},
		{"OPTIONS", "/v1/decide", "POST"},
		{"POST", "/readyz", "GET"},
	} {
		w := send(t, e, tt.method, tt.path, "", key(adminKey))
		wants(t, w, 405, `{"error":{"code":"method_not_allowed","message":"method not allowed on this path"}}`)
		if got := w.Header().Get("Allow"); got != tt.allow {
			t.Errorf("%s %s: Allow %q, want %q", tt.method, tt.path, got, tt.allow)
		}
	}
}

// Every error of a store has one status and one code, on every route.
func TestStoreErrors(t *testing.T) {
	other := pair()
	for _, tt := range []struct {
		err    error
		status int
		want   string
		retry  string
	}{
		{store.ErrNotFound, 404, `{"error":{"code":"not_found","message":"binding not found"}}`, ""},
		{&store.Missing{IDs: []call.ID{7}}, 404, `{"error":{"code":"not_found","message":"` + (&store.Missing{IDs: []call.ID{7}}).Error() + `"}}`, ""},
		{&store.Conflict{With: other, Route: "owner or peer"}, 409,
			`{"error":{"code":"conflict","message":"conflicts with binding 100001: owner or peer"}}`, ""},
		{store.ErrXImmutable, 409, `{"error":{"code":"x_immutable","message":"x cannot be changed"}}`, ""},
		{store.ErrExists, 409, `{"error":{"code":"id_exists","message":"id already exists"}}`, ""},
		{store.ErrBusy, 409, `{"error":{"code":"busy","message":"binding is being written"}}`, "1"},
		{store.ErrPrecondition, 412, `{"error":{"code":"precondition_failed","message":"precondition failed"}}`, ""},
		{store.ErrCursor, 400, `{"error":{"code":"bad_cursor","message":"bad cursor"}}`, ""},
		{store.ErrUnavailable, 503, `{"error":{"code":"unavailable","message":"the store does not answer"}}`, "1"},
		{store.ErrNotDurable, 503, `{"error":{"code":"not_durable","message":"not stored as durably as promised"}}`, "1"},
		{errors.New("13800000021"), 500, `{"error":{"code":"internal","message":"internal error"}}`, ""},
	} {
		wrapped := fmt.Errorf("doing 13800000021: %w", tt.err)
		s := &fakeStore{
			get:    func(call.ID) (store.Entry, error) { return store.Entry{}, wrapped },
			list:   func(store.Filter) (store.Page, error) { return store.Page{}, wrapped },
			put:    func([]store.Write) []store.Written { return []store.Written{{Err: wrapped}} },
			remove: func(call.ID, []string) error { return wrapped },
			recent: func(int, string) ([]store.AuditEntry, string, error) { return nil, "", wrapped },

			records: func(store.RecordFilter) (store.RecordPage, error) { return store.RecordPage{}, wrapped },
			call:    func(call.Platform, string) (store.CallLog, error) { return store.CallLog{}, wrapped },
			numbers: func() ([]call.NumberStatus, error) { return nil, wrapped },
			held:    func(int, string) ([]store.Quarantined, string, error) { return nil, "", wrapped },

			recordings: func(store.RecordingFilter) ([]store.Recording, string, error) { return nil, "", wrapped },
		}
		e := admin(deps(t, s))
		for _, c := range adminCalls {
			if strings.HasPrefix(c.path, "/v1/") && !strings.HasSuffix(c.path, "import") && c.path != "/v1/decide" &&
				!strings.HasPrefix(c.path, "/v1/quarantine/") && !strings.HasPrefix(c.path, "/v1/recordings/") {
				w := send(t, e, c.method, c.path, c.body, key(adminKey))
				wants(t, w, tt.status, tt.want)
				if got := w.Header().Get("Retry-After"); got != tt.retry {
					t.Errorf("%v: Retry-After %q, want %q", tt.err, got, tt.retry)
				}
			}
		}
	}
}

// A panic is a 500, counted, and logged without what it said.
func TestAdminPanics(t *testing.T) {
	reg := prometheus.NewRegistry()
	s := working()
	s.get = func(call.ID) (store.Entry, error) { panic("boom 13800000021") }
	d := deps(t, s)
	var log *bytes.Buffer
	d.Log, log = recordLog()
	d.Metrics = handlers.NewMetrics(reg)
	w := send(t, admin(d), "GET", "/v1/bindings/7", "", key(readKey))
	wants(t, w, 500, `{"error":{"code":"internal","message":"internal error"}}`)
	if !strings.Contains(log.String(), `"route":"/v1/bindings/:id"`) || strings.Contains(log.String(), "boom") {
		t.Errorf("logged %s", log)
	}
	want := `
		# HELP xmode_admin_requests_total Requests on the admin listener, by method, route and status.
		# TYPE xmode_admin_requests_total counter
		xmode_admin_requests_total{method="GET",route="/v1/bindings/:id",status="500"} 1
		# HELP xmode_handler_panics_total Panics recovered in a handler, by listener.
		# TYPE xmode_handler_panics_total counter
		xmode_handler_panics_total{listener="admin"} 1
	`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "xmode_admin_requests_total", "xmode_handler_panics_total"); err != nil {
		t.Error(err)
	}
}

// Metrics are open to everybody, and nobody can make up labels.
func TestMetrics(t *testing.T) {
	e := admin(deps(t, working()))
	send(t, e, "BREW", "/v1/13800000021", "")
	w := send(t, e, "GET", "/metrics", "")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `xmode_admin_requests_total{method="other",route="other",status="404"} 1`) {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

func TestReadyz(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		now        handlers.Readiness
		status     int
		want       string
	}{
		{"ready", "/readyz", handlers.Readiness{Reached: true}, 200, `{"ready":true}`},
		{"never reached the store", "/readyz", handlers.Readiness{}, 503, `{"ready":false}`},
		{"draining", "/readyz", handlers.Readiness{Reached: true, Draining: true}, 503, `{"ready":false,"draining":true}`},
		{"degraded", "/readyz", handlers.Readiness{Reached: true, Degraded: []string{"store away"}}, 200,
			`{"ready":true,"degraded":["store away"]}`},
		{"degraded, strictly", "/readyz?strict=1", handlers.Readiness{Reached: true, Degraded: []string{"store away"}}, 503,
			`{"ready":false,"degraded":["store away"]}`},
		{"ready, strictly", "/readyz?strict=1", handlers.Readiness{Reached: true}, 200, `{"ready":true}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := deps(t, &fakeStore{})
			d.Ready = func() handlers.Readiness { return tt.now }
			wants(t, send(t, admin(d), "GET", tt.path, ""), tt.status, tt.want)
		})
	}
}
