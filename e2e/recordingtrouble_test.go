package e2e_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"xmode/internal/s3test"
	"xmode/platform/aliyun/sim"
	huaweisim "xmode/platform/huawei/sim"
	"xmode/simulator"
)

// stock is recordings that both platforms have, half of them each, and what names them.
type stock struct {
	*clouds
	fees  []huaweisim.Fee
	calls []sim.Call
	files map[string]string // names in the storage, by call
}

// newStock puts n recordings into the storage. Every other call record of Alibaba Cloud
// tells an address of its own, which is none.
func newStock(c *clouds, n int, size int64) *stock {
	s := &stock{clouds: c, files: map[string]string{}}
	for i, name := range c.storage.PutMany("huawei", n/2, simulator.Audio{Format: simulator.WAV, Size: size, Seed: 1}) {
		session := fmt.Sprintf("session-rec-%03d", i)
		s.fees, s.files[session] = append(s.fees, recordedFee(session, name)), name
	}
	for i, name := range c.storage.PutMany("aliyun", n-n/2, simulator.Audio{Format: simulator.MP3, Size: size, Seed: 2}) {
		call := recordedCall(fmt.Sprintf("call^rec-%03d", i), 20*time.Minute)
		if i%2 == 0 {
			call.RecordURL = c.storageAt + "/stale/" + name
		}
		c.aliyun.Keep(call, name)
		s.calls, s.files[call.CallID] = append(s.calls, call), name
	}
	return s
}

// push has all recordings named.
func (s *stock) push(e *endpoint) {
	e.t.Helper()
	e.bind(pairBinding)
	e.fees(s.fees...)
	e.calls(s.calls...)
	e.reported(s.calls...)
}

// archived waits until all recordings are.
func (s *stock) archived(e *endpoint, limit time.Duration) {
	e.t.Helper()
	within(e.t, limit, "all recordings to be archived", func() bool { return e.count("archived") == len(s.files) })
}

// holds asserts that every recording is in the list and in the folder of the archive,
// once and whole, and nothing else is.
func (s *stock) holds(e *endpoint, folder string) {
	e.t.Helper()
	found, keys := e.recordings(""), []string{}
	for callID, name := range s.files {
		r := found[callID]
		audio, _ := s.storage.Audio(name)
		if r.State != "archived" || r.Size != audio.Size || r.SHA256 != audio.SHA256() || r.ContentType != contentType(audio) || r.Error != "" || r.NextTryAt != "" {
			e.t.Errorf("%s: %+v", name, r)
			continue
		}
		if sum, size := summed(e.t, filepath.Join(folder, r.Key)); sum != r.SHA256 || size != r.Size {
			e.t.Errorf("%s: the file has %d bytes, SHA-256 %s, want %d, %s", name, size, sum, r.Size, r.SHA256)
		}
		keys = append(keys, r.Key)
	}
	slices.Sort(keys)
	files := filesIn(e.t, folder)
	slices.Sort(files)
	if len(found) != len(s.files) || !slices.Equal(keys, files) {
		e.t.Errorf("%d recordings in the list, %d files in the archive, want %d:\n%q", len(found), len(files), len(s.files), files)
	}
}

// contentType is what the product says that a recording is, in its own words.
func contentType(a simulator.Audio) string {
	if a.Format == simulator.WAV {
		return "audio/wav"
	}
	return "audio/mpeg"
}

// summed reads a file.
func summed(t testing.TB, name string) (sum string, size int64) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Error(err)
		return "", 0
	}
	defer file.Close()
	hash := sha256.New()
	size, err = io.Copy(hash, file)
	if err != nil {
		t.Error(err)
	}
	return hex.EncodeToString(hash.Sum(nil)), size
}

// trouble meets a tenth, a tenth, a twentieth and a fiftieth of all recordings.
func trouble(t testing.TB, seed uint64) *simulator.Trouble {
	t.Helper()
	made, err := simulator.NewTrouble(simulator.TroubleConfig{Seed: seed, Throttled: .1, NotReady: .1, CutOff: .05, Slow: .02})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// downloadedAsNeeded asserts that nothing was downloaded more often than its fate made
// necessary, and nothing twice at a time.
func (s *stock) downloadedAsNeeded(t testing.TB, fates *simulator.Trouble) {
	t.Helper()
	cut, slow := 0, 0
	for _, name := range s.files {
		tally, needed := s.storage.Tally(name), 1
		if fates.Fate(name).CutOff > 0 {
			cut, needed = cut+1, 2
		}
		if fates.Fate(name).Slow {
			slow++
		}
		if tally.Begun < 1 || tally.Begun > needed || tally.Complete != 1 || tally.AtOnce != 1 || tally.Refused > 0 {
			t.Errorf("%+v, needed %d", tally, needed)
		}
	}
	if cut == 0 || slow == 0 {
		t.Errorf("%d recordings cut off, %d slow: this test shows nothing", cut, slow)
	}
}

// askedAsNeeded asserts that the platforms were asked once for each recording, and once
// more for each time that they had refused it.
func (s *stock) askedAsNeeded(t testing.TB) {
	t.Helper()
	for platform, list := range map[string][]simulator.Request{"aliyun": s.aliyun.Requests(), "huawei": s.huawei.Requests()} {
		codes := map[string]int{}
		for _, r := range list {
			codes[r.Code]++
		}
		told := codes["OK"] + codes["0"]
		if throttled, absent := codes["Throttling.User"]+codes["1010010"], codes["isv.RECORD_NOT_EXIST"]+codes["1012007"]; told != len(s.files)/2 ||
			throttled == 0 || absent == 0 || told+throttled+absent != len(list) {
			t.Errorf("%s was asked %d times: %v", platform, len(list), codes)
		}
	}
}

// TestFiveHundredRecordings: whatever goes wrong at the platforms, every recording is
// archived, and nothing is downloaded more often than it takes.
func TestFiveHundredRecordings(t *testing.T) {
	const n = 500
	fates, folder := trouble(t, 2026), t.TempDir()
	s := newStock(newClouds(t, cloudConfig{asks: trouble(t, 2026), downloads: fates}), n, 20_000)
	e := serve(t, s.env(), s.flags("--recordings=file://"+folder)...)
	start := time.Now()
	s.push(e)
	pushed := time.Since(start)
	s.archived(e, 55*time.Second)
	t.Logf("%d recordings named within %v and archived within %v", n, pushed.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
	s.holds(e, folder)
	s.downloadedAsNeeded(t, fates)
	s.askedAsNeeded(t)
	s.checked(t, s.fees...)
	signedRight(t, s.clouds)
	if got := e.metric("xmode_recording_attempts_total", `result="archived"`); got != n {
		t.Errorf("%v counted as archived", got)
	}
	if got := e.metric("xmode_recording_bytes_total"); got != n*20_000 {
		t.Errorf("%v bytes counted", got)
	}
	e.hides(accessSecret, "session-rec", "call^rec", "huawei-0", "aliyun-0", "13900000022", "17000000001", "13800000021", "Signature=", s.storageAt)
}

// TestRecordingsInABucket: the same in a bucket of somebody else's server.
func TestRecordingsInABucket(t *testing.T) {
	t.Parallel()
	bucket := s3test.Start(t)
	fates := trouble(t, 4)
	s := newStock(newClouds(t, cloudConfig{asks: trouble(t, 4), downloads: fates}), 20, 20_000)
	e := serve(t, s.env(bucket.Env()...), s.flags("--recordings=s3://"+bucket.Bucket+"/kept?region="+bucket.Region+"&endpoint="+bucket.Endpoint+"&use_path_style=true")...)
	s.push(e)
	s.archived(e, 30*time.Second)
	s.holds(e, filepath.Join(bucket.Folder, "kept"))
	for _, callID := range []string{"session-rec-000", "call^rec-000"} {
		audio, _ := s.storage.Audio(s.files[callID])
		e.gives(e.recordings("")[callID], audio)
	}
	s.checked(t, s.fees...)
	e.hides(accessSecret, bucket.SecretKey, "session-rec", "call^rec", "13900000022", "17000000001", "13800000021", "Signature=", s.storageAt)
}
