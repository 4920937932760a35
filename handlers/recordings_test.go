package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/handlers"
	"xmode/store"
)

// Two ids of recordings; the file of the second is gone.
const (
	recordingID = "abcdefgh234567ab"
	goneID      = "abcdefgh234567ac"
)

const recordingText = "RIFF....WAVE, as far as these tests care"

// archivedRecording lies in the archive.
func archivedRecording() store.Recording {
	r := store.Recording{
		State: call.RecordingKept, Attempts: 2, NamedAt: now.Add(-time.Hour), ArchivedAt: now.Add(-time.Minute),
		Key: "acme/2030-01-02/" + recordingID + ".wav", Size: int64(len(recordingText)), SHA256: "00ff", ContentType: "audio/wav",
	}
	r.ID, r.Platform, r.CallID, r.RecordID, r.ExpiresAt = recordingID, "acme", "c^1", "r1", now.Add(24*time.Hour)
	return r
}

// fakeArchive has one file.
type fakeArchive struct{}

func (fakeArchive) Open(_ context.Context, key string) (io.ReadSeekCloser, time.Time, error) {
	switch key {
	case archivedRecording().Key:
		return readSeekNopCloser{bytes.NewReader([]byte(recordingText))}, now.Add(-time.Minute), nil
	case "broken":
		return nil, time.Time{}, errors.New("bucket s3://secret is on fire")
	}
	return nil, time.Time{}, handlers.ErrGone
}

type readSeekNopCloser struct{ io.ReadSeeker }

func (readSeekNopCloser) Close() error { return nil }

const recordingJSON = `{"id":"` + recordingID + `","platform":"acme","call_id":"c^1","record_id":"r1","state":"archived","unmatched":false,` +
	`"attempts":2,"named_at":"2030-01-02T02:04:05.678Z","next_try_at":null,"expires_at":"2030-01-03T03:04:05.678Z",` +
	`"archived_at":"2030-01-02T03:03:05.678Z","key":"acme/2030-01-02/` + recordingID + `.wav","size":40,"sha256":"00ff",` +
	`"content_type":"audio/wav","error":""}`

func TestRecordingsAreListed(t *testing.T) {
	var asked store.RecordingFilter
	s := working()
	s.recordings = func(f store.RecordingFilter) ([]store.Recording, string, error) {
		asked = f
		return []store.Recording{archivedRecording()}, "next", nil
	}
	e := admin(deps(t, s))
	w := send(t, e, "GET", "/v1/recordings?platform=acme&state=archived&limit=7&cursor=c", "", key(readKey))
	wants(t, w, 200, `{"items":[`+recordingJSON+`],"next_cursor":"next"}`)
	if want := (store.RecordingFilter{Platform: "acme", State: call.RecordingKept, Limit: 7, Cursor: "c"}); asked != want {
		t.Errorf("asked for %+v", asked)
	}
	for path, fault := range map[string]string{
		"?state=lost": "state", "?platform=nobody": "platform", "?limit=0": "limit", "?call_id=c": "call_id", "?state=failed&state=failed": "state",
	} {
		if w := send(t, e, "GET", "/v1/recordings"+path, "", key(readKey)); w.Code != 400 || !strings.Contains(w.Body.String(), `"`+fault+`"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestOneRecording(t *testing.T) {
	s := working()
	e := admin(deps(t, s))
	wants(t, send(t, e, "GET", "/v1/recordings/"+recordingID, "", key(readKey)), 200, recordingJSON)
	missing := `{"error":{"code":"not_found","message":"recording not found"}}`
	for _, id := range []string{"7", "ABCDEFGH234567AB", recordingID + "a", "abcdefgh1234567a"} {
		wants(t, send(t, e, "GET", "/v1/recordings/"+id, "", key(readKey)), 404, missing)
	}
	s.recording = func(string) (store.Recording, error) { return store.Recording{}, store.ErrNotFound }
	for _, path := range []string{"", "/content"} {
		wants(t, send(t, e, "GET", "/v1/recordings/"+recordingID+path, "", key(readKey)), 404, missing)
	}
	wants(t, send(t, e, "POST", "/v1/recordings/"+recordingID+"/retry", "", key(adminKey)), 404, missing)
}

func TestContentOfARecording(t *testing.T) {
	e := admin(deps(t, working()))
	path := "/v1/recordings/" + recordingID + "/content"
	whole := send(t, e, "GET", path, "", key(readKey))
	if whole.Body.String() != recordingText || whole.Code != 200 {
		t.Errorf("%d %s", whole.Code, whole.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "audio/wav", "ETag": `"00ff"`, "Accept-Ranges": "bytes", "Content-Length": "40", "X-Content-Type-Options": "nosniff",
		"Content-Disposition": `attachment; filename="` + recordingID + `.wav"`, "Last-Modified": "Wed, 02 Jan 2030 03:03:05 GMT",
		"Cache-Control": "private, no-store",
	} {
		if got := whole.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, c := range []struct {
		asked, value, want string
		status             int
	}{
		{"Range", "bytes=0-3", recordingText[:4], 206}, {"Range", "bytes=-4", recordingText[36:], 206}, {"Range", "bytes=36-", recordingText[36:], 206},
		{"Range", "bytes=40-", "", 416}, {"If-None-Match", `"00ff"`, "", 304},
	} {
		w := send(t, e, "GET", path, "", key(readKey), header(c.asked, c.value))
		if w.Code != c.status || c.want != "" && w.Body.String() != c.want {
			t.Errorf("%s: %s: %d %q", c.asked, c.value, w.Code, w.Body)
		}
	}
}

func TestContentThatIsNotThere(t *testing.T) {
	for name, c := range map[string]struct {
		state      call.RecordingState
		key        string
		status     int
		code, text string
	}{
		"pending": {call.RecordingPending, "", 409, "not_archived", "the recording is pending"},
		"located": {call.RecordingLocated, "", 409, "not_archived", "the recording is located"},
		"gone":    {call.RecordingKept, "gone", 404, "gone", "the file is not in the archive any more"},
		"broken":  {call.RecordingKept, "broken", 503, "archive_unavailable", "the archive does not answer"},
	} {
		s := working()
		s.recording = func(string) (store.Recording, error) {
			r := archivedRecording()
			r.State, r.Key = c.state, c.key
			return r, nil
		}
		w := send(t, admin(deps(t, s)), "GET", "/v1/recordings/"+recordingID+"/content", "", key(readKey))
		wants(t, w, c.status, fmt.Sprintf(`{"error":{"code":%q,"message":%q}}`, c.code, c.text))
		if strings.HasPrefix(w.Header().Get("Content-Type"), "audio") || w.Header().Get("ETag") != "" {
			t.Errorf("%s: %v", name, w.Header())
		}
	}
	d := deps(t, working())
	d.Archive = nil
	wants(t, send(t, admin(d), "GET", "/v1/recordings/"+recordingID+"/content", "", key(readKey)), 409,
		`{"error":{"code":"not_archived","message":"no archive is configured"}}`)
}

func TestRetryOfARecording(t *testing.T) {
	s := working()
	audited := ""
	s.record = func(entries []store.AuditEntry) error { audited = entries[0].Action; return nil }
	e := admin(deps(t, s))
	path := "/v1/recordings/" + recordingID + "/retry"
	wants(t, send(t, e, "POST", path, "", key(adminKey)), 409, `{"error":{"code":"archived","message":"the recording is archived"}}`)
	if audited != "" {
		t.Errorf("audited %q", audited)
	}
	for _, state := range []call.RecordingState{call.RecordingExpired, call.RecordingFailed, call.RecordingUnmatched, call.RecordingPending, call.RecordingLocated} {
		s.recording = func(string) (store.Recording, error) {
			r := archivedRecording()
			r.State = state
			return r, nil
		}
		w := send(t, e, "POST", path, "", key(adminKey))
		if w.Code != 200 || !strings.Contains(w.Body.String(), `"state":"pending"`) || !strings.Contains(w.Body.String(), `"next_try_at":"2030-01-02T03:04:05.678Z"`) {
			t.Errorf("%s: %d %s", state, w.Code, w.Body)
		}
	}
	if audited != "recording_retry" {
		t.Errorf("audited %q", audited)
	}
	s.retried = func(string, time.Time) (store.Recording, error) { return store.Recording{}, store.ErrBusy }
	w := send(t, e, "POST", path, "", key(adminKey))
	wants(t, w, 409, `{"error":{"code":"busy","message":"the recording is being fetched"}}`)
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}
