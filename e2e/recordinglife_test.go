package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/simulator"
)

// TestRecordingThatExpired: what its platform has thrown away is not asked for any more,
// and said loudly.
func TestRecordingThatExpired(t *testing.T) {
	t.Parallel()
	c, folder := newClouds(t, cloudConfig{}), t.TempDir()
	e := serve(t, c.env(), c.flags("--recordings=file://"+folder)...)
	e.bind(pairBinding)
	old := recordedCall("call^old", 31*24*time.Hour)
	old.ID, old.RecordURL = 77, c.storageAt+"/old.mp3"
	c.aliyun.Keep(old, "old.mp3")
	c.storage.Put("old.mp3", simulator.Audio{Format: simulator.MP3, Size: 20_000})
	e.calls(old)
	e.reported(old)
	r := e.becomes("call^old", "expired")
	if at, err := time.Parse(time.RFC3339, r.ExpiresAt); err != nil || !at.Before(time.Now()) || r.Attempts != 0 || r.NextTryAt != "" {
		t.Errorf("%+v", r)
	}
	said := `level=ERROR msg="recording expired before it could be fetched" platform=aliyun call=`
	within(t, 5*time.Second, "the log to say so", func() bool { return strings.Contains(e.log.String(), said) })
	if n := e.metric("xmode_recording_attempts_total", `platform="aliyun"`, `result="expired"`); n != 1 {
		t.Errorf("%v counted", n)
	}
	within(t, 15*time.Second, "the gauge", func() bool {
		return e.metric("xmode_recordings", `platform="aliyun"`, `state="expired"`) == 1 && e.metric("xmode_recordings", `state="pending"`) == 0
	})
	if all := e.records(nil); len(all) != 1 || all[0].RecordID != "77" || all[0].Recording != "expired" {
		t.Errorf("records %+v", all)
	}
	if call := e.call("aliyun", "call^old"); len(call.Recordings) != 1 || call.Recordings[0].State != "expired" {
		t.Errorf("call %+v", call)
	}
	if asked, fetched := c.aliyun.Requests(), c.storage.Requests(); len(asked)+len(fetched) > 0 {
		t.Errorf("asked %v, fetched %v", asked, fetched)
	}
	e.hides(accessSecret, "call^old", "old.mp3", "13900000022", "17000000001", "13800000021")
}

// TestRecordingThatNobodyAskedFor: receipts are not signed, so that one for a call that
// was never decided here has nothing fetched, unless an administrator wants it.
func TestRecordingThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	c, folder := newClouds(t, cloudConfig{}), t.TempDir()
	e := serve(t, c.env(), c.flags("--recordings=file://"+folder)...)
	foreign, told := recordedCall("call^foreign", 20*time.Minute), recordedCall("call^told", 20*time.Minute)
	told.RecordURL = c.storageAt + "/told.mp3"
	for _, call := range []sim.Call{foreign, told} {
		c.aliyun.Keep(call, call.CallID)
		c.storage.Put(call.CallID, simulator.Audio{Format: simulator.MP3, Size: 20_000, Seed: 3})
	}
	e.report(sim.SecretRecording, foreign.Recording())
	e.report(sim.SecretReport, told.Report())
	r := e.becomes("call^foreign", "unmatched")
	if other := e.becomes("call^told", "unmatched"); !r.Unmatched || !other.Unmatched || r.Attempts+other.Attempts > 0 || r.NextTryAt != "" {
		t.Errorf("%+v, %+v", r, other)
	}
	if asked, fetched := c.aliyun.Requests(), c.storage.Requests(); len(asked)+len(fetched) > 0 {
		t.Errorf("asked %v, fetched %v", asked, fetched)
	}
	if !strings.Contains(e.log.String(), `level=INFO msg="recording of a call that was never decided here is not fetched" platform=aliyun`) {
		t.Errorf("the log does not say so:\n%s", e.log)
	}
	path := "/v1/recordings/" + r.ID + "/retry"
	for key, status := range map[string]int{readKey: http.StatusForbidden, "": http.StatusUnauthorized} {
		if r := e.do(http.MethodPost, "http://"+e.admin+path, key, ""); r.status != status {
			t.Errorf("retry: %d %s, want %d", r.status, r.body, status)
		}
	}
	e.retry(r.ID)
	r = e.becomes("call^foreign", "archived")
	audio, _ := c.storage.Audio("call^foreign")
	if !r.Unmatched || r.Attempts != 1 || r.SHA256 != audio.SHA256() {
		t.Errorf("%+v", r)
	}
	e.gives(r, audio)
	if n := len(c.aliyun.Requests()); n != 1 || e.count("unmatched") != 1 {
		t.Errorf("asked %d times, recordings %+v", n, e.recordings(""))
	}
	audited := e.api(http.MethodGet, "/v1/audit", "").body
	if n := strings.Count(audited, `"action":"recording_retry"`); n != 1 {
		t.Errorf("audited %d times: %s", n, audited)
	}
	c.checked(t)
	e.hides(accessSecret, "call^foreign", "call^told", "13900000022", "17000000001", "13800000021")
}

// TestRecordingsWithoutAnArchive are looked up, and left where they are.
func TestRecordingsWithoutAnArchive(t *testing.T) {
	t.Parallel()
	c := newClouds(t, cloudConfig{})
	s := newStock(c, 4, 20_000)
	e := serve(t, c.env(), c.flags()...)
	s.push(e)
	within(t, 20*time.Second, "all to be located", func() bool { return e.count("located") == 4 })
	for id, r := range e.recordings("") {
		if r.Key != "" || r.Size != 0 || r.NextTryAt != "" || r.Attempts != 1 || r.Error != "" {
			t.Errorf("%s: %+v", id, r)
		}
		want := `{"error":{"code":"not_archived","message":"the recording is located"}}`
		if got := e.api(http.MethodGet, "/v1/recordings/"+r.ID+"/content", ""); got.status != http.StatusConflict || got.body != want {
			t.Errorf("content: %d %s", got.status, got.body)
		}
	}
	for _, r := range e.records(nil) {
		if r.Recording != "located" {
			t.Errorf("record %+v", r)
		}
	}
	if fetched := c.storage.Requests(); len(fetched) > 0 || e.metric("xmode_recording_bytes_total") != 0 {
		t.Errorf("fetched %v", fetched)
	}
	s.checked(t, s.fees...)
}

// TestRecordingAtTheAddressOfItsReceipt: without an access key, what a receipt says of
// the address has to do; it is no more trusted than any other.
func TestRecordingAtTheAddressOfItsReceipt(t *testing.T) {
	t.Parallel()
	c, folder := newClouds(t, cloudConfig{}), t.TempDir()
	e := serve(t, nil, c.flags("--recordings=file://"+folder, "--recording-hosts=127.0.0.1,169.254.169.254")...)
	e.bind(pairBinding)
	audio := simulator.Audio{Format: simulator.MP3, Size: 20_000}
	c.storage.Put("good.mp3", audio)
	addresses := map[string]string{"call^good": c.storage.Address("good.mp3"), "call^metadata": metadata, "call^elsewhere": "https://s3cr3t.example.com/x.mp3", "call^none": ""}
	var calls []sim.Call
	for id, address := range addresses {
		call := recordedCall(id, 20*time.Minute)
		call.RecordURL = address
		calls = append(calls, call)
	}
	e.calls(calls...)
	e.reported(calls...)
	if r := e.becomes("call^good", "archived"); r.SHA256 != audio.SHA256() {
		t.Errorf("%+v", r)
	}
	for id, want := range map[string]string{"call^metadata": notPublic, "call^elsewhere": notListed, "call^none": "no_credentials"} {
		within(t, 10*time.Second, id+" to be refused", func() bool { r := e.recordings("")[id]; return r.State == "pending" && r.Error == want })
	}
	if n := len(c.aliyun.Requests()); n > 0 || len(filesIn(t, folder)) != 1 {
		t.Errorf("asked %d times, files %q", n, filesIn(t, folder))
	}
	e.hides("call^", "good.mp3", "s3cr3t", "169.254", "example.com", "Signature=", c.storageAt, "13900000022")
}
