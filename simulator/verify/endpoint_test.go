package verify_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	aliyunsim "xmode/platform/aliyun/sim"
	aliyun "xmode/platform/aliyun/sim/life"
	huaweisim "xmode/platform/huawei/sim"
	huawei "xmode/platform/huawei/sim/life"
	"xmode/server"
	"xmode/simulator"
	"xmode/simulator/load"
	"xmode/simulator/verify"
	"xmode/store/storetest"
)

// What the endpoint under test and the platforms know of each other.
const (
	apiKey       = "0123456789abcdef"
	aliyunKey    = "testSecret"
	receiptToken = "receipts-0123456789"
	appKey       = "app"
	appSecret    = "appSecret"
	accessKey    = "access"
	accessSecret = "accessSecret"
)

// endpoint is a real receiver, before a Redis server of its own.
type endpoint struct {
	public, admin, redis string
	clouds               *clouds
}

// serve runs the receiver until the end of the test.
func serve(t *testing.T, args ...string) *endpoint {
	t.Helper()
	e := &endpoint{redis: storetest.Redis(t), clouds: newClouds(t)}
	env := []string{
		"XMODE_REDIS=redis://" + e.redis, "XMODE_LISTEN=127.0.0.1:0", "XMODE_ADMIN_LISTEN=127.0.0.1:0", "XMODE_API_KEYS=ops:admin:" + apiKey + ",tiny:read:readreadreadread",
		"XMODE_ALIYUN_KEYS=" + aliyunKey, "XMODE_ALIYUN_RECEIPT_TOKEN=" + receiptToken, "XMODE_HUAWEI_APPS=" + appKey + ":" + appSecret,
		"XMODE_ALIYUN_ACCESS_KEY_ID=" + accessKey, "XMODE_ALIYUN_ACCESS_KEY_SECRET=" + accessSecret,
	}
	args = append([]string{
		"--huawei-api=" + e.clouds.huawei, "--aliyun-api=" + e.clouds.aliyun, "--aliyun-recording-delay=0s", "--aliyun-ivr-code=ivr",
		"--recording-hosts=127.0.0.1", "--recording-allow-private", "--recording-rate=100000", "--recording-retry=50ms",
		"--decision-budget=5s", "--push-budget=5s",
	}, args...)
	s, err := server.New(server.Config{Settings: *settings(t, env, args), Log: slog.New(slog.DiscardHandler), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	e.public, e.admin = "http://"+s.PublicAddr().String(), "http://"+s.AdminAddr().String()
	for _, b := range bindings() {
		e.bind(t, b)
	}
	return e
}

func settings(t *testing.T, env, args []string) *server.Settings {
	t.Helper()
	in, err := server.NewInput(env)
	if err != nil {
		t.Fatal(err)
	}
	s := server.NewSettings()
	parser, err := kong.New(&s, in.Options()...)
	if err == nil {
		_, err = parser.Parse(args)
	}
	if err == nil {
		err = in.Load(&s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &s
}

// bindings are of all sorts of numbers; parties call by them, and in vain.
func bindings() []string {
	return []string{
		`{"id":"1","x":"17000000001","a":"13800000021","peers":["13900000022"],"record":true,"max_duration_s":120,"user_data":"order-1"}`,
		`{"id":"2","x":"9501312345678","a":"075528780001","sms":"forward"}`,
		`{"id":"3","x":"075588880000","extension":"123","a":"+8613800000023"}`,
		`{"id":"4","x":"17000000004","a":"13800000024","sms":"intercept"}`,
	}
}

func parties() []load.Party {
	return []load.Party{
		{Caller: "13900000022", X: "17000000001"},
		{Caller: "+8613800000021", X: "+8617000000001"},
		{Caller: "13900000099", X: "17000000001"}, // whom nobody expects
		{Caller: "075528780002", X: "9501312345678"},
		{Caller: "", X: "9501312345678"},
		{Caller: "13900000088", X: "075588880000", Extension: "123"},
		{Caller: "13900000088", X: "075588880000", Extension: "999"},
		{Caller: "13900000088", X: "075588880000"},
		{Caller: "13900000077", X: "17000000004"},
	}
}

// bind makes a binding.
func (e *endpoint) bind(t *testing.T, binding string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.admin+"/v1/bindings", strings.NewReader(binding))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("binding %s: status %d", binding, resp.StatusCode)
	}
}

// flush has the store lose everything.
func (e *endpoint) flush(t *testing.T) {
	t.Helper()
	conn, err := net.Dial("tcp", e.redis)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answer := make([]byte, 5)
	if _, err = fmt.Fprint(conn, "FLUSHALL\r\n"); err == nil {
		_, err = io.ReadFull(conn, answer)
	}
	if err != nil || string(answer) != "+OK\r\n" {
		t.Fatalf("FLUSHALL: %q, %v", answer, err)
	}
}

// clouds are both platforms' sides of recordings.
type clouds struct {
	storage        *simulator.Storage
	api            *aliyunsim.API
	aliyun, huawei string
}

func newClouds(t *testing.T) *clouds {
	t.Helper()
	c := &clouds{}
	var err error
	if c.storage, err = simulator.NewStorage(simulator.StorageConfig{Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	if c.api, err = aliyunsim.NewAPI(aliyunsim.APIConfig{Keys: map[string]string{accessKey: accessSecret}, Storage: c.storage, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	recordings, err := huaweisim.NewAPI(huaweisim.APIConfig{Apps: map[string]string{appKey: appSecret}, Storage: c.storage, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	c.aliyun, c.huawei = socket(t, c.api), socket(t, recordings)
	if err := c.storage.SetBase(socket(t, c.storage)); err != nil {
		t.Fatal(err)
	}
	return c
}

// socket serves on loopback and returns the address.
func socket(t *testing.T, h http.Handler) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// sum is the digest of a recording that was served.
func (c *clouds) sum(file func(string) string) func(string) (string, bool) {
	return func(callID string) (string, bool) {
		audio, ok := c.storage.Audio(file(callID))
		if !ok {
			return "", false
		}
		return audio.SHA256(), true
	}
}

// played is a load that was played to the end.
type played struct {
	*load.Load
	load.Report
	verify.Config
	n int
}

// platform makes one of them.
func (c *clouds) platform(t *testing.T, name string) (p load.Platform, file func(string) string) {
	t.Helper()
	var err error
	if name == "aliyun" {
		p, err = aliyun.New(aliyun.Config{Key: aliyunKey, Token: receiptToken, PoolKey: "FC100000012345", API: c.api, Storage: c.storage, AudioSize: 20_000})
		file = aliyun.File
	} else {
		p, err = huawei.New(huawei.Config{AppKey: appKey, AppSecret: appSecret, Storage: c.storage, AudioSize: 20_000})
		file = huawei.File
	}
	if err != nil {
		t.Fatal(err)
	}
	return p, file
}

// play plays a load of a platform, and says how it is verified.
func (e *endpoint) play(t *testing.T, platform string, change func(*load.Config)) played {
	t.Helper()
	p, file := e.clouds.platform(t, platform)
	config := load.Config{
		URL: e.public, Platform: hurried{p}, Parties: parties(), Prefix: platform + "-load-", Calls: 60, Texts: 0.2, Parallel: 4, Seed: 7, Speed: 1e5, Now: time.Now,
	}
	if change != nil {
		change(&config)
	}
	since := time.Now().Add(-time.Hour)
	l, err := load.New(config)
	if err != nil {
		t.Fatal(err)
	}
	done := played{Load: l, Report: l.Run(t.Context()), n: config.Calls}
	done.Config = verify.Config{
		URL: e.admin, Key: apiKey, Platform: platform, Prefix: config.Prefix, Since: since, Parallel: 4, Settle: 20 * time.Second,
		Sum: e.clouds.sum(file), Now: time.Now,
	}
	return done
}

// hurried is a platform that waits longer than the machine is slow.
type hurried struct{ load.Platform }

// Terms are the platform's, but for the patience.
func (h hurried) Terms() load.Terms {
	terms := h.Platform.Terms()
	terms.Query, terms.Push = 10*time.Second, 10*time.Second
	return terms
}

// verdict compares with what is wanted.
func (p played) verdict(t *testing.T, wants iter.Seq[load.Want]) *verify.Verdict {
	t.Helper()
	v, err := verify.New(p.Config)
	if err != nil {
		t.Fatal(err)
	}
	verdict, err := v.Verify(t.Context(), wants, p.n)
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}

// changed are the wants of a load, one of them changed: the first that suits.
func (p played) changed(t *testing.T, suits func(load.Want) bool, change func(*load.Want)) (wants iter.Seq[load.Want], id string) {
	t.Helper()
	all := slices.Collect(p.Wants())
	at := slices.IndexFunc(all, suits)
	if at < 0 {
		t.Fatal("no call of the load suits")
	}
	change(&all[at])
	return slices.Values(all), all[at].CallID
}
