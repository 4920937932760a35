package server_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xmode/handlers"
	"xmode/platform/huawei/sim"
	"xmode/simulator"
)

const (
	huaweiApp, huaweiSecret = "retention-app", "retention-secret"
	recordingKeep           = time.Hour
)

// keeping is a server with an archive, between the simulated sides of Huawei Cloud.
type keeping struct {
	*running
	t       *testing.T
	clock   *clock
	storage *simulator.Storage
	api     *sim.API
	folder  string
}

func newKeeping(t *testing.T) *keeping {
	t.Helper()
	k := &keeping{t: t, clock: newClock(), folder: t.TempDir()}
	var err error
	if k.storage, err = simulator.NewStorage(simulator.StorageConfig{Now: k.clock.time}); err != nil {
		t.Fatal(err)
	}
	if k.api, err = sim.NewAPI(sim.APIConfig{Apps: map[string]string{huaweiApp: huaweiSecret}, Storage: k.storage, Now: k.clock.time}); err != nil {
		t.Fatal(err)
	}
	files, api := httptest.NewServer(k.storage), httptest.NewServer(k.api)
	t.Cleanup(files.Close)
	t.Cleanup(api.Close)
	if err := k.storage.SetBase(files.URL); err != nil {
		t.Fatal(err)
	}
	k.running = start(t, options{
		clock: k.clock, env: []string{"XMODE_API_KEYS=ops:admin:" + apiKey, "XMODE_HUAWEI_APPS=" + huaweiApp + ":" + huaweiSecret},
		args: []string{"--recordings=file://" + k.folder, "--recording-hosts=127.0.0.1", "--recording-allow-private", "--huawei-api=" + api.URL,
			"--recording-retention=" + recordingKeep.String()},
	})
	return k
}

// named pushes a record that names a recording, under its session.
func (k *keeping) named(file string) {
	k.t.Helper()
	c, err := sim.New(sim.Config{Addresses: sim.AddressesAt(k.public("")), AppKey: huaweiApp, AppSecret: huaweiSecret, Now: k.clock.time, HTTP: http.DefaultClient})
	if err != nil {
		k.t.Fatal(err)
	}
	end := k.clock.time().UTC().Format(time.DateTime)
	x, err := c.PushFees(k.t.Context(), sim.Fee{
		AppKey: huaweiApp, ICID: file, SessionID: file, BindNum: "+8617000000001", CallerNum: "+8613900000022", CalleeNum: "+8617000000001",
		FwdDstNum: "+8613800000021", CallInTime: end, CallEndTime: end, RecordFlag: 1, RecordDomain: "ostor.huawei.com", RecordObjectName: file, NotifyMode: "Block",
	})
	if err != nil || !x.Accepted() {
		k.t.Fatalf("fee: %d %s, %v", x.Status, x.Raw, err)
	}
}

// recordings lists states and errors by file.
func (k *keeping) recordings() map[string]string {
	k.t.Helper()
	var list struct{ Items []handlers.Recording }
	status, body := get(k.t, k.admin("/v1/recordings"), apiKey)
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
		k.t.Fatalf("recordings: %d %s, %v", status, body, err)
	}
	states := map[string]string{}
	for _, r := range list.Items {
		states[r.CallID] = strings.TrimSpace(r.State + " " + r.Error)
	}
	return states
}

// until has work looked for until the recordings are in these states.
func (k *keeping) until(want map[string]string) {
	k.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		reached := true
		now := k.recordings()
		for file, state := range want {
			reached = reached && now[file] == state
		}
		if reached {
			return
		}
		select {
		case k.fetch <- time.Time{}:
		case <-limit:
			k.t.Fatalf("recordings %v, want %v", now, want)
		}
	}
}

// forgets moves the clock on, has what is too old removed, and asserts what is left.
func (k *keeping) forgets(later time.Duration, recordings, files int, metric string) {
	k.t.Helper()
	k.clock.advance(later)
	k.forget <- time.Time{}
	k.forget <- time.Time{} // taken when the first is done
	if got := k.recordings(); len(got) != recordings {
		k.t.Errorf("recordings %v, want %d", got, recordings)
	}
	var found []string
	err := filepath.WalkDir(k.folder, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, name)
		}
		return err
	})
	if err != nil || len(found) != files {
		k.t.Errorf("files %q, want %d, %v", found, files, err)
	}
	k.shows("/metrics", "\n"+metric+"\n")
}

// shows asserts that a page holds a text.
func (k *keeping) shows(path, text string) {
	k.t.Helper()
	if _, page := get(k.t, k.admin(path), apiKey); !strings.Contains(page, text) {
		k.t.Errorf("%s does not show %q:\n%s", path, text, page)
	}
}

// TestRecordingsGoWithTheirRetention: files and all, but for what is still to be fetched;
// that goes once its platform has thrown it away.
func TestRecordingsGoWithTheirRetention(t *testing.T) {
	k := newKeeping(t)
	k.storage.Put("kept.wav", simulator.Audio{Format: simulator.WAV, Size: 20_000})
	k.named("kept.wav")
	k.named("late.wav")
	k.until(map[string]string{"kept.wav": "archived", "late.wav": "pending not_ready: 1012007"})
	k.forgets(recordingKeep-time.Minute, 2, 1, "xmode_recordings_forgotten_total 0")
	k.shows("/v1/calls?platform=huawei&call_id=kept.wav", `"state":"archived"`)
	k.forgets(2*time.Minute, 1, 0, "xmode_recordings_forgotten_total 1")
	// Its record stays, and says that there is nothing to be heard any more.
	k.shows("/v1/calls?platform=huawei&call_id=kept.wav", `"state":"expired"`)
	k.shows("/v1/cdrs?limit=2", `"record_id":"kept.wav"`)
	k.shows("/v1/cdrs?limit=2", `"recording":"expired"`)
	k.shows("/v1/cdrs?limit=2", `"recording":"pending"`)

	k.clock.advance(6 * 24 * time.Hour) // of the seven that the platform keeps it
	k.count <- time.Time{}
	k.count <- time.Time{}
	k.shows("/metrics", "\nxmode_recordings_expiring{platform=\"huawei\"} 1\n")
	k.forgets(0, 1, 0, "xmode_recordings_forgotten_total 1")
	k.forgets(24*time.Hour+recordingKeep, 0, 0, "xmode_recordings_forgotten_total 2")
	asked := len(k.api.Requests())
	k.fetch <- time.Time{}
	k.fetch <- time.Time{} // taken when the work of the first was looked for
	if n := len(k.api.Requests()); n != asked {
		t.Errorf("asked for what is forgotten")
	}
	for _, fault := range k.api.Check() {
		t.Error(fault)
	}
}

// TestWhatNobodyEverTriedGoesWithItsRetention: it was counted as removed again and
// again, as fast as the store answered, and stayed.
func TestWhatNobodyEverTriedGoesWithItsRetention(t *testing.T) {
	k := newKeeping(t)
	k.fetch <- time.Time{}
	k.fetch <- time.Time{} // taken when there was no work: nothing is looked for from now on
	k.named("never.wav")
	k.forgets(8*24*time.Hour+recordingKeep, 0, 0, "xmode_recordings_forgotten_total 1")
}
