package life_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/platform/aliyun/sim/life"
	"xmode/simulator"
	"xmode/simulator/load"
)

// The access key by which recordings are asked for.
const (
	accessKey    = "life-access-key"
	accessSecret = "life-access-secret"
)

// code is that of a refusal.
func code(t *testing.T, body []byte) string {
	t.Helper()
	var refusal struct{ Code string }
	if err := json.Unmarshal(body, &refusal); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return refusal.Code
}

// TestReceiverFetchesWhatIsKept: the recording of a call is found by what the
// receipts say of it, and only once it is kept.
func TestReceiverFetchesWhatIsKept(t *testing.T) {
	storage, err := simulator.NewStorage(simulator.StorageConfig{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	api, err := sim.NewAPI(sim.APIConfig{Keys: map[string]string{accessKey: accessSecret}, Storage: storage, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	files, asked := httptest.NewServer(storage), httptest.NewServer(api)
	t.Cleanup(files.Close)
	t.Cleanup(asked.Close)
	if err := storage.SetBase(files.URL); err != nil {
		t.Fatal(err)
	}
	r := receive(t, "--aliyun-api="+asked.URL, "--aliyun-recording-delay=0s", "--recordings=file://"+t.TempDir(),
		"--recording-hosts=127.0.0.1", "--recording-allow-private", "--recording-retry=10ms")
	p := platform(t, func(c *life.Config) { c.API, c.Storage, c.AudioSize = api, storage, 5000 })
	c := changed(aCall(pair(), load.Answered), func(c *load.Call) { c.N, c.ID, c.At = 7, "recorded^7", time.Now().Add(-10*time.Minute) })
	d := r.lives(p, c, false)
	r.story(c.ID, 1) // of a call without a decision nothing is fetched
	if s := r.fetched(c.ID); s.Recordings[0].State == "archived" {
		t.Errorf("before it is kept: %+v", s.Recordings)
	}
	p.Keep(c, d)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	s := r.fetched(c.ID)
	for end := time.Now().Add(20 * time.Second); s.Recordings[0].State != "archived" && time.Now().Before(end); <-tick.C {
		s = r.fetched(c.ID)
	}
	audio, ok := storage.Audio(life.File(c.ID))
	want := simulator.Audio{Format: simulator.MP3, Size: 5000, Seed: 7}
	if !ok || audio != want || s.Recordings[0].State != "archived" || s.Recordings[0].SHA256 != want.SHA256() {
		t.Errorf("kept %+v, fetched %+v", audio, s.Recordings)
	}
	for _, fault := range api.Check() {
		t.Error(fault)
	}
}

// fetched reads a call after another round of fetching.
func (r *receiver) fetched(id string) story {
	r.t.Helper()
	r.fetch <- time.Now()
	r.fetch <- time.Now() // taken when the round before it is over
	var s story
	r.api(http.MethodGet, "/v1/calls?platform=aliyun&call_id="+id, "", http.StatusOK, &s)
	if len(s.Recordings) != 1 {
		r.t.Fatalf("%+v", s)
	}
	return s
}
