package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	huaweisim "xmode/platform/huawei/sim"
	"xmode/simulator"
)

// Addresses of the service that hands a cloud's credentials to whoever asks, and what
// recordings are refused with.
const (
	metadata       = "https://169.254.169.254/s3cr3t-path?Signature=s3cr3t-query"
	metadataMapped = "https://[::ffff:169.254.169.254]/s3cr3t-path?Signature=s3cr3t-query"
	notPublic      = "address_refused: the host has no public address"
	notListed      = "address_refused: the host is not on the list"
	prose          = "not_audio: the content type is that of a page or a message"
)

// nasty is the name of a file that somebody would like to be written elsewhere.
const nasty = "../../s3cr3t-file\x00\x07\n\r\"%2e%2e/etc/passwd.wav"

// badWorld is platforms that misbehave, and an endpoint that fetches from them.
type badWorld struct {
	*clouds
	*endpoint
	elsewhere sync.Map
	folder    string
}

// badInput is one way to misbehave, by call and name of the file, and what becomes of
// the recording meanwhile.
type badInput struct {
	wrong func(w *badWorld, callID, file string)
	state string
	err   string
}

// download has downloads end in these ways.
func download(modes ...simulator.Mode) func(*badWorld, string, string) {
	return func(w *badWorld, _, file string) { w.storage.Misbehave(file, modes...) }
}

// at has the platform tell another address.
func at(address string) func(*badWorld, string, string) {
	return func(w *badWorld, callID, file string) {
		w.elsewhere.Store(callID, address)
		w.elsewhere.Store(file, address)
	}
}

// answer has the platform answer otherwise.
func answer(fault string) func(*badWorld, string, string) {
	return func(w *badWorld, callID, file string) {
		w.aliyun.SetFault(sim.Fault(fault), callID)
		w.clouds.huawei.SetFault(huaweisim.Fault(fault), file)
	}
}

// larger is a recording that is too large, and says so.
func larger(w *badWorld, _, file string) {
	w.storage.Put(file, simulator.Audio{Format: simulator.WAV, Size: 64<<10 + 1})
}

// badFromHuawei and badFromAliyun have names that are part of the calls' ids.
func badFromHuawei() map[string]badInput {
	return map[string]badInput{
		"metadata":             {at(metadata), "pending", notPublic},
		"metadata-mapped":      {at(metadataMapped), "pending", notPublic},
		"metadata-plain":       {at("http://169.254.169.254/"), "pending", "insecure: plain HTTP is not allowed for this host"},
		"redirect-metadata":    {download(simulator.Redirect(metadata)), "pending", notPublic},
		"redirect-mapped":      {download(simulator.Redirect(metadataMapped)), "pending", notPublic},
		"redirect-elsewhere":   {download(simulator.Redirect("https://s3cr3t-host.example.com/")), "pending", notListed},
		"redirect-scheme":      {download(simulator.Redirect("file:///etc/passwd")), "pending", "address_refused: neither https nor http"},
		"redirect-to-nothing":  {download(simulator.Redirect("")), "pending", "status: 302 without Location"},
		"no-location":          {answer(string(huaweisim.NoLocation)), "pending", "bad_answer: no Location"},
		"api-page":             {answer(string(huaweisim.HTMLPage)), "pending", "bad_answer: 200"},
		"throttled":            {answer("1010010"), "pending", "throttled: 1010010"},
		"not-there-yet":        {answer("1012007"), "pending", "not_ready: 1012007"},
		"platform-in-trouble":  {answer("1010001"), "pending", "unavailable: 1010001"},
		"endless":              {download(simulator.Endless), "failed", "too_large"},
		"larger-than-allowed":  {larger, "failed", "too_large"},
		"shorter-than-it-says": {download(simulator.Short), "pending", "cut_off: the connection ended early"},
		"page":                 {download(simulator.HTML), "pending", prose},
		"xml-error":            {download(simulator.XML), "pending", prose},
		"empty":                {download(simulator.Empty), "pending", "not_audio: empty, or nearly so"},
		"forbidden":            {download(simulator.Status(403)), "pending", "status: 403"},
	}
}

func badFromAliyun() map[string]badInput {
	return map[string]badInput{
		"metadata":      {at(metadata), "pending", notPublic},
		"another-host":  {at("https://s3cr3t-host.example.com/"), "pending", notListed},
		"no-address":    {answer(string(sim.NoAddress)), "pending", "bad_answer: OK"},
		"page":          {answer(string(sim.HTMLPage)), "pending", "bad_answer: 200"},
		"empty":         {answer(string(sim.EmptyReply)), "pending", "bad_answer: 200"},
		"throttled":     {answer("Throttling.User"), "pending", "throttled: Throttling.User"},
		"xml-error":     {answer("ServiceUnavailable"), "pending", "unavailable: ServiceUnavailable"},
		"not-there-yet": {answer("isv.RECORD_NOT_EXIST"), "pending", "not_ready: isv.RECORD_NOT_EXIST"},
		"endless":       {download(simulator.Endless), "failed", "too_large"},
		"short":         {download(simulator.Short), "pending", "cut_off: the connection ended early"},
	}
}

// newBadWorld has an endpoint that could reach what it must not, if it tried.
func newBadWorld(t *testing.T, flags ...string) *badWorld {
	t.Helper()
	w := &badWorld{folder: t.TempDir()}
	w.clouds = newClouds(t, cloudConfig{elsewhere: &w.elsewhere, xmlErrors: true})
	flags = append([]string{"--recordings=file://" + w.folder, "--recording-max-size=64KiB",
		"--recording-hosts=127.0.0.1,localhost,169.254.169.254,::ffff:169.254.169.254"}, flags...)
	w.endpoint = serve(t, w.env(), w.clouds.flags(flags...)...)
	w.bind(pairBinding)
	return w
}

// names has recordings named, after the platforms know how to misbehave. The calls of
// Huawei are h-…, those of Alibaba Cloud a-….
func (w *badWorld) names(huawei, aliyun map[string]badInput) {
	w.t.Helper()
	var fees []huaweisim.Fee
	for name, c := range huawei {
		session, file := "h-"+name, "s3cr3t-"+name+".wav"
		w.storage.Put(file, simulator.Audio{Format: simulator.WAV, Size: 20_000})
		c.wrong(w, session, file)
		fees = append(fees, recordedFee(session, file))
	}
	var calls []sim.Call
	for name, c := range aliyun {
		id := "a-" + name
		w.storage.Put(id+".mp3", simulator.Audio{Format: simulator.MP3, Size: 20_000})
		c.wrong(w, id, id+".mp3")
		calls = append(calls, recordedCall(id, 20*time.Minute))
	}
	w.fees(fees...)
	w.calls(calls...)
	w.reported(calls...)
}

// told waits until a recording that was named has become what it has to.
func (w *badWorld) told(callID string, want badInput) {
	w.t.Helper()
	var r recorded
	defer func() {
		if w.t.Failed() {
			w.t.Logf("%s: %+v, want %s, %q", callID, r, want.state, want.err)
		}
	}()
	within(w.t, 20*time.Second, callID+" to be "+want.state+" for "+want.err, func() bool {
		r = w.recordings("")[callID]
		return r.State == want.state && r.Error == want.err
	})
	if r.Attempts == 0 || r.Key != "" || r.Size != 0 || (r.State == "pending") != (r.NextTryAt != "") {
		w.t.Errorf("%s: %+v", callID, r)
	}
}

// mended has the platforms behave again.
func (w *badWorld) mended(callID, file string) {
	w.elsewhere.Delete(callID)
	w.elsewhere.Delete(file)
	answer("")(w, callID, file)
	w.storage.Misbehave(file)
}

// well asserts that the endpoint is none the worse for it, and that its log says nothing.
func (w *badWorld) well(words ...string) {
	w.t.Helper()
	if r := w.get("http://" + w.admin + "/readyz?strict=1"); r.status != http.StatusOK {
		w.t.Errorf("readiness: %d %s", r.status, r.body)
	}
	if n := w.metric("xmode_recording_attempts_total", `result="panic"`) + w.metric("xmode_handler_panics_total"); n > 0 {
		w.t.Errorf("%v panics", n)
	}
	w.hides(append(words, accessSecret, "s3cr3t", "169.254", "example.com", "passwd", w.storageAt, "13900000022", "17000000001", "13800000021", "Signature=",
		"FC100000012345", "fileName", "recordDomain")...)
}

// TestRecordingsOfBadPlatforms: whatever a platform or its storage does, the recording
// says why it is not there, nothing of it is, and it comes by itself once they behave.
func TestRecordingsOfBadPlatforms(t *testing.T) {
	t.Parallel()
	w := newBadWorld(t)
	huawei, aliyun := badFromHuawei(), badFromAliyun()
	w.names(huawei, aliyun)
	var ids []string
	for prefix, table := range map[string]map[string]badInput{"h-": huawei, "a-": aliyun} {
		for name, c := range table {
			w.told(prefix+name, c)
			ids = append(ids, prefix+name)
		}
	}
	if kept := filesIn(t, w.folder); len(kept) > 0 {
		t.Errorf("kept %q", kept)
	}
	for prefix, table := range map[string]map[string]badInput{"h-": huawei, "a-": aliyun} {
		for name := range table {
			w.mended(prefix+name, map[string]string{"h-": "s3cr3t-" + name + ".wav", "a-": "a-" + name + ".mp3"}[prefix])
		}
	}
	w.storage.Put("s3cr3t-larger-than-allowed.wav", simulator.Audio{Format: simulator.WAV, Size: 64 << 10})
	for _, r := range w.recordings("state=failed") {
		w.retry(r.ID)
	}
	within(t, 30*time.Second, "all to be archived", func() bool { return w.count("archived") == len(ids) })
	if kept := filesIn(t, w.folder); len(kept) != len(ids) {
		t.Errorf("%d files, want %d: %q", len(kept), len(ids), kept)
	}
	w.well(ids...)
}

// TestRecordingWithANastyName: what a platform calls a file is told to nobody but the
// platform, and nothing of it gets into a path.
func TestRecordingWithANastyName(t *testing.T) {
	t.Parallel()
	w := newBadWorld(t)
	w.storage.Put(nasty, simulator.Audio{Format: simulator.WAV, Size: 20_000})
	w.fees(recordedFee("h-nasty", nasty))
	r := w.becomes("h-nasty", "archived")
	if kept := filesIn(t, w.folder); len(kept) != 1 || kept[0] != r.Key || !strings.HasPrefix(r.Key, "huawei/20") || !strings.HasSuffix(r.Key, "/"+r.ID+".wav") {
		t.Errorf("key %q, files %q", r.Key, kept)
	}
	w.checked(t, recordedFee("h-nasty", nasty))
	w.well("h-nasty")
}

// TestRecordingsOnLoopbackNeedLeave: without it no name leads to this machine, however
// much else is allowed; and a host has to be on the list, however near it is.
func TestRecordingsOnLoopbackNeedLeave(t *testing.T) {
	t.Parallel()
	const hosts = "127.0.0.1,localhost,::1,::ffff:127.0.0.1"
	w := newBadWorld(t, "--recording-hosts="+hosts, "--recording-insecure-hosts="+hosts, "--recording-allow-private=false")
	_, port, _ := strings.Cut(strings.TrimPrefix(w.storageAt, "http://"), ":")
	table := map[string]badInput{"not-on-the-list": {at("http://127.0.0.2:" + port + "/"), "pending", notListed}}
	for i, address := range []string{"http://127.0.0.1:", "https://127.0.0.1:", "http://localhost:", "https://localhost:", "http://[::ffff:127.0.0.1]:", "http://[::1]:"} {
		table[fmt.Sprint("loopback-", i)] = badInput{at(address + port + "/s3cr3t-path"), "pending", notPublic}
	}
	w.names(table, table)
	for name, c := range table {
		w.told("h-"+name, c)
		w.told("a-"+name, c)
	}
	if reached := w.storage.Requests(); len(reached) > 0 {
		t.Errorf("%d requests reached the storage", len(reached))
	}
	w.well("h-", "a-l", "a-n", "127.0.0.2")
}

// TestRecordingsWhileTheClockIsOff: a platform that finds our clock off is left alone
// for a minute, and the other one is not.
func TestRecordingsWhileTheClockIsOff(t *testing.T) {
	t.Parallel()
	w := newBadWorld(t, "--recording-workers=1")
	off := badInput{answer("1010013"), "pending", "clock: 1010013"}
	w.names(map[string]badInput{"clock": off}, nil)
	w.told("h-clock", off)
	right := badInput{wrong: func(*badWorld, string, string) {}}
	w.names(map[string]badInput{"later": right}, map[string]badInput{"other": right})
	w.becomes("a-other", "archived")
	r := w.recordings("")["h-clock"]
	if at, err := time.Parse(time.RFC3339, r.NextTryAt); err != nil || r.Attempts != 1 || time.Until(at) < 30*time.Second {
		t.Errorf("%+v", r)
	}
	if n := len(w.clouds.huawei.Requests()); n != 1 {
		t.Errorf("the platform was asked %d times", n)
	}
	if said := `level=WARN msg="platform is not asked for recordings for a while" platform=huawei reason=clock code=1010013 pause=1m0s`; !strings.Contains(w.log.String(), said) {
		t.Errorf("the log does not say %s:\n%s", said, w.log)
	}
	w.well("h-clock", "h-later", "a-other")
}
