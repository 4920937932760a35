package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	huaweisim "xmode/platform/huawei/sim"
	"xmode/simulator"
)

// The access key by which recordings are asked for at Alibaba Cloud.
const (
	accessKey    = "e2e-access-key-6c"
	accessSecret = "e2e-access-secret-19fe"
)

// fileDelay is how long after a call its recording appears at Alibaba Cloud.
const fileDelay = 15 * time.Minute

// cloudConfig is how the simulated platforms behave.
type cloudConfig struct {
	asks, downloads *simulator.Trouble
	pause           func(context.Context) // between the pieces of a slow download
	// elsewhere has addresses, by file name or call, in place of the storage's.
	elsewhere *sync.Map
	// xmlErrors has Alibaba Cloud write errors as XML, whatever it was asked for.
	xmlErrors bool
}

// clouds are both platforms' sides of recordings: a storage, and the APIs that tell
// addresses in it, each on a socket of its own.
type clouds struct {
	storage                       *simulator.Storage
	aliyun                        *sim.API
	huawei                        *huaweisim.API
	storageAt, aliyunAt, huaweiAt string
}

func newClouds(t testing.TB, c cloudConfig) *clouds {
	t.Helper()
	storage, err := simulator.NewStorage(simulator.StorageConfig{Now: time.Now, Trouble: c.downloads, Pause: c.pause})
	if err != nil {
		t.Fatal(err)
	}
	aliyun := sim.APIConfig{
		Keys: map[string]string{accessKey: accessSecret}, Storage: storage, Now: time.Now, Delay: fileDelay, Trouble: c.asks, XMLErrors: c.xmlErrors,
	}
	huawei := huaweisim.APIConfig{Apps: map[string]string{appKey: appSecret}, Storage: storage, Now: time.Now, Trouble: c.asks}
	if c.elsewhere != nil {
		find := func(name, otherwise string) (string, bool) {
			if address, ok := c.elsewhere.Load(name); ok {
				return address.(string), true
			}
			_, ok := storage.Audio(otherwise)
			return storage.Address(otherwise), ok
		}
		aliyun.Find = func(a sim.Asked) (string, bool) { return find(a.CallID, a.CallID+".mp3") }
		huawei.Find = func(file, _ string) (string, bool) { return find(file, file) }
	}
	made := &clouds{storage: storage}
	if made.aliyun, err = sim.NewAPI(aliyun); err != nil {
		t.Fatal(err)
	}
	if made.huawei, err = huaweisim.NewAPI(huawei); err != nil {
		t.Fatal(err)
	}
	made.storageAt, made.aliyunAt, made.huaweiAt = socket(t, storage), socket(t, made.aliyun), socket(t, made.huawei)
	if err := storage.SetBase(made.storageAt); err != nil {
		t.Fatal(err)
	}
	return made
}

// socket serves on loopback and returns the address.
func socket(t testing.TB, h http.Handler) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// env and flags lead an endpoint to the simulated platforms; flags of the test's own
// come behind them, and win.
func (c *clouds) env(more ...string) []string {
	return append(more, "XMODE_ALIYUN_ACCESS_KEY_ID="+accessKey, "XMODE_ALIYUN_ACCESS_KEY_SECRET="+accessSecret)
}

func (c *clouds) flags(more ...string) []string {
	return append([]string{
		"--huawei-api=" + c.huaweiAt, "--aliyun-api=" + c.aliyunAt, "--aliyun-recording-delay=" + fileDelay.String(), "--log-level=debug",
		"--recording-hosts=127.0.0.1", "--recording-allow-private", "--recording-rate=100000", "--recording-retry=50ms",
		"--push-budget=5s", // the machine may be busy
	}, more...)
}

// checked asserts that every request that arrived keeps the platforms' contract.
func (c *clouds) checked(t testing.TB, fees ...huaweisim.Fee) {
	t.Helper()
	for _, fault := range slices.Concat(c.aliyun.Check(), c.huawei.Check(fees...), c.storage.CheckDownloads()) {
		t.Error(fault)
	}
}

// tap lets slow downloads go on only while it is open.
type tap struct {
	opened  chan struct{}
	once    sync.Once
	waiting atomic.Int64
}

func newTap() *tap { return &tap{opened: make(chan struct{})} }

func (p *tap) pause(ctx context.Context) {
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	select {
	case <-p.opened:
	case <-ctx.Done():
	}
}

func (p *tap) open() { p.once.Do(func() { close(p.opened) }) }

// slowClouds have a storage whose downloads all wait for a tap.
func slowClouds(t testing.TB) (*clouds, *tap) {
	t.Helper()
	slow, err := simulator.NewTrouble(simulator.TroubleConfig{Slow: 1})
	if err != nil {
		t.Fatal(err)
	}
	p := newTap()
	c := newClouds(t, cloudConfig{downloads: slow, pause: p.pause})
	t.Cleanup(p.open) // or closing the storage would wait for its downloads
	return c, p
}

// recordedFee is the record of a call that ended a while ago and was recorded.
func recordedFee(session, file string) huaweisim.Fee {
	end := time.Now().Add(-20 * time.Minute)
	at := func(d time.Duration) string { return end.Add(d).UTC().Format(time.DateTime) }
	return huaweisim.Fee{
		AppKey: appKey, ICID: "icid-" + session, SessionID: session, BindNum: "+8617000000001", CallerNum: "+8613900000022", CalleeNum: "+8617000000001",
		FwdDstNum: "+8613800000021", CallInTime: at(-90 * time.Second), FwdStartTime: at(-89 * time.Second), FwdAlertingTime: at(-86 * time.Second),
		FwdAnswerTime: at(-79 * time.Second), CallEndTime: at(0), RecordFlag: 1, RecordStartTime: at(-79 * time.Second),
		RecordDomain: "ostor.huawei.com", RecordBucketName: "bucket", RecordObjectName: file, NotifyMode: "Block",
	}
}

// fees pushes call records, 50 at a time.
func (e *endpoint) fees(all ...huaweisim.Fee) {
	e.t.Helper()
	c, err := huaweisim.New(huaweisim.Config{Addresses: huaweisim.AddressesAt("http://" + e.public), AppKey: appKey, AppSecret: appSecret, Now: time.Now, HTTP: http.DefaultClient})
	if err != nil {
		e.t.Fatal(err)
	}
	for some := range slices.Chunk(all, 50) {
		if x, err := c.PushFees(e.t.Context(), some...); err != nil || !x.Accepted() {
			e.t.Fatalf("fees: %d %s, %v", x.Status, x.Raw, err)
		}
	}
}

// recordedCall is a call of Alibaba Cloud that ended some time ago.
func recordedCall(id string, ended time.Duration) sim.Call {
	end := time.Now().Add(-ended)
	at := func(s int) time.Time { return end.Add(time.Duration(s) * time.Second) }
	return sim.Call{
		PoolKey: "FC100000012345", SubsID: 100001, CallID: id, Phone: "13900000022", X: "17000000001", Peer: "13800000021",
		Dialled: at(-90), Out: at(-89), Rang: at(-86), Answered: at(-79), Released: end, ReleaseDir: 1, ReleaseCause: 16,
	}
}

// calls has calls decided, which the pair binding is needed for, and waits until the
// decisions are logged: a recording counts as ours from then on.
func (e *endpoint) calls(all ...sim.Call) {
	e.t.Helper()
	var group sync.WaitGroup
	work := make(chan sim.Call)
	for range 8 {
		group.Go(func() {
			for c := range work {
				if x := e.ask(sim.Query{Caller: c.Phone, X: c.X, CallID: c.CallID}); x.Answer.Model.ControlOperate != "CONTINUE" {
					e.t.Errorf("answer %s", x.Raw)
				}
			}
		})
	}
	for _, c := range all {
		work <- c
	}
	close(work)
	group.Wait()
	for _, c := range all {
		e.logged("aliyun", c.CallID)
	}
}

// receipts of calls and then of their recordings, 50 at a time.
func (e *endpoint) reported(all ...sim.Call) {
	e.t.Helper()
	for some := range slices.Chunk(all, 50) {
		var reports, recordings []sim.Receipt
		for _, c := range some {
			reports, recordings = append(reports, c.Report()), append(recordings, c.Recording())
		}
		e.report(sim.SecretReport, reports...)
		e.report(sim.SecretRecording, recordings...)
	}
}

// recorded is a recording as /v1/recordings shows it.
type recorded struct {
	ID, Platform, State, Key, SHA256, Error string
	CallID                                  string `json:"call_id"`
	RecordID                                string `json:"record_id"`
	ContentType                             string `json:"content_type"`
	NextTryAt                               string `json:"next_try_at"`
	NamedAt                                 string `json:"named_at"`
	ArchivedAt                              string `json:"archived_at"`
	ExpiresAt                               string `json:"expires_at"`
	Unmatched                               bool
	Attempts                                int
	Size                                    int64
}

// pages lists recordings, page by page.
func (e *endpoint) pages(query string) (all []recorded) {
	e.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items []recorded
			Next  string `json:"next_cursor"`
		}
		r := e.do(http.MethodGet, "http://"+e.admin+"/v1/recordings?cursor="+url.QueryEscape(cursor)+"&"+query, readKey, "")
		if err := json.Unmarshal([]byte(r.body), &page); err != nil || r.status != http.StatusOK {
			e.t.Fatalf("recordings: %d %s, %v", r.status, r.body, err)
		}
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

// recordings lists recordings by their calls; one that is listed twice is a fault.
func (e *endpoint) recordings(filter string) map[string]recorded {
	e.t.Helper()
	all, seen := map[string]recorded{}, map[string]bool{}
	for _, r := range e.pages("limit=100&" + filter) {
		if seen[r.ID] || all[r.CallID].ID != "" {
			e.t.Fatalf("listed twice: %+v", r)
		}
		seen[r.ID], all[r.CallID] = true, r
	}
	return all
}

// count is how many recordings are in a state, as the list says.
func (e *endpoint) count(state string) int {
	e.t.Helper()
	return len(e.recordings("state=" + state))
}

// becomes waits until the recording of a call is in a state, and returns it.
func (e *endpoint) becomes(callID, state string) (r recorded) {
	e.t.Helper()
	within(e.t, 30*time.Second, fmt.Sprintf("the recording of %s to be %s", callID, state), func() bool {
		r = e.recordings("")[callID]
		return r.State == state
	})
	return r
}

// retry has a recording fetched now.
func (e *endpoint) retry(id string) {
	e.t.Helper()
	within(e.t, 10*time.Second, "the recording to be free", func() bool {
		r := e.api(http.MethodPost, "/v1/recordings/"+id+"/retry", "")
		if r.status != http.StatusOK && r.status != http.StatusConflict {
			e.t.Fatalf("retry: %d %s", r.status, r.body)
		}
		return r.status == http.StatusOK
	})
}

// filesIn lists the files in a folder, those that are not yet whole as well.
func filesIn(t testing.TB, folder string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, err = filepath.Rel(folder, name)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// partial lists the files that are not yet whole.
func partial(t testing.TB, folder string) (names []string) {
	t.Helper()
	return slices.DeleteFunc(filesIn(t, folder), func(name string) bool { return !strings.Contains(name, ".tmp") })
}
