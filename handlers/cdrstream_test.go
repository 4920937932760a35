package handlers_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/handlers"
	"xmode/store"
)

// pages is a store with pages of records; what comes after the last one is last.
func pages(t *testing.T, sizes []int, last error) func(store.RecordFilter) (store.RecordPage, error) {
	n, first := 0, 1
	return func(f store.RecordFilter) (store.RecordPage, error) {
		if want := fmt.Sprintf("c%d", n); f.Limit != 1000 || f.Cursor != want && (n > 0 || f.Cursor != "") {
			t.Errorf("limit %d, cursor %q, want %s", f.Limit, f.Cursor, want)
		}
		if n == len(sizes) {
			return store.RecordPage{}, last
		}
		p := store.RecordPage{Records: numbered(first, sizes[n])}
		first += sizes[n]
		if n++; n < len(sizes) || last != nil {
			p.Next = fmt.Sprintf("c%d", n)
		}
		return p, nil
	}
}

// stream asks a server for all records; the answer is closed with the test.
func stream(t *testing.T, server *httptest.Server, form string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/v1/cdrs", nil)
	if err != nil {
		t.Fatal(err)
	}
	key(readKey)(r)
	r.Header.Set("Accept", form)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != 200 {
		t.Fatalf("answered %d", response.StatusCode)
	}
	return response
}

func TestNDJSON(t *testing.T) {
	server := live(t, func(_ *handlers.Deps, s *fakeStore) { s.records = pages(t, []int{1000, 0, 3}, nil) })
	lines := bufio.NewScanner(stream(t, server, "application/x-ndjson").Body)
	n := 0
	for lines.Scan() {
		var r handlers.Record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		if n++; r.RecordID != fmt.Sprintf("r%d", n) {
			t.Fatalf("line %d is %s", n, r.RecordID)
		}
	}
	if n != 1003 || lines.Err() != nil {
		t.Errorf("%d lines, %v", n, lines.Err())
	}
}

// The platform's JSON may have lines of its own; a record is still one line, and
// otherwise as it is kept.
func TestNDJSONHasALineARecord(t *testing.T) {
	s := working()
	s.records = func(store.RecordFilter) (store.RecordPage, error) {
		return store.RecordPage{Records: [][]byte{[]byte("{\"raw\":{\r\n\t\"a\": \"\\n <\"\n}}"), []byte(`{"raw": {"a": "<"}}`)}}, nil
	}
	w := send(t, admin(deps(t, s)), "GET", "/v1/cdrs?limit=1", "", key(readKey), header("Accept", "application/x-ndjson"))
	wants(t, w, 200, `{"raw":{"a":"\n <"}}`+"\n"+`{"raw": {"a": "<"}}`)
}

// sheetRecords are a full record, one of which little is known, and one whose
// texts would be formulas.
func sheetRecords() [][]byte {
	full := call.Record{Platform: "acme", ID: "r1", CallID: "call-77", Kind: call.Voice, X: party("17000000001"),
		Caller: party("13800000021"), Callee: party("13900000011"), Extension: "22", BindingID: 100001,
		StartedAt: now, RingingAt: now.Add(time.Second), AnsweredAt: now.Add(2 * time.Second), EndedAt: now.Add(107 * time.Second),
		Duration: 105, Outcome: call.Answered, ReleasedBy: call.ByCaller, Cause: call.Cause{Code: "16", Text: "normal, \"clear\""},
		Recording: call.RecordingPending, RecordingID: recordingID, UserData: "order-1"}
	bare := call.Record{Platform: "acme", ID: "r2", Kind: call.SMS, Outcome: call.Failed, Recording: call.NoRecording}
	evil := call.Record{Platform: "acme", ID: "=1+1", CallID: "@SUM(A1)", Kind: call.Voice, Caller: party("13800000021"), Extension: "-1",
		Outcome: call.Failed, Recording: call.NoRecording, Cause: call.Cause{Code: "+1", Text: " leading"}, UserData: "'=cmd|' /C calc'!A0"}
	return [][]byte{
		store.AppendRecord(nil, &full, store.Pushed{First: now, Pushes: 2, Conflict: true}, []byte(`{"a": 1}`)),
		store.AppendRecord(nil, &bare, store.Pushed{First: now, Pushes: 1}, nil),
		store.AppendRecord(nil, &evil, store.Pushed{First: now, Pushes: 1}, nil),
	}
}

func TestCSV(t *testing.T) {
	s := working()
	s.records = func(store.RecordFilter) (store.RecordPage, error) {
		return store.RecordPage{Records: sheetRecords()}, nil
	}
	w := send(t, admin(deps(t, s)), "GET", "/v1/cdrs", "", key(readKey), header("Accept", "text/csv"))
	want := strings.Join([]string{
		"platform,record_id,call_id,kind,x,caller,callee,extension,binding_id,started_at,ringing_at,answered_at,ended_at," +
			"duration_s,outcome,released_by,cause_code,cause_text,recording,user_data,first_pushed_at,pushes,conflict,recording_id",
		`acme,r1,call-77,voice,+8617000000001,+8613800000021,+8613900000011,22,100001,2030-01-02T03:04:05.678Z,2030-01-02T03:04:06.678Z,` +
			`2030-01-02T03:04:07.678Z,2030-01-02T03:05:52.678Z,105,answered,caller,16,"normal, ""clear""",pending,order-1,2030-01-02T03:04:05.678Z,2,true,` + recordingID,
		`acme,r2,,sms,,,,,,,,,,0,failed,,,,none,,2030-01-02T03:04:05.678Z,1,false,`,
		`acme,'=1+1,'@SUM(A1),voice,,+8613800000021,,'-1,,,,,,0,failed,,+1," leading",none,''=cmd|' /C calc'!A0,2030-01-02T03:04:05.678Z,1,false,`,
		""}, "\n")
	if diff := cmp.Diff(want, w.Body.String()); diff != "" || w.Code != 200 {
		t.Errorf("%d %s", w.Code, diff)
	}
}

// Every field of a record but the platform's JSON has its column.
func TestCSVHasAllFields(t *testing.T) {
	w := send(t, admin(deps(t, working())), "GET", "/v1/cdrs", "", key(readKey), header("Accept", "text/csv"))
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(store.AppendRecord(nil, &call.Record{RecordingID: recordingID}, store.Pushed{}, nil), &fields); err != nil {
		t.Fatal(err)
	}
	for name := range fields {
		if name != "cause" && !slices.Contains(rows[0], name) {
			t.Errorf("no column %s", name)
		}
	}
	if len(rows[0]) != len(fields)+1 { // cause is two
		t.Errorf("%d columns, %d fields", len(rows[0]), len(fields))
	}
}

// What is wrong before the first record has its usual answer.
func TestStreamRefusals(t *testing.T) {
	for err, want := range map[error]string{
		store.ErrCursor:      `{"error":{"code":"bad_cursor","message":"bad cursor"}}`,
		store.ErrUnavailable: `{"error":{"code":"unavailable","message":"the store does not answer"}}`,
	} {
		s := working()
		s.records = func(store.RecordFilter) (store.RecordPage, error) { return store.RecordPage{}, err }
		w := send(t, admin(deps(t, s)), "GET", "/v1/cdrs?cursor=c0", "", key(readKey), header("Accept", "text/csv"))
		if got := strings.TrimSpace(w.Body.String()); got != want || w.Code != map[error]int{store.ErrCursor: 400, store.ErrUnavailable: 503}[err] {
			t.Errorf("%d %s", w.Code, got)
		}
	}
}

// A stream that cannot go on breaks off: nobody may take a part for all.
func TestStreamsBreakOff(t *testing.T) {
	draining := func(d *handlers.Deps, s *fakeStore) {
		s.records = pages(t, []int{1, 1}, nil)
		d.Ready = func() handlers.Readiness { return handlers.Readiness{Reached: true, Draining: true} }
	}
	for name, tt := range map[string]struct {
		change func(*handlers.Deps, *fakeStore)
		code   string
	}{
		"store away": {func(_ *handlers.Deps, s *fakeStore) { s.records = pages(t, []int{1}, store.ErrUnavailable) }, "unavailable"},
		"surprise":   {func(_ *handlers.Deps, s *fakeStore) { s.records = pages(t, []int{1}, errors.New("13800000021")) }, "internal"},
		"panic": {func(_ *handlers.Deps, s *fakeStore) {
			first := pages(t, []int{1}, store.ErrUnavailable)
			s.records = func(f store.RecordFilter) (store.RecordPage, error) {
				if f.Cursor != "" {
					panic("13800000021")
				}
				return first(f)
			}
		}, ""},
		"draining": {draining, "draining"},
	} {
		for _, form := range []string{"application/x-ndjson", "text/csv"} {
			t.Run(name+" "+form, func(t *testing.T) {
				log, logged := recordLog()
				server := live(t, func(d *handlers.Deps, s *fakeStore) {
					tt.change(d, s)
					d.Log = log
				})
				body, err := io.ReadAll(stream(t, server, form).Body)
				if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.Contains(body, []byte("r1")) || bytes.Contains(body, []byte("r2")) {
					t.Errorf("read %s, %v", body, err)
				}
				server.Close() // the handler is through
				if tt.code != "" && !strings.Contains(logged.String(), `"msg":"stream of records cut off","key":"reader","code":"`+tt.code+`"`) ||
					strings.Contains(logged.String(), "3800000021") {
					t.Errorf("logged %s", logged)
				}
			})
		}
	}
}

// A document that is none breaks the stream off as well.
func TestStreamOfABrokenDocument(t *testing.T) {
	for _, form := range []string{"application/x-ndjson", "text/csv"} {
		server := live(t, func(_ *handlers.Deps, s *fakeStore) {
			s.records = func(store.RecordFilter) (store.RecordPage, error) {
				return store.RecordPage{Records: append(numbered(1, 1000), []byte("{\n"))}, nil
			}
		})
		if _, err := io.ReadAll(stream(t, server, form).Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", form, err)
		}
	}
}

// A stream outlasts the server's timeouts for short answers, and what was read
// from the store is sent before the next page is there.
func TestStreamsOutlast(t *testing.T) {
	more := make(chan struct{})
	server := live(t, func(_ *handlers.Deps, s *fakeStore) {
		next := pages(t, []int{1, 1}, nil)
		s.records = func(f store.RecordFilter) (store.RecordPage, error) {
			if f.Cursor != "" {
				<-more
			}
			return next(f)
		}
	})
	lines := bufio.NewScanner(stream(t, server, "application/x-ndjson").Body)
	if !lines.Scan() || !strings.Contains(lines.Text(), `"r1"`) {
		t.Fatalf("read %s, %v", lines.Text(), lines.Err())
	}
	outlast(t, server)
	close(more)
	if !lines.Scan() || !strings.Contains(lines.Text(), `"r2"`) || lines.Scan() || lines.Err() != nil {
		t.Errorf("read %s, %v", lines.Text(), lines.Err())
	}
}

// A client who goes away ends the stream, of however many pages it may be.
func TestStreamClientGone(t *testing.T) {
	done := make(chan struct{})
	s := working()
	s.records = func(store.RecordFilter) (store.RecordPage, error) {
		return store.RecordPage{Records: numbered(1, 10), Next: "c"}, nil
	}
	d := deps(t, s)
	d.Now = time.Now
	e := admin(d)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		e.ServeHTTP(w, r)
	}))
	defer server.Close()
	lines := bufio.NewScanner(stream(t, server, "application/x-ndjson").Body)
	if !lines.Scan() {
		t.Fatal(lines.Err())
	}
	server.CloseClientConnections()
	<-done
}
