package handlers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/platform"
	"xmode/store"
)

const heldID = "0123456789abcdef0123456789abcdef"

// held is something in quarantine.
func held() store.Quarantined {
	return store.Quarantined{ID: heldID, Platform: "acme", Kind: "fee", Reason: "callInTime: not a time",
		At: now.Add(-time.Hour), Pushes: 2, Raw: []byte(`{"callInTime": "soon"}`)}
}

// wasHeld is how it is read, up to its text.
const wasHeld = `{"id":"` + heldID + `","platform":"acme","kind":"fee","reason":"callInTime: not a time",` +
	`"received_at":"2030-01-02T02:04:05.678Z","pushes":2,"raw":`

// The text is given as JSON where every reader can read it, and otherwise such
// that nothing of it is lost.
func TestQuarantined(t *testing.T) {
	for name, tt := range map[string]struct{ raw, want string }{
		"JSON":                 {`{"callInTime": "soon"}`, `{"callInTime":"soon"}`},
		"no object":            {`7`, `7`},
		"no JSON":              {`{"a"`, `"{\"a\"","raw_base64":"eyJhIg=="`},
		"not UTF-8":            {"{\"a\":\"\xff\"}", `"{\"a\":\"` + "\uFFFD" + `\"}","raw_base64":"eyJhIjoi/yJ9"`},
		"an unpaired half":     {`{"a":"\ud800"}`, `"{\"a\":\"\\ud800\"}","raw_base64":"eyJhIjoiXHVkODAwIn0="`},
		"nested beyond reason": {strings.Repeat("[", 40) + strings.Repeat("]", 40), ``},
		"nothing":              {``, `""`},
	} {
		t.Run(name, func(t *testing.T) {
			s := working()
			s.heldOne = func(id string) (store.Quarantined, error) {
				q := held()
				q.Raw = []byte(tt.raw)
				if id != heldID {
					t.Errorf("asked for %s", id)
				}
				return q, nil
			}
			w := send(t, admin(deps(t, s)), "GET", "/v1/quarantine/"+heldID, "", key(adminKey))
			if tt.want != "" {
				wants(t, w, 200, wasHeld+tt.want+"}")
			}
			var read struct {
				Raw       json.RawMessage
				RawBase64 []byte `json:"raw_base64"`
			}
			if err := json.Unmarshal(w.Body.Bytes(), &read); err != nil {
				t.Fatal(err)
			}
			if exact := json.Valid(read.Raw) && string(read.RawBase64) == tt.raw; (read.RawBase64 != nil || tt.want == "") && !exact {
				t.Errorf("the bytes are %q", read.RawBase64)
			}
		})
	}
}

func TestListQuarantine(t *testing.T) {
	s := working()
	s.held = func(limit int, cursor string) ([]store.Quarantined, string, error) {
		if limit != 7 || cursor != "c1" {
			t.Errorf("limit %d, cursor %q", limit, cursor)
		}
		return []store.Quarantined{held()}, "c2", nil
	}
	e := admin(deps(t, s))
	wants(t, send(t, e, "GET", "/v1/quarantine?limit=7&cursor=c1", "", key(adminKey)), 200,
		`{"items":[`+wasHeld+`{"callInTime":"soon"}}],"next_cursor":"c2"}`)
	s.held = working().held
	wants(t, send(t, e, "GET", "/v1/quarantine", "", key(adminKey)), 200, `{"items":[],"next_cursor":""}`)
}

// What is not there, or can be no id, is not found on any route, by name.
func TestNotInQuarantine(t *testing.T) {
	s := working()
	s.heldOne = func(string) (store.Quarantined, error) {
		return store.Quarantined{}, fmt.Errorf("reading: %w", store.ErrNotFound)
	}
	s.heldDrops = func(string) error { return store.ErrNotFound }
	s.deposit = func(context.Context, store.Delivery) (store.Deposited, error) {
		t.Error("deposited")
		return store.Deposited{}, nil
	}
	e := admin(deps(t, s))
	for _, id := range []string{heldID, "7", strings.ToUpper(heldID), heldID + "0", "%2e%2e"} {
		for _, c := range []struct{ method, path string }{{"GET", ""}, {"DELETE", ""}, {"POST", "/retry"}} {
			wants(t, send(t, e, c.method, "/v1/quarantine/"+id+c.path, "", key(adminKey)), 404,
				`{"error":{"code":"not_found","message":"not in quarantine"}}`)
		}
	}
}

func TestDropQuarantined(t *testing.T) {
	s := working()
	dropped := ""
	s.heldDrops = func(id string) error { dropped = id; return nil }
	var audit []store.AuditEntry
	s.record = func(entries []store.AuditEntry) error { audit = append(audit, entries...); return nil }
	d := deps(t, s)
	log, logged := recordLog()
	d.Log = log
	wants(t, send(t, admin(d), "DELETE", "/v1/quarantine/"+heldID, "", key(adminKey)), 204, "")
	want := []store.AuditEntry{{At: now, Key: "root", Action: "quarantine_delete"}}
	if diff := cmp.Diff(want, audit); diff != "" || dropped != heldID {
		t.Errorf("dropped %s, audit %s", dropped, diff)
	}
	if !strings.Contains(logged.String(), `"action":"quarantine_delete","id":"`+heldID+`"`) {
		t.Errorf("logged %s", logged)
	}
}

// The audit of what is about no binding names none.
func TestAuditOfTheQuarantine(t *testing.T) {
	s := working()
	s.recent = func(int, string) ([]store.AuditEntry, string, error) {
		return []store.AuditEntry{{At: now, Key: "root", Action: "quarantine_retry"}}, "", nil
	}
	wants(t, send(t, admin(deps(t, s)), "GET", "/v1/audit", "", key(adminKey)), 200,
		`{"items":[{"at":"2030-01-02T03:04:05.678Z","key":"root","action":"quarantine_retry","binding_id":""}],"next_cursor":""}`)
}

func TestRetryQuarantined(t *testing.T) {
	record := call.Report{Record: &call.Record{Platform: "acme", ID: "r1", CallID: "call-77"}}
	const prefix = `{"id":"` + heldID + `","platform":"acme",`
	fails := func(err error) depositFunc {
		return func(context.Context, store.Delivery) (store.Deposited, error) { return store.Deposited{}, err }
	}
	outcome := func(out store.Deposited) depositFunc {
		return func(context.Context, store.Delivery) (store.Deposited, error) { return out, nil }
	}
	for _, tt := range []struct {
		name    string
		report  call.Report
		deposit depositFunc
		drop    error
		status  int
		want    string
		drops   int
	}{
		{"a record", record, takes, nil, 200, prefix + `"became":"record","outcome":"stored","call_id":"call-77","record_id":"r1"}`, 1},
		{"an event", call.Report{Event: &call.Event{ID: "e1", CallID: "call-77"}}, takes, nil,
			200, prefix + `"became":"event","outcome":"stored","call_id":"call-77","event_id":"e1"}`, 1},
		{"a number's status", call.Report{Status: &call.NumberStatus{Number: party("17000000001")}}, takes, nil,
			200, prefix + `"became":"number_status","outcome":"stored","number":"+8617000000001"}`, 1},
		{"there by another way", record, outcome(store.Deposited{Duplicates: 1}), nil,
			200, prefix + `"became":"record","outcome":"duplicate","call_id":"call-77","record_id":"r1"}`, 1},
		{"there with other content", record, outcome(store.Deposited{Conflicts: 1}), nil,
			200, prefix + `"became":"record","outcome":"conflict","call_id":"call-77","record_id":"r1"}`, 1},
		{"somebody else was quicker", record, takes, store.ErrNotFound,
			200, prefix + `"became":"record","outcome":"stored","call_id":"call-77","record_id":"r1"}`, 1},
		{"still not understood", call.Report{Fault: "callInTime: still not a time"}, nil, nil,
			409, `{"error":{"code":"not_understood","message":"callInTime: still not a time"}}`, 0},
		{"not even by the store", record, outcome(store.Deposited{Quarantined: 1}), nil,
			409, `{"error":{"code":"not_understood","message":"callInTime: not a time"}}`, 0},
		{"store away", record, fails(store.ErrUnavailable), nil,
			503, `{"error":{"code":"unavailable","message":"the store does not answer"}}`, 0},
		{"not durable", record, fails(store.ErrNotDurable), nil,
			503, `{"error":{"code":"not_durable","message":"not stored as durably as promised"}}`, 0},
		{"other partitions", record, fails(store.ErrPartitions), nil,
			503, `{"error":{"code":"unavailable","message":"record partitions differ from those at the first start"}}`, 0},
		{"stored, but not taken out", record, takes, store.ErrUnavailable,
			503, `{"error":{"code":"unavailable","message":"the store does not answer"}}`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := working()
			s.deposit = func(ctx context.Context, d store.Delivery) (store.Deposited, error) {
				if !d.Requeued || d.Message != nil || d.At != held().At || d.Platform != "acme" || d.Kind != "fee" ||
					len(d.Items) != 1 || string(d.Items[0]) != string(held().Raw) || !cmp.Equal(d.Read(0).Record, tt.report.Record, cmp.AllowUnexported(call.Number{})) {
					t.Errorf("deposited %+v", d)
				}
				return tt.deposit(ctx, d)
			}
			drops, audited := 0, 0
			s.heldDrops = func(string) error { drops++; return tt.drop }
			s.record = func(e []store.AuditEntry) error {
				if audited += len(e); e[0].Action != "quarantine_retry" {
					t.Errorf("audited %s", e[0].Action)
				}
				return nil
			}
			a := receives(platform.Received{})
			a.read = func(kind string, item []byte, at time.Time) call.Report {
				if kind != "fee" || string(item) != string(held().Raw) || at != held().At {
					t.Errorf("read %s %s as of %v", kind, item, at)
				}
				return tt.report
			}
			d := deps(t, s)
			d.Adapters = []platform.Adapter{a}
			wants(t, send(t, admin(d), "POST", "/v1/quarantine/"+heldID+"/retry", "", key(adminKey)), tt.status, tt.want)
			if drops != tt.drops || (audited == 1) != (tt.status == 200) {
				t.Errorf("dropped %d times, audited %d", drops, audited)
			}
		})
	}
}

func TestRetryWithoutItsPlatform(t *testing.T) {
	d := deps(t, working())
	d.Adapters = nil
	wants(t, send(t, admin(d), "POST", "/v1/quarantine/"+heldID+"/retry", "", key(adminKey)), 409,
		`{"error":{"code":"not_understood","message":"platform: not configured"}}`)
}

func TestRetryPanics(t *testing.T) {
	a := receives(platform.Received{})
	a.read = func(string, []byte, time.Time) call.Report { panic(errors.New("13800000021")) }
	d := deps(t, working())
	d.Adapters = []platform.Adapter{a}
	wants(t, send(t, admin(d), "POST", "/v1/quarantine/"+heldID+"/retry", "", key(adminKey)), 409,
		`{"error":{"code":"not_understood","message":"internal: panic while it was read"}}`)
}
