package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/handlers"
	"xmode/store"
)

// numbered makes records with ids from first on.
func numbered(first, n int) (documents [][]byte) {
	for i := range n {
		r := call.Record{Platform: "acme", ID: fmt.Sprintf("r%d", first+i), Kind: call.Voice, StartedAt: now}
		documents = append(documents, store.AppendRecord(nil, &r, store.Pushed{First: now, Pushes: 1}, []byte(`{"a": 1}`)))
	}
	return documents
}

func TestListRecords(t *testing.T) {
	s := working()
	s.records = func(store.RecordFilter) (store.RecordPage, error) {
		return store.RecordPage{Records: [][]byte{[]byte(`{"record_id":"r1","raw":{"a": 1.0}}`), []byte(`{"record_id":"r2"}`)}, Next: "c2"}, nil
	}
	e := admin(deps(t, s))
	w := send(t, e, "GET", "/v1/cdrs", "", key(readKey))
	wants(t, w, 200, `{"items":[{"record_id":"r1","raw":{"a":1.0}},{"record_id":"r2"}],"next_cursor":"c2"}`)
	if w.Header().Get("Vary") != "Accept" {
		t.Errorf("header %v", w.Header())
	}
	s.records = working().records
	wants(t, send(t, e, "GET", "/v1/cdrs", "", key(readKey)), 200, `{"items":[],"next_cursor":""}`)
}

func TestRecordFilter(t *testing.T) {
	since := time.Date(2030, 1, 2, 3, 0, 0, 0, time.UTC)
	for query, want := range map[string]store.RecordFilter{
		"":                               {Limit: 100},
		"?x=+8617000000001&caller=":      {Limit: 100, X: party("17000000001")},
		"?caller=13800000021&limit=1000": {Limit: 1000, Caller: party("13800000021")},
		"?platform=mute&cursor=c":        {Limit: 100, Platform: "mute", Cursor: "c"},
		"?since=2030-01-02T03:00:00Z&until=2030-01-02T03:00:00Z":                {Limit: 100, Since: since, Until: since},
		"?since=2030-01-02T11:00:00%2B08:00":                                    {Limit: 100, Since: since},
		"?since=2030-01-02T11:00:00+08:00":                                      {Limit: 100, Since: since},
		"?since=2030-01-02T03:00:00.0000001Z&until=2030-01-02T03:00:00.000999Z": {Limit: 100, Since: since.Add(time.Millisecond), Until: since.Add(time.Millisecond)},
	} {
		s := working()
		asked := 0
		s.records = func(f store.RecordFilter) (store.RecordPage, error) {
			asked++
			if diff := cmp.Diff(want, f, cmp.AllowUnexported(call.Number{})); diff != "" {
				t.Errorf("%s: %s", query, diff)
			}
			return store.RecordPage{}, nil
		}
		if w := send(t, admin(deps(t, s)), "GET", "/v1/cdrs"+query, "", key(readKey)); w.Code != 200 || asked != 1 {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

func TestReadingFaults(t *testing.T) {
	e := admin(deps(t, &fakeStore{}))
	for path, want := range map[string]map[string]string{
		"/v1/cdrs?x=x&caller=%FF":                                        {"x": call.ErrX.Error(), "caller": call.ErrNumber.Error()},
		"/v1/cdrs?since=yesterday&until=2030-01-02":                      {"since": "must be an RFC 3339 time", "until": "must be an RFC 3339 time"},
		"/v1/cdrs?since=2030-01-02T03:00:01Z&until=2030-01-02T03:00:00Z": {"until": "must not be before since"},
		"/v1/cdrs?platform=nobody":                                       {"platform": "no such platform"},
		"/v1/cdrs?limit=1001":                                            {"limit": "must be 1 to 1000"},
		"/v1/cdrs?x=17000000001&x=17000000001":                           {"x": "occurs twice"},
		"/v1/cdrs?callee=13800000021":                                    {"callee": "unknown parameter"},
		"/v1/cdrs?since=2030-01-02T03:00:01Z;until=x":                    {"query string": "bad encoding"},
		"/v1/calls":                                   {"platform": "required", "call_id": "required"},
		"/v1/calls?platform=nobody&call_id=":          {"platform": "no such platform", "call_id": "required"},
		"/v1/calls?platform=acme&call_id=c&call_id=d": {"call_id": "occurs twice"},
		"/v1/numbers?platform=acme":                   {"platform": "unknown parameter"},
		"/v1/quarantine?limit=0":                      {"limit": "must be 1 to 1000"},
	} {
		w := send(t, e, "GET", path, "", key(adminKey))
		if code, got := fields(t, w); w.Code != 400 || code != "invalid" || !cmp.Equal(got, want) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestAccept(t *testing.T) {
	const json, ndjson, csv = "application/json", "application/x-ndjson", "text/csv; charset=utf-8; header=present"
	e := admin(deps(t, working()))
	for accept, want := range map[string]string{
		"":                                     json,
		"*/*":                                  json,
		"application/x-ndjson":                 ndjson,
		"Application/X-NDJSON":                 ndjson,
		"text/csv":                             csv,
		"text/csv;charset=utf-8, */*;q=0.1":    csv,
		"text/csv;q=0.5, application/x-ndjson": ndjson,
		"text/csv, application/x-ndjson":       csv,
		"application/json;q=0.9, text/csv":     csv,
		"application/json, text/csv;q=0.9":     json,
		"application/json, text/csv":           json,
		"text/csv;q=0":                         json,
		"text/csv;q=much":                      json,
		"text/*":                               json,
		"text/html":                            json,
		";;, ,":                                json,
		"text/html,application/xhtml+xml,*/*;q=0.8": json,
	} {
		w := send(t, e, "GET", "/v1/cdrs", "", key(readKey), header("Accept", accept))
		if got := w.Header().Get("Content-Type"); w.Code != 200 || got != want {
			t.Errorf("Accept %q: %d %s", accept, w.Code, got)
		}
	}
}

func TestCall(t *testing.T) {
	s := working()
	id := "call 77+&/中"
	s.call = func(p call.Platform, got string) (store.CallLog, error) {
		if p != "acme" || got != id {
			t.Errorf("asked for %s %q", p, got)
		}
		return store.CallLog{Stage: call.StageRinging, Queries: [][]byte{[]byte(`{"row":5}`)},
			Events: [][]byte{[]byte(`{"event_id":"e1"}`), []byte(`{"event_id":"e2"}`)}}, nil
	}
	path := "/v1/calls?platform=acme&call_id=" + url.QueryEscape(id)
	wants(t, send(t, admin(deps(t, s)), "GET", path, "", key(readKey)), 200,
		`{"platform":"acme","call_id":"call 77+\u0026/中","state":"ringing","queries":[{"row":5}],`+
			`"events":[{"event_id":"e1"},{"event_id":"e2"}],"records":[],"recordings":[]}`)
	s.call = func(call.Platform, string) (store.CallLog, error) { return store.CallLog{}, nil }
	wants(t, send(t, admin(deps(t, s)), "GET", path, "", key(readKey)), 404,
		`{"error":{"code":"not_found","message":"call not found"}}`)
}

func TestRecordingsOfACall(t *testing.T) {
	list := func(texts ...string) (all [][]byte) {
		for _, text := range texts {
			all = append(all, []byte(text))
		}
		return all
	}
	named := func(record, state, id string) string {
		return fmt.Sprintf(`{"record_id":%q,"recording":%q,"recording_id":%q}`, record, state, id)
	}
	event := `{"recorded":true,"recording_id":"` + recordingID + `"}`
	for _, tt := range []struct {
		name            string
		records, events [][]byte
		want            string // id, record and state of each
	}{
		{"none", list(`{"record_id":"r1","recording":"none"}`, `{"record_id":"r2","recording":""}`), list(`{"recorded":false}`), ``},
		{"known by nothing to ask for", list(`{"record_id":"r1","recording":"failed"}`), list(`{"recorded":true}`), ` r1 failed;`},
		{"of a record and an event", list(named("r1", "pending", recordingID)), list(event, event), recordingID + ` r1 archived;`},
		{"of two records", list(named("r1", "pending", recordingID), named("r2", "pending", goneID)), nil,
			recordingID + ` r1 archived;` + goneID + ` r2 pending;`},
		{"of a conflict", list(named("r1", "failed", ""), named("r1", "failed", "")), nil, ` r1 failed;`},
		{"of an event only", list(`{"record_id":"r1","recording":"none"}`), list(`{"recorded":false}`, event), recordingID + ` r1 archived;`},
		{"retired", nil, list(`{"recorded":true,"recording_id":"` + goneID + `"}`), goneID + `  expired;`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := working()
			s.call = func(call.Platform, string) (store.CallLog, error) {
				return store.CallLog{Stage: call.StageEnded, Records: tt.records, Events: tt.events}, nil
			}
			s.recording = func(id string) (store.Recording, error) {
				if id == goneID {
					return store.Recording{}, store.ErrNotFound
				}
				return archivedRecording(), nil
			}
			w := send(t, admin(deps(t, s)), "GET", "/v1/calls?platform=acme&call_id=c", "", key(readKey))
			var answer handlers.Call
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
				t.Fatal(err, w.Code)
			}
			got := ""
			for _, r := range answer.Recordings {
				got += r.ID + " " + r.RecordID + " " + r.State + ";"
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestListNumbers(t *testing.T) {
	s := working()
	service, err := call.ParseX("9512345678901234")
	if err != nil {
		t.Fatal(err)
	}
	s.numbers = func() ([]call.NumberStatus, error) {
		return []call.NumberStatus{
			{Platform: "acme", Number: party("17000000001"), Status: "9", Cause: "1", Text: "frozen", At: now},
			{Platform: "mute", Number: service, Status: "10", At: now.In(time.FixedZone("", 8*60*60))},
		}, nil
	}
	wants(t, send(t, admin(deps(t, s)), "GET", "/v1/numbers", "", key(readKey)), 200, `{"items":[`+
		`{"number":"+8617000000001","platform":"acme","status":"9","cause":"1","text":"frozen","changed_at":"2030-01-02T03:04:05.678Z"},`+
		`{"number":"9512345678901234","platform":"mute","status":"10","cause":"","text":"","changed_at":"2030-01-02T03:04:05.678Z"}`+
		`],"next_cursor":""}`)
}
