package handlers_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/handlers"
	"xmode/store"
)

// imported sends an import straight to a handler and returns its results.
func imported(t *testing.T, d handlers.Deps, body string) []string {
	t.Helper()
	w := send(t, admin(d), "POST", "/v1/bindings/import", body, key(provisionKey), typed("application/x-ndjson"))
	if ct := w.Header().Get("Content-Type"); w.Code != 200 || ct != "application/x-ndjson" {
		t.Fatalf("answered %d %s %s", w.Code, ct, w.Body)
	}
	return strings.Split(strings.TrimSuffix(w.Body.String(), "\n"), "\n")
}

// line is a binding of its own X number, under an id where it is not 0.
func line(id, n int) string {
	if id == 0 {
		return fmt.Sprintf(`{"x":"170%08d","a":"13900000011"}`, n)
	}
	return fmt.Sprintf(`{"id":"%d","x":"170%08d","a":"13900000011"}`, id, n)
}

func TestImport(t *testing.T) {
	s := working()
	s.put = func(writes []store.Write) []store.Written {
		out := stored(writes)
		for i, w := range writes {
			if w.Create || w.Match != nil {
				t.Errorf("wrote %+v", w)
			}
			switch w.Binding.ID {
			case 2:
				out[i].Created = false
			case 3:
				out[i].Created, out[i].Unchanged = false, true
			case 4:
				out[i] = store.Written{Err: &store.Conflict{With: pair(), Route: "open binding"}}
			case 5:
				out[i] = store.Written{Err: fmt.Errorf("13800000021: %w", store.ErrUnavailable)}
			}
		}
		return out
	}
	var audit []call.ID
	s.record = func(entries []store.AuditEntry) error {
		for _, e := range entries {
			if e.Action != "import" || e.Key != "crm" || e.At != now {
				t.Errorf("audit %+v", e)
			}
			audit = append(audit, e.BindingID)
		}
		return nil
	}
	long := `{"x":"17000000001","a":"13900000011","user_data":"` + strings.Repeat("x", 64<<10) + `"}`
	fixed := call.Binding{X: party("17000000009"), A: party("075528780001")}
	got := imported(t, deps(t, s), strings.Join([]string{
		line(1, 1), "", line(2, 2) + "\r", " \t", line(3, 3), line(4, 4), line(5, 5), `{"x":"17000000001"`, `{"id":7,"x":"17000000001"}`,
		long, line(6, 6), `{"id":"8","x":"17000000009","a":"075528780001"}`, strings.Repeat(" ", 70000), line(9, 9)}, "\n"))
	want := []string{
		`{"line":1,"id":"1","outcome":"created"}`,
		`{"line":3,"id":"2","outcome":"replaced"}`,
		`{"line":5,"id":"3","outcome":"unchanged"}`,
		`{"line":6,"error":{"code":"conflict","message":"conflicts with binding 100001: open binding"}}`,
		`{"line":7,"error":{"code":"unavailable","message":"the store does not answer"}}`,
		`{"line":8,"error":{"code":"malformed","message":"not valid JSON at byte 18"}}`,
		`{"line":9,"error":{"code":"invalid","message":"a: required; id: must be a string","fields":{"a":"required","id":"must be a string"}}}`,
		`{"line":10,"error":{"code":"too_large","message":"line longer than 64 KiB"}}`,
		`{"line":11,"id":"6","outcome":"created"}`,
		fmt.Sprintf(`{"line":12,"id":"8","outcome":"created","warnings":[%q]}`, fixed.Warnings()[0]),
		`{"line":13,"error":{"code":"too_large","message":"line longer than 64 KiB"}}`,
		`{"line":14,"id":"9","outcome":"created"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want := []call.ID{1, 2, 6, 8, 9}; !slices.Equal(audit, want) {
		t.Errorf("audited %v, want %v", audit, want)
	}
}

// A line of exactly 64 KiB is read, one more byte is too much.
func TestLongestLine(t *testing.T) {
	text := line(1, 1)
	text += strings.Repeat(" ", 64<<10-len(text))
	for _, end := range []string{"", "\n", "\r\n"} {
		got := imported(t, deps(t, working()), text+end)
		if want := []string{`{"line":1,"id":"1","outcome":"created"}`}; !slices.Equal(got, want) {
			t.Errorf("end %q: %s", end, got)
		}
		got = imported(t, deps(t, working()), " "+text+end)
		if want := []string{`{"line":1,"error":{"code":"too_large","message":"line longer than 64 KiB"}}`}; !slices.Equal(got, want) {
			t.Errorf("one more, end %q: %s", end, got)
		}
	}
}

// Batches are bounded, in order, and never hold an id twice, so that the second
// line with an id finds the first one written.
func TestImportBatches(t *testing.T) {
	var lines []string
	for i := range 1000 {
		lines = append(lines, line(i%300+1, i), line(0, 2000+i))
	}
	s := working()
	var ids []call.ID
	s.put = func(writes []store.Write) []store.Written {
		seen := map[call.ID]bool{}
		for _, w := range writes {
			if id := w.Binding.ID; id != 0 && seen[id] {
				t.Errorf("id %s twice in a batch", id)
			}
			seen[w.Binding.ID] = true
			ids = append(ids, w.Binding.ID)
		}
		if len(writes) > 256 {
			t.Errorf("%d lines in a batch", len(writes))
		}
		return stored(writes)
	}
	if got := imported(t, deps(t, s), strings.Join(lines, "\n")); len(got) != 2000 || len(ids) != 2000 {
		t.Errorf("%d results, %d writes", len(got), len(ids))
	}
	for i, id := range ids {
		if want := call.ID((i/2%300 + 1) * (1 - i%2)); id != want {
			t.Fatalf("write %d is %s, want %s", i, id, want)
		}
	}
}

// A panic of the store costs the lines it was given.
func TestImportSurvivesPanics(t *testing.T) {
	s := working()
	s.put = func([]store.Write) []store.Written { panic("13800000021") }
	want := []string{`{"line":1,"error":{"code":"internal","message":"internal error"}}`}
	if got := imported(t, deps(t, s), line(1, 1)); !slices.Equal(got, want) {
		t.Errorf("got %s", got)
	}
}

func TestImportRefusals(t *testing.T) {
	e := admin(deps(t, &fakeStore{}))
	for _, opt := range []reqOpt{typed("text/csv"), header("Content-Encoding", "gzip")} {
		wants(t, send(t, e, "POST", "/v1/bindings/import", line(1, 1), key(provisionKey), opt), 415,
			`{"error":{"code":"unsupported_media_type","message":"unsupported content type"}}`)
	}
}

// live is a real admin listener with timeouts that no import could do with.
func live(t *testing.T, change func(*handlers.Deps, *fakeStore)) *httptest.Server {
	s := working()
	d := deps(t, s)
	d.Now = time.Now
	change(&d, s)
	server := httptest.NewUnstartedServer(admin(d))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// streamed opens an import and gives what to write lines to and the results.
func streamed(t *testing.T, server *httptest.Server) (*io.PipeWriter, *bufio.Scanner) {
	t.Helper()
	in, out := io.Pipe()
	t.Cleanup(func() { out.Close() })
	r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/v1/bindings/import", in)
	if err != nil {
		t.Fatal(err)
	}
	key(provisionKey)(r)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != 200 {
		t.Fatalf("answered %d", response.StatusCode)
	}
	return out, bufio.NewScanner(response.Body)
}

// result reads one result.
func result(t *testing.T, results *bufio.Scanner) string {
	t.Helper()
	if !results.Scan() {
		t.Fatalf("no more results: %v", results.Err())
	}
	return results.Text()
}

// outlast returns when a request that begins now has run into the timeouts of
// the server, and so would any that began before.
func outlast(t *testing.T, server *httptest.Server) {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /v1/decide HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+readKey+"\r\nContent-Length: 9\r\n\r\n{")
	if _, err := io.ReadAll(conn); err != nil {
		t.Fatal(err)
	}
}

// Results arrive while the request is open, and far beyond the server's
// timeouts for short requests.
func TestImportStreams(t *testing.T) {
	server := live(t, func(*handlers.Deps, *fakeStore) {})
	out, results := streamed(t, server)
	for i := 1; i <= 3; i++ {
		fmt.Fprintln(out, line(i, i))
		if got, want := result(t, results), fmt.Sprintf(`{"line":%d,"id":"%d","outcome":"created"}`, i, i); got != want {
			t.Errorf("got %s", got)
		}
		if i == 2 {
			outlast(t, server)
		}
	}
	out.Close()
	if results.Scan() {
		t.Errorf("one more: %s", results.Text())
	}
}

// A sender who asks before it sends, as curl does, is told to go on.
func TestImportExpectContinue(t *testing.T) {
	server := live(t, func(*handlers.Deps, *fakeStore) {})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	fmt.Fprintf(conn, "POST /v1/bindings/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
		"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n", provisionKey, len(line(1, 1)))
	if first, err := http.ReadResponse(in, nil); err != nil || first.StatusCode != 100 {
		t.Fatalf("answered %v, %v", first, err)
	}
	fmt.Fprint(conn, line(1, 1))
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if body := read(t, response); response.StatusCode != 200 || body != `{"line":1,"id":"1","outcome":"created"}` {
		t.Errorf("answered %d %s", response.StatusCode, body)
	}
}

// Input that is cut off in a line is written up to that line.
func TestImportCutOff(t *testing.T) {
	var ids []call.ID
	server := live(t, func(_ *handlers.Deps, s *fakeStore) {
		s.put = func(w []store.Write) []store.Written {
			for i := range w {
				ids = append(ids, w[i].Binding.ID)
			}
			return stored(w)
		}
	})
	text := line(1, 1) + "\n" + line(2, 2) + "\n" + line(3, 3)[:20]
	response, body := raw(t, server.Listener.Addr().String(), "POST /v1/bindings/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+
		provisionKey+"\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n"+text, true)
	want := `{"line":1,"id":"1","outcome":"created"}` + "\n" + `{"line":2,"id":"2","outcome":"created"}` + "\n" +
		`{"line":3,"error":{"code":"malformed","message":"body: cut off or too slow"}}`
	if response.StatusCode != 200 || body != want || !slices.Equal(ids, []call.ID{1, 2}) {
		t.Errorf("answered %d %s, wrote %v", response.StatusCode, body, ids)
	}
}

// A process that is asked to stop does not wait for the end of an import, and
// tells the sender where it stopped.
func TestImportWhileDraining(t *testing.T) {
	out, results := streamed(t, live(t, func(d *handlers.Deps, _ *fakeStore) {
		d.Ready = func() handlers.Readiness { return handlers.Readiness{Reached: true, Draining: true} }
	}))
	fmt.Fprintln(out, line(1, 1))
	result(t, results)
	var last struct {
		Line  int
		Error struct{ Code string }
	}
	if err := json.Unmarshal([]byte(result(t, results)), &last); err != nil || last.Line != 2 || last.Error.Code != "unavailable" {
		t.Errorf("got %+v, %v", last, err)
	}
	if results.Scan() {
		t.Errorf("one more: %s", results.Text())
	}
}

// The same while the sender, who has not hung up, sends nothing.
func TestImportIdleWhileDraining(t *testing.T) {
	var draining atomic.Bool
	out, results := streamed(t, live(t, func(d *handlers.Deps, _ *fakeStore) {
		d.Ready = func() handlers.Readiness {
			return handlers.Readiness{Reached: true, Draining: draining.Load()}
		}
	}))
	fmt.Fprintln(out, line(1, 1))
	result(t, results)
	draining.Store(true)
	want := `{"line":2,"error":{"code":"unavailable","message":"shutting down; send the rest again"}}`
	if got := result(t, results); got != want {
		t.Errorf("got %s", got)
	}
	if results.Scan() {
		t.Errorf("one more: %s", results.Text())
	}
}

// A sender who goes away ends the import, also one that waits for its next line.
func TestImportSenderGone(t *testing.T) {
	done := make(chan struct{})
	d := deps(t, working())
	d.Now = time.Now
	e := admin(d)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		e.ServeHTTP(w, r)
	}))
	defer server.Close()
	out, results := streamed(t, server)
	fmt.Fprintln(out, line(1, 1))
	result(t, results)
	server.CloseClientConnections()
	<-done
}
