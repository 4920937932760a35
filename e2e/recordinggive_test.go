package e2e_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/simulator"
)

// curl reads from the admin listener with a foreign client, and returns the body and
// the status.
func (e *endpoint) curl(path string, args ...string) (body, status string) {
	e.t.Helper()
	args = append(args, "-sS", "--max-time", "20", "--noproxy", "*", "-H", "Authorization: Bearer "+readKey, "-w", "%{stderr}%{http_code}", "http://"+e.admin+path)
	cmd := exec.CommandContext(e.t.Context(), "curl", args...)
	var out, code bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &code
	if err := cmd.Run(); err != nil {
		e.t.Fatalf("curl: %v: %s", err, &code)
	}
	return out.String(), code.String()
}

// gives asserts that the content of a recording is the platform's file, whole and in parts.
func (e *endpoint) gives(r recorded, want simulator.Audio) {
	e.t.Helper()
	file, err := io.ReadAll(want.Open())
	if err != nil {
		e.t.Fatal(err)
	}
	path := "/v1/recordings/" + r.ID + "/content"
	body, status := e.curl(path)
	if sum := sha256.Sum256([]byte(body)); status != "200" || hex.EncodeToString(sum[:]) != want.SHA256() {
		e.t.Errorf("whole: %s, %d bytes", status, len(body))
	}
	for part, bytes := range map[string][]byte{"0-99": file[:100], "1000-1999": file[1000:2000], "-100": file[len(file)-100:], "12345-": file[12345:]} {
		if body, status := e.curl(path, "-r", part); status != "206" || body != string(bytes) {
			e.t.Errorf("%s: %s, %d bytes", part, status, len(body))
		}
	}
}

// refusedWith asserts the status and the body of an answer.
func (e *endpoint) refusedWith(method, path, key string, status int, code, message string) {
	e.t.Helper()
	want := fmt.Sprintf(`{"error":{"code":%q,"message":%q}}`, code, message)
	if r := e.do(method, "http://"+e.admin+path, key, ""); r.status != status || r.body != want {
		e.t.Errorf("%s %s: %d %s, want %d %s", method, path, r.status, r.body, status, want)
	}
}

// TestRecordingsAreGiven: the list, one, its content, the call, the records, the metrics.
func TestRecordingsAreGiven(t *testing.T) {
	t.Parallel()
	c, folder := newClouds(t, cloudConfig{}), t.TempDir()
	s := newStock(c, 10, 20_000)
	e := serve(t, c.env(), c.flags("--recordings=file://"+folder)...)
	s.push(e)
	s.archived(e, 20*time.Second)
	late := recordedCall("call^late", 20*time.Minute) // which its platform does not have yet
	c.aliyun.Keep(late, "late.mp3")
	e.calls(late)
	e.reported(late)
	within(t, 10*time.Second, "an attempt", func() bool { return e.recordings("")["call^late"].Error == "not_ready: isv.RECORD_NOT_EXIST" })

	t.Run("lists", func(t *testing.T) { listsRecordings(t, e) })
	t.Run("content", func(t *testing.T) { givesContent(t, e, s, folder) })
	t.Run("records and calls", func(t *testing.T) { recordsTell(t, e) })
	t.Run("metrics", func(t *testing.T) { metricsTell(t, e) })
	e.hides(accessSecret, "session-rec", "call^rec", "call^late", "huawei-0", "aliyun-0", "13900000022", "17000000001", "13800000021")
}

func listsRecordings(t *testing.T, e *endpoint) {
	for filter, want := range map[string]int{
		"": 11, "platform=huawei": 5, "platform=aliyun": 6, "state=archived": 10, "state=pending": 1, "state=expired": 0, "platform=huawei&state=pending": 0,
	} {
		for _, page := range []string{"", "&limit=1", "&limit=4", "&limit=5"} { // the last one of a name counts twice, which is refused
			if page != "" {
				if got := e.pages(filter + page); len(got) != want {
					t.Errorf("%s%s: %d recordings, want %d", filter, page, len(got), want)
				}
				continue
			}
			if got := e.recordings(filter); len(got) != want {
				t.Errorf("%s: %d recordings, want %d", filter, len(got), want)
			}
		}
	}
	all := e.pages("limit=3")
	for i := 1; i < len(all); i++ {
		later, err := time.Parse(time.RFC3339, all[i-1].NamedAt)
		earlier, fault := time.Parse(time.RFC3339, all[i].NamedAt)
		if err != nil || fault != nil || later.Before(earlier) {
			t.Errorf("%s stands before %s", all[i-1].NamedAt, all[i].NamedAt)
		}
	}
	for _, wrong := range []string{"state=lost", "platform=nobody", "limit=0", "limit=1001", "cursor=x", "call_id=x"} {
		if r := e.api(http.MethodGet, "/v1/recordings?"+wrong, ""); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", wrong, r.status, r.body)
		}
	}
	e.refusedWith(http.MethodGet, "/v1/recordings/aaaaaaaaaaaaaaaa", readKey, 404, "not_found", "recording not found")
	e.refusedWith(http.MethodGet, "/v1/recordings/..%2F..%2Fetc%2Fpasswd/content", readKey, 404, "not_found", "recording not found")
	if r := e.get("http://" + e.public + "/v1/recordings"); r.status != http.StatusNotFound {
		t.Errorf("on the public listener: %d", r.status)
	}
}

func givesContent(t *testing.T, e *endpoint, s *stock, folder string) {
	for _, id := range []string{"session-rec-000", "call^rec-000"} {
		r := e.recordings("")[id]
		audio, _ := s.storage.Audio(s.files[id])
		e.gives(r, audio)
		path := "/v1/recordings/" + r.ID + "/content"
		whole := e.api(http.MethodGet, path, "")
		for name, want := range map[string]string{"Content-Type": r.ContentType, "ETag": `"` + r.SHA256 + `"`, "Content-Length": "20000", "Accept-Ranges": "bytes",
			"Content-Disposition": `attachment; filename="` + filepath.Base(r.Key) + `"`, "X-Content-Type-Options": "nosniff"} {
			if got := whole.header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		for _, c := range []struct{ header, status string }{
			{"If-None-Match: \"" + r.SHA256 + "\"", "304"}, {"If-None-Match: \"other\"", "200"}, {"If-Match: \"other\"", "412"}, {"Range: bytes=20000-", "416"},
		} {
			if body, status := e.curl(path, "-H", c.header); status != c.status {
				t.Errorf("%s: %s, %d bytes", c.header, status, len(body))
			}
		}
		for _, method := range []string{http.MethodHead, http.MethodPost, http.MethodDelete} {
			if r := e.api(method, path, ""); r.status != http.StatusMethodNotAllowed {
				t.Errorf("%s: %d %s", method, r.status, r.body)
			}
		}
		e.refusedWith(http.MethodPost, "/v1/recordings/"+r.ID+"/retry", apiKey, 409, "archived", "the recording is archived")
		lost(t, e, r, folder)
	}
	late := e.recordings("")["call^late"]
	e.refusedWith(http.MethodGet, "/v1/recordings/"+late.ID+"/content", readKey, 409, "not_archived", "the recording is pending")
}

// lost is a file that somebody removed: that is said, and it can be fetched again.
func lost(t *testing.T, e *endpoint, r recorded, folder string) {
	t.Helper()
	if err := os.Remove(filepath.Join(folder, r.Key)); err != nil {
		t.Fatal(err)
	}
	e.refusedWith(http.MethodGet, "/v1/recordings/"+r.ID+"/content", readKey, 404, "gone", "the file is not in the archive any more")
	e.retry(r.ID)
	again := e.becomes(r.CallID, "archived")
	if sum, _ := summed(t, filepath.Join(folder, again.Key)); sum != r.SHA256 || again.SHA256 != r.SHA256 || again.Key != r.Key || again.Attempts != 2 {
		t.Errorf("%+v, then %+v", r, again)
	}
}

func recordsTell(t *testing.T, e *endpoint) {
	known := e.recordings("")
	for _, r := range e.records(nil) {
		want := known[r.CallID]
		if r.Recording != want.State || r.RecordingID != want.ID || want.Platform == "huawei" && want.RecordID != r.RecordID {
			t.Errorf("record %+v, recording %+v", r, want)
		}
		call := e.call(r.Platform, r.CallID)
		if len(call.Recordings) != 1 || call.Recordings[0].State != want.State {
			t.Errorf("call %+v", call)
		}
	}
	resp := e.stream("text/csv", nil)
	defer resp.Body.Close()
	rows, err := csv.NewReader(resp.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	callID, state, id := slices.Index(rows[0], "call_id"), slices.Index(rows[0], "recording"), slices.Index(rows[0], "recording_id")
	for _, row := range rows[1:] {
		if want := known[row[callID]]; row[state] != want.State || row[id] != want.ID {
			t.Errorf("row %q, recording %+v", row, want)
		}
	}
	if len(rows) != 12 {
		t.Errorf("%d rows", len(rows))
	}
}

func metricsTell(t *testing.T, e *endpoint) {
	within(t, 15*time.Second, "the gauges", func() bool {
		return e.metric("xmode_recordings", `platform="huawei"`, `state="archived"`) == 5 && e.metric("xmode_recordings", `platform="aliyun"`, `state="archived"`) == 5 &&
			e.metric("xmode_recordings", `platform="aliyun"`, `state="pending"`) == 1 && e.metric("xmode_recordings") == 11 &&
			e.metric("xmode_recordings_oldest_pending_seconds", `platform="aliyun"`) > 0
	})
	oldest, other := e.metric("xmode_recordings_oldest_pending_seconds", `platform="aliyun"`), e.metric("xmode_recordings_oldest_pending_seconds", `platform="huawei"`)
	if oldest > 60 || other != 0 {
		t.Errorf("pending for %v and %v s", oldest, other)
	}
	if page := e.get("http://" + e.admin + "/metrics").body; !strings.Contains(page, "\nxmode_recordings_expiring{platform=\"aliyun\"} 0\n") {
		t.Error("there is no gauge of what expires soon")
	}
	if n := e.metric("xmode_recording_attempts_total", `result="archived"`); n != 12 { // two of them twice
		t.Errorf("%v archived", n)
	}
	if n := e.metric("xmode_recording_attempts_total", `platform="aliyun"`, `result="not_ready"`); n < 1 {
		t.Errorf("%v not ready", n)
	}
}
