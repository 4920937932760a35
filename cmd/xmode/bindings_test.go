package main_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	xmode "xmode/cmd/xmode"
)

const header = "id,platform,x,extension,a,peers,direction,expires_at,display,record,max_duration_s,sms,user_data," +
	"prompt_caller,prompt_callee,prompt_ringback,prompt_record_hint,prompt_last_minute,prompt_hangup\n"

func TestCSVRoundTrip(t *testing.T) {
	endpoint := serve(t)
	rows := header +
		"1,,+8617000000001,,+8613800000021,+8613900000031,both,,,true,3600,forward,\"a, \"\"b\"\"\",p1,p2,p3,p4,p5,p6\n" +
		"2,aliyun,+8617000000002,12,+8613800000022,+8613900000031;+8613900000032,to_a,2099-01-01T00:00:00Z,+8617000000009,false,0,drop,,,,,,,\n" +
		"3,huawei,95013000,,+8613800000023,,from_a,,,false,0,intercept,,,,,,,\n"
	expect(t, client(t, endpoint.admin, "", "import", file(t, "b.csv", rows)), 0, "imported 3, failed 0\n", "")

	exported := filepath.Join(t.TempDir(), "out.csv")
	expect(t, client(t, endpoint.admin, "", "export", "-o", exported), 0, "", "")
	text, err := os.ReadFile(exported)
	if err != nil {
		t.Fatal(err)
	}
	if got := sorted(string(text)); got != sorted(rows) {
		t.Errorf("exported\n%s\nwant\n%s", got, sorted(rows))
	}

	before := client(t, endpoint.admin, "", "export")
	expect(t, client(t, endpoint.admin, string(text), "import", "--format=csv", "-"), 0, "imported 3, failed 0\n", "")
	expect(t, client(t, endpoint.admin, before.out, "import", "-"), 0, "imported 3, failed 0\n", "")
	if after := client(t, endpoint.admin, "", "export"); after != before {
		t.Errorf("a repeated import changed\n%s\nto\n%s", before.out, after.out)
	}
}

// sorted orders the lines of an export, which come in the store's order.
func sorted(text string) string {
	lines := slices.Collect(strings.Lines(text))
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func TestCSVColumnsComeInAnyOrder(t *testing.T) {
	endpoint := serve(t)
	text := "\ufeffpeers,a , x,id\r\n13900000031; 13900000032,13800000021,17000000001,5\r\n\r\n,13800000022,17000000002,6\r\n"
	expect(t, client(t, endpoint.admin, text, "import", "--format=csv", "-"), 0, "imported 2, failed 0\n", "")
	got := client(t, endpoint.admin, "", "get", "5")
	for _, want := range []string{`"x":"+8617000000001"`, `"a":"+8613800000021"`, `"peers":["+8613900000031","+8613900000032"]`} {
		if !strings.Contains(got.out, want) {
			t.Errorf("no %s in %s", want, got.out)
		}
	}
}

func TestUnknownColumnStopsAnImport(t *testing.T) {
	name := file(t, "b.csv", "x,a,colour\n")
	for text, want := range map[string]string{
		"x,a,colour\n": `CSV header: "colour" is no column, or there twice`,
		"x,a,x\n":      `CSV header: "x" is no column, or there twice`,
		"":             "CSV: no header",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		expect(t, client(t, "http://127.0.0.1:1", "", "import", name), 1, "", "xmode: "+name+": "+want+"\n")
	}
}

func TestImportTellsOfEachBadLine(t *testing.T) {
	endpoint := serve(t)
	text := `{"id":"1","x":"17000000001","a":"13800000021"}` + "\n\n" +
		`{"id":"2","x":"17000000001","a":"13800000021","colour":1}` + "\n" +
		strings.Repeat("x", 64<<10+1) + "\n" +
		"not JSON\r\n" +
		`{"id":"3","x":"17000000003","a":"13800000021"}`
	got := client(t, endpoint.admin, text, "import", "-")
	lines := strings.Split(got.err, "\n")
	slices.Sort(lines)
	if got.status != 1 || got.out != "imported 2, failed 3\n" || len(lines) != 5 {
		t.Fatalf("%+v", got)
	}
	for i, prefix := range []string{"", "line 3: invalid: colour: ", "line 4: longer than 64 KiB", "line 5: malformed: ", "xmode: some lines were not imported"} {
		if !strings.HasPrefix(lines[i], prefix) {
			t.Errorf("%q does not begin with %q", lines[i], prefix)
		}
	}
}

func TestCSVFaultsNameTheLine(t *testing.T) {
	endpoint := serve(t)
	text := "x,a,record,max_duration_s\n17000000001,13800000021,perhaps,1\n17000000001,13800000021,yes\n17000000001,13800000021,TRUE,long\n17000000001,13800000021,TRUE,60\n"
	expect(t, client(t, endpoint.admin, text, "import", "--format=csv", "-"), 1, "imported 1, failed 3\n",
		"line 2: record: neither true nor false\nline 3: wrong number of fields\nline 4: max_duration_s: not a whole number\nxmode: some lines were not imported\n")
}

func TestFurtherFaultsAreOnlyCounted(t *testing.T) {
	endpoint := serve(t)
	got := client(t, endpoint.admin, strings.Repeat("{}\n", 150), "import", "-")
	if n := strings.Count(got.err, "line "); n != 100 || got.out != "imported 0, failed 150\n" || !strings.Contains(got.err, "\nfurther faults are counted only\n") {
		t.Errorf("%d faults shown: %+v", n, got)
	}
}

// cutting is an endpoint that imports by noting lines. Its streams of answers
// end after so many, too early; the last one does not. One without any answer
// is torn down; of the others every answer arrives, since the rest is read.
type cutting struct {
	after    []int
	attempts atomic.Int32
	lines    chan string
}

func (c *cutting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	limit := -1
	if n := int(c.attempts.Add(1)); n <= len(c.after) {
		limit = c.after[n-1]
	}
	control := http.NewResponseController(w)
	_ = control.EnableFullDuplex()
	if limit == 0 {
		_ = control.SetReadDeadline(time.Unix(1, 0)) // lest the server reads on before it hangs up
		panic(http.ErrAbortHandler)
	}
	in := bufio.NewScanner(r.Body)
	for n := 1; limit != n-1 && in.Scan(); n++ {
		c.lines <- in.Text()
		fmt.Fprintf(w, `{"line":%d,"id":"1"}`+"\n", n)
		_ = control.Flush()
	}
	_, _ = io.Copy(io.Discard, r.Body)
}

func TestImportResumesAfterACut(t *testing.T) {
	const total = 20000
	c := &cutting{after: []int{0, 3, 5000}, lines: make(chan string, total)}
	endpoint := httptest.NewUnstartedServer(c)
	endpoint.Config.ErrorLog = nil
	endpoint.Start()
	defer endpoint.Close()
	var text strings.Builder
	for i := range total {
		fmt.Fprintf(&text, "{\"n\":%d}\n", i)
	}
	expect(t, client(t, endpoint.URL, text.String(), "import", "-"), 0, "imported 20000, failed 0\n", "")
	close(c.lines)
	next := 0
	for line := range c.lines {
		if want := fmt.Sprintf(`{"n":%d}`, next); line != want {
			t.Fatalf("got line %s, want %s", line, want)
		}
		next++
	}
	if next != total || c.attempts.Load() != 4 {
		t.Errorf("%d lines in %d attempts, want %d in 4", next, c.attempts.Load(), total)
	}
}

// answers is an endpoint that gives one answer to everything.
func answers(t *testing.T, status int, body string) string {
	t.Helper()
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+apiKey {
			t.Errorf("%s: no key", r.URL)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(endpoint.Close)
	return endpoint.URL
}

// The file is larger than what a server reads of a request that it refuses, and
// than what is sent without an answer.
func TestRefusedImportIsNotTriedAgain(t *testing.T) {
	url := answers(t, 403, `{"error":{"code":"forbidden","message":"the role does not suffice"}}`)
	expect(t, client(t, url, strings.Repeat(`{"x":"17000000001"}`+"\n", 100_000), "import", "-"), 1, "",
		"xmode: import stopped after 0 lines, a repeated import changes nothing that is done: 403 Forbidden: forbidden: the role does not suffice\n")
}

// A store that goes away in the middle is not the line's fault: the line, and
// those after it, are sent again.
func TestLinesAreSentAgainWhenTheStoreWasAway(t *testing.T) {
	var attempts atomic.Int32
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if attempts.Add(1) == 1 {
			fmt.Fprint(w, `{"line":1,"id":"1"}`+"\n"+`{"line":2,"error":{"code":"unavailable","message":"the store does not answer"}}`+"\n"+`{"line":3,"id":"3"}`+"\n")
			return
		}
		if string(body) != "b\nc\n" {
			t.Errorf("sent again: %q", body)
		}
		fmt.Fprint(w, `{"line":1,"id":"2"}`+"\n"+`{"line":2,"id":"3"}`+"\n")
	}))
	defer endpoint.Close()
	expect(t, client(t, endpoint.URL, "a\nb\nc\n", "import", "-"), 0, "imported 3, failed 0\n", "")
}

func TestGetAndDelete(t *testing.T) {
	endpoint := serve(t)
	expect(t, client(t, endpoint.admin, `{"id":"7","x":"17000000001","a":"13800000021"}`, "import", "-"), 0, "imported 1, failed 0\n", "")
	got := client(t, endpoint.admin, "", "get", "8", "7")
	if got.status != 1 || got.err != "binding 8: not found\nxmode: some bindings were not found\n" || !strings.HasPrefix(got.out, `{"id":"7","x":"+8617000000001"`) {
		t.Errorf("get: %+v", got)
	}
	expect(t, client(t, endpoint.admin, "", "delete", "7"), 0, `{"id":"7","deleted":true}`+"\n", "")
	expect(t, client(t, endpoint.admin, "", "delete", "7"), 1, "", "binding 7: not found\nxmode: some bindings were not found\n")
}

func TestExportLeavesExpiredBindingsOut(t *testing.T) {
	url := answers(t, 200, `{"items":[{"id":"1","x":"1","a":"2","expired":true},{"id":"2","x":"1","a":"3"}],"next_cursor":""}`)
	expect(t, client(t, url, "", "export"), 0, `{"id":"2","x":"1","a":"3"}`+"\n", "")
	expect(t, client(t, url, "", "export", "--all"), 0, `{"id":"1","x":"1","a":"2","expired":true}`+"\n"+`{"id":"2","x":"1","a":"3"}`+"\n", "")
}

func TestBrokenExportLeavesTheFileAlone(t *testing.T) {
	pages := 0
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if pages++; pages > 1 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprint(w, `{"items":[{"id":"2"}],"next_cursor":"more"}`)
	}))
	defer endpoint.Close()
	name := file(t, "out.ndjson", "before")
	expect(t, client(t, endpoint.URL, "", "export", "--output="+name), 1, "", "xmode: 400 Bad Request\n")
	entries, err := os.ReadDir(filepath.Dir(name))
	if text, _ := os.ReadFile(name); err != nil || string(text) != "before" || len(entries) != 1 {
		t.Errorf("file holds %q, folder %v", text, entries)
	}
}

func TestKeysDoNotFollowRedirects(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	defer other.Close()
	endpoint := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer endpoint.Close()
	expect(t, client(t, endpoint.URL, "", "get", "1"), 1, "", "xmode: 307 Temporary Redirect\n")
}

func TestBarTellsRateAndTimeLeft(t *testing.T) {
	for want, got := range map[string]string{
		"0 lines, 0/s":    xmode.BarText(0, 0, 0, 0),
		"500 lines, 50/s": xmode.BarText(500, 1000, 0, 10*time.Second),
		"[=======                       ]  25%  500 lines, 50/s, 30s left": xmode.BarText(500, 1000, 4000, 10*time.Second),
		"[==============================] 100%  500 lines, 50/s, 0s left":  xmode.BarText(500, 4000, 4000, 10*time.Second),
	} {
		if got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}
