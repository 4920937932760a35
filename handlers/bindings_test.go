package handlers_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"xmode/call"
	"xmode/handlers"
	"xmode/store"
)

const (
	full = `{"id":"100001","platform":"acme","x":"17000000001","extension":"0042","a":"13900000011","peers":["13800000021","13800000022"],` +
		`"direction":"to_a","expires_at":"2030-06-01T08:00:00.1239+08:00","display":"17000000001","record":true,"max_duration_s":3600,` +
		`"prompts":{"caller":"c1","callee":"c2","ringback":"r.wav","record_hint":"h.wav","last_minute":"l.wav","hangup":"b.wav"},` +
		`"sms":"drop","user_data":"order-1"}`
	fullAnswer = `{"id":"100001","platform":"acme","x":"+8617000000001","extension":"0042","a":"+8613900000011","peers":["+8613800000021","+8613800000022"],` +
		`"direction":"to_a","expires_at":"2030-06-01T00:00:00.123Z","display":"+8617000000001","record":true,"max_duration_s":3600,` +
		`"prompts":{"caller":"c1","callee":"c2","ringback":"r.wav","record_hint":"h.wav","last_minute":"l.wav","hangup":"b.wav"},` +
		`"sms":"drop","user_data":"order-1","warnings":[]}`
	pairAnswer = `{"id":"100001","x":"+8617000000001","a":"+8613900000011","peers":["+8613800000021"],` +
		`"direction":"both","record":false,"max_duration_s":0,"sms":"forward"}`
)

func TestCreateBinding(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		put        func([]store.Write) []store.Written
		status     int
		want       string
	}{
		{"every field", full, stored, 201, fullAnswer},
		{"an id is assigned", body17, stored, 201, strings.Replace(pairAnswer, "100001", "500", 1)[:len(pairAnswer)-4] + `,"warnings":[]}`},
		{"an open binding", `{"x":"95013123456789","a":"075528780001","peers":null}`, stored, 201,
			`{"id":"500","x":"95013123456789","a":"+8675528780001","peers":[],"direction":"both","record":false,"max_duration_s":0,"sms":"forward",` +
				`"warnings":["WARNING"]}`},
		{"an equal one lives", body17, func([]store.Write) []store.Written {
			return []store.Written{{Binding: pair(), ETag: "e1", Unchanged: true}}
		}, 200, pairAnswer[:len(pairAnswer)-1] + `,"warnings":[]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := working()
			s.put = func(w []store.Write) []store.Written {
				if len(w) != 1 || !w[0].Create || w[0].Match != nil {
					t.Errorf("wrote %+v", w)
				}
				return tt.put(w)
			}
			w := send(t, admin(deps(t, s)), "POST", "/v1/bindings", tt.body, key(provisionKey))
			if a := party("075528780001"); strings.Contains(tt.want, "WARNING") {
				b := call.Binding{A: a, X: call.NumberFromStore("95013123456789")}
				tt.want = strings.Replace(tt.want, "WARNING", b.Warnings()[0], 1)
			}
			wants(t, w, tt.status, tt.want)
			if w.Header().Get("ETag") != `"e1"` || (w.Header().Get("Location") != "") != (tt.status == 201) {
				t.Errorf("ETag %s, Location %s", w.Header().Get("ETag"), w.Header().Get("Location"))
			}
		})
	}
}

// What the store gets is the binding in the domain's terms.
func TestCreateStores(t *testing.T) {
	var got call.Binding
	s := working()
	s.put = func(w []store.Write) []store.Written { got = w[0].Binding; return stored(w) }
	send(t, admin(deps(t, s)), "POST", "/v1/bindings", full, key(provisionKey))
	want := call.Binding{
		ID: 100001, X: party("17000000001"), Platform: "acme", Extension: "0042", A: party("13900000011"),
		Peers: []call.Number{party("13800000021"), party("13800000022")}, PeerCount: 2, Direction: call.ToA,
		ExpiresAt: time.Date(2030, 6, 1, 0, 0, 0, 123e6, time.UTC), Display: party("17000000001"),
		Record: true, MaxDuration: 3600, SMS: call.Drop, UserData: "order-1",
		Prompts: call.Prompts{Caller: "c1", Callee: "c2", Ringback: "r.wav", RecordHint: "h.wav", LastMinute: "l.wav", Hangup: "b.wav"},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b call.Number) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestReplaceBinding(t *testing.T) {
	for _, tt := range []struct {
		name, id, body string
		match          []string
		written        []string // Match as the store gets it
		out            store.Written
		status         int
	}{
		{"new", "7", body17, nil, nil, store.Written{Created: true}, 201},
		{"replaced", "7", body17, nil, nil, store.Written{}, 200},
		{"equal already", "7", body17, nil, nil, store.Written{Unchanged: true}, 200},
		{"same id in the body", "7", `{"id":"7",` + body17[1:], nil, nil, store.Written{}, 200},
		{"matched", "7", body17, []string{`"e1"`}, []string{"e1"}, store.Written{}, 200},
		{"any", "7", body17, []string{" * "}, []string{"*"}, store.Written{}, 200},
		{"a list, weak tags left out", "7", body17, []string{`"e1" ,W/"e2",, "e3"`, `"e4"`}, []string{"e1", "e3", "e4"}, store.Written{}, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := working()
			s.put = func(w []store.Write) []store.Written {
				if w[0].Create || w[0].Binding.ID != 7 || !cmp.Equal(w[0].Match, tt.written) {
					t.Errorf("wrote %s, create %v, match %q", w[0].Binding.ID, w[0].Create, w[0].Match)
				}
				tt.out.Binding, tt.out.ETag = w[0].Binding, "e9"
				return []store.Written{tt.out}
			}
			opts := []reqOpt{key(provisionKey)}
			for _, m := range tt.match {
				opts = append(opts, header("If-Match", m))
			}
			w := send(t, admin(deps(t, s)), "PUT", "/v1/bindings/"+tt.id, tt.body, opts...)
			if w.Code != tt.status || w.Header().Get("ETag") != `"e9"` {
				t.Errorf("answered %d %s, ETag %s", w.Code, w.Body, w.Header().Get("ETag"))
			}
		})
	}
}

// If-Match that cannot match never gets as far as the store.
func TestIfMatchRefused(t *testing.T) {
	const bad = `{"error":{"code":"invalid","message":"If-Match: must be * or a list of quoted tags",` +
		`"fields":{"If-Match":"must be * or a list of quoted tags"}}}`
	const failed = `{"error":{"code":"precondition_failed","message":"precondition failed"}}`
	e := admin(deps(t, &fakeStore{}))
	for _, method := range []string{"PUT", "DELETE"} {
		for match, want := range map[string]string{
			`W/"e1"`: failed, `W/"e1", W/"e2"`: failed, ``: failed, `,`: failed,
			`e1`: bad, `"e1`: bad, `"e1"x`: bad, `"e 1"`: bad, `*, "e1"`: bad, `"e1" "e2"`: bad, `w/"e1"`: bad,
		} {
			w := send(t, e, method, "/v1/bindings/7", body17, key(provisionKey), header("If-Match", match))
			status := 412
			if want == bad {
				status = 400
			}
			wants(t, w, status, want)
		}
	}
}

func TestGetBinding(t *testing.T) {
	s := working()
	w := send(t, admin(deps(t, s)), "GET", "/v1/bindings/100001", "", key(readKey))
	wants(t, w, 200, pairAnswer)
	if etag := w.Header().Get("ETag"); etag != `"e1"` {
		t.Errorf("ETag %s", etag)
	}
	s.get = func(id call.ID) (store.Entry, error) {
		b := pair()
		b.ID, b.ExpiresAt = id, now
		return store.Entry{Binding: b}, nil
	}
	wants(t, send(t, admin(deps(t, s)), "GET", "/v1/bindings/9007199254740991", "", key(readKey)), 200,
		`{"id":"9007199254740991","x":"+8617000000001","a":"+8613900000011","peers":["+8613800000021"],"direction":"both",`+
			`"expires_at":"2030-01-02T03:04:05.678Z","record":false,"max_duration_s":0,"sms":"forward","expired":true}`)
}

func TestDeleteBinding(t *testing.T) {
	s := working()
	s.remove = func(id call.ID, match []string) error {
		if id != 7 || !cmp.Equal(match, []string{"e1"}) {
			t.Errorf("deleted %s if %q", id, match)
		}
		return nil
	}
	wants(t, send(t, admin(deps(t, s)), "DELETE", "/v1/bindings/7", "", key(provisionKey), header("If-Match", `"e1"`)), 204, "")
}

func TestListBindings(t *testing.T) {
	for _, tt := range []struct {
		query  string
		filter store.Filter
	}{
		{"", store.Filter{Limit: 100}},
		{"?x=17000000001&limit=1000", store.Filter{X: party("17000000001"), Limit: 1000}},
		{"?x=%2B8617000000001", store.Filter{X: party("17000000001"), Limit: 100}},
		{"?x=+8617000000001", store.Filter{X: party("17000000001"), Limit: 100}},
		{"?x=95013123456789", store.Filter{X: call.NumberFromStore("95013123456789"), Limit: 100}},
		{"?owner=13900000011&cursor=c%2F1&limit=1", store.Filter{Owner: party("13900000011"), Limit: 1, Cursor: "c/1"}},
		{"?x=&owner=&limit=&cursor=", store.Filter{Limit: 100}},
		{"?x=&owner=13900000011", store.Filter{Owner: party("13900000011"), Limit: 100}},
		{"?x=17000000001&owner=13900000011&cursor=c", store.Filter{X: party("17000000001"), Limit: 100, Cursor: "c"}},
	} {
		s := working()
		s.list = func(f store.Filter) (store.Page, error) {
			if f != tt.filter {
				t.Errorf("%s: listed %+v", tt.query, f)
			}
			return store.Page{Entries: []store.Entry{{Binding: pair(), ETag: "e1"}}, Next: "c2"}, nil
		}
		wants(t, send(t, admin(deps(t, s)), "GET", "/v1/bindings"+tt.query, "", key(readKey)), 200,
			`{"items":[`+pairAnswer+`],"next_cursor":"c2"}`)
	}
	wants(t, send(t, admin(deps(t, working())), "GET", "/v1/bindings", "", key(readKey)), 200, `{"items":[],"next_cursor":""}`)
}

// With x and owner a page of the X number is searched for the owner, and the
// next one is named also when nothing was found.
func TestListOwnerOnX(t *testing.T) {
	other := pair()
	other.ID, other.A = 7, party("13900000012")
	s := working()
	for _, tt := range []struct {
		name    string
		entries []store.Entry
		want    string
	}{
		{"one of two", []store.Entry{{Binding: other}, {Binding: pair()}}, `{"items":[` + pairAnswer + `],"next_cursor":"c2"}`},
		{"none of one", []store.Entry{{Binding: other}}, `{"items":[],"next_cursor":"c2"}`},
	} {
		s.list = func(store.Filter) (store.Page, error) { return store.Page{Entries: tt.entries, Next: "c2"}, nil }
		w := send(t, admin(deps(t, s)), "GET", "/v1/bindings?x=17000000001&owner=13900000011&limit=2", "", key(readKey))
		wants(t, w, 200, tt.want)
	}
}

func TestListRefuses(t *testing.T) {
	e := admin(deps(t, &fakeStore{}))
	for query, want := range map[string]map[string]string{
		"limit=0":           {"limit": "must be 1 to 1000"},
		"limit=1001":        {"limit": "must be 1 to 1000"},
		"limit=1e2":         {"limit": "must be 1 to 1000"},
		"x=vanity&owner=1":  {"x": call.ErrX.Error(), "owner": call.ErrNumber.Error()},
		"x=vanity":          {"x": call.ErrX.Error()},
		"owner=1":           {"owner": call.ErrNumber.Error()},
		"onwer=13900000011": {"onwer": "unknown parameter"},
		"13900000011=1":     {"(other)": "unknown parameter"},
		"onwer=":            {"onwer": "unknown parameter"},
		"limit=1&limit=2":   {"limit": "occurs twice"},
		"limit=&limit=2":    {"limit": "occurs twice"},
		"x=%zz":             {"query string": "bad encoding"},
	} {
		w := send(t, e, "GET", "/v1/bindings?"+query, "", key(readKey))
		code, got := fields(t, w)
		if w.Code != 400 || code != "invalid" || !cmp.Equal(got, want) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

// Ids that are none are refused wherever they come in.
func TestBadIDs(t *testing.T) {
	e := admin(deps(t, &fakeStore{}))
	for _, id := range []string{"0", "007", "9007199254740992", "-1", "1.0", "x", "99999999999999999999", "%31"} {
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			w := send(t, e, method, "/v1/bindings/"+id, body17, key(provisionKey))
			if code, f := fields(t, w); w.Code != 400 || code != "invalid" || f["id"] == "" {
				t.Errorf("%s %s: %d %s", method, id, w.Code, w.Body)
			}
		}
	}
}

func TestAuditOfBindings(t *testing.T) {
	written := func(o store.Written) func([]store.Write) []store.Written {
		return func([]store.Write) []store.Written { o.Binding = pair(); return []store.Written{o} }
	}
	entry := func(action string, id call.ID) []store.AuditEntry {
		return []store.AuditEntry{{At: now, Key: "crm", Action: action, BindingID: id}}
	}
	for _, tt := range []struct {
		name, method, path string
		put                func([]store.Write) []store.Written
		want               []store.AuditEntry
	}{
		{"create", "POST", "/v1/bindings", written(store.Written{Created: true}), entry("create", 100001)},
		{"create by PUT", "PUT", "/v1/bindings/100001", written(store.Written{Created: true}), entry("create", 100001)},
		{"replace", "PUT", "/v1/bindings/100001", written(store.Written{}), entry("replace", 100001)},
		{"unchanged", "PUT", "/v1/bindings/100001", written(store.Written{Unchanged: true}), nil},
		{"refused", "PUT", "/v1/bindings/100001", written(store.Written{Err: store.ErrBusy}), nil},
		{"delete", "DELETE", "/v1/bindings/7", nil, entry("delete", 7)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []store.AuditEntry
			s := working()
			s.put = tt.put
			s.record = func(e []store.AuditEntry) error { got = append(got, e...); return nil }
			send(t, admin(deps(t, s)), tt.method, tt.path, body17, key(provisionKey))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A change that was made stays made when the audit cannot be written.
func TestAuditFailure(t *testing.T) {
	reg := prometheus.NewRegistry()
	s := working()
	s.record = func([]store.AuditEntry) error { return errors.New("no space for 13800000021") }
	d := deps(t, s)
	log, text := recordLog()
	d.Log, d.Metrics = log, handlers.NewMetrics(reg)
	if w := send(t, admin(d), "POST", "/v1/bindings", body17, key(provisionKey)); w.Code != 201 {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	want := "# HELP xmode_audit_failures_total Audit entries that could not be written; the changes themselves were made.\n" +
		"# TYPE xmode_audit_failures_total counter\nxmode_audit_failures_total 1\n"
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "xmode_audit_failures_total"); err != nil {
		t.Error(err)
	}
	if !strings.Contains(text.String(), "audit not written") || strings.Contains(text.String(), "13800000021") {
		t.Errorf("logged %s", text)
	}
}

func TestListAudit(t *testing.T) {
	s := working()
	s.recent = func(limit int, cursor string) ([]store.AuditEntry, string, error) {
		return []store.AuditEntry{
			{At: now, Key: "crm", Action: "bind", BindingID: 7, UserID: "u1"},
			{At: now.Add(-time.Second), Key: "root", Action: "delete", BindingID: 8},
		}, cursor + strconv.Itoa(limit), nil
	}
	wants(t, send(t, admin(deps(t, s)), http.MethodGet, "/v1/audit?limit=2&cursor=c", "", key(adminKey)), 200,
		`{"items":[{"at":"2030-01-02T03:04:05.678Z","key":"crm","action":"bind","binding_id":"7","user_id":"u1"},`+
			`{"at":"2030-01-02T03:04:04.678Z","key":"root","action":"delete","binding_id":"8"}],"next_cursor":"c2"}`)
}
