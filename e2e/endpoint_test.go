package e2e_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/store/storetest"
)

// Keys of the tests. Nothing that an endpoint writes may hold them.
const (
	signingKey   = "e2e-signing-key-5d1f"
	receiptToken = "e2e-receipt-token-31a7"
	appKey       = "e2e-app-key-90"
	appSecret    = "e2e-app-secret-c4e2"
	apiKey       = "e2e-api-key-provision-77"
	readKey      = "e2e-api-key-read-000088"
)

// nobody is where the platforms' APIs are, unless a test has some: no test asks a real
// cloud for a recording.
const nobody = "http://127.0.0.1:1"

// endpoint is a running `xmode serve`.
type endpoint struct {
	t             testing.TB
	cmd           *exec.Cmd
	exited        chan error
	log           *watched
	public, admin string // addresses
}

// serve starts the binary on free ports, with a Redis of the test's own unless
// the environment names one, and waits until it is ready.
func serve(t testing.TB, env []string, args ...string) *endpoint {
	t.Helper()
	return serveBy(t, nil, env, args...)
}

// serveBy has another program start the binary in its place.
func serveBy(t testing.TB, wrap, env []string, args ...string) *endpoint {
	t.Helper()
	e := launchBy(t, wrap, env, args...)
	e.waitReady()
	return e
}

// launch starts the binary and waits until it listens.
func launch(t testing.TB, env []string, args ...string) *endpoint {
	t.Helper()
	return launchBy(t, nil, env, args...)
}

func launchBy(t testing.TB, wrap, env []string, args ...string) *endpoint {
	t.Helper()
	e := &endpoint{t: t, exited: make(chan error, 1), log: &watched{grown: make(chan struct{}, 1)}}
	line := append(slices.Clone(wrap), binary, "serve", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--drain-delay=0s")
	e.cmd = exec.Command(line[0], append(line[1:], args...)...)
	e.cmd.Env = environment(t, env)
	e.cmd.Stdout, e.cmd.Stderr = e.log, e.log
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { e.exited <- e.cmd.Wait() }()
	t.Cleanup(func() { _ = e.cmd.Process.Kill() })
	e.public = e.address("public")
	e.admin = e.address("admin")
	return e
}

func environment(t testing.TB, env []string) []string {
	t.Helper()
	all := append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	defaults := map[string]func() string{
		"XMODE_REDIS":                func() string { return "redis://" + storetest.Redis(t) },
		"XMODE_ALIYUN_KEYS":          func() string { return signingKey },
		"XMODE_ALIYUN_RECEIPT_TOKEN": func() string { return receiptToken },
		"XMODE_HUAWEI_APPS":          func() string { return appKey + ":" + appSecret },
		"XMODE_API_KEYS":             func() string { return "e2e:admin:" + apiKey + ",viewer:read:" + readKey },
		"XMODE_ALIYUN_API":           func() string { return nobody },
		"XMODE_HUAWEI_API":           func() string { return nobody },
	}
	for name, value := range defaults {
		if !strings.Contains(strings.Join(all, "\n"), "\n"+name+"=") && !strings.Contains(strings.Join(all, "\n"), "\n"+name+"_FILE=") {
			all = append(all, name+"="+value())
		}
	}
	return all
}

// address reads from the log where a listener is.
func (e *endpoint) address(listener string) string {
	e.t.Helper()
	return e.log.find(e.t, listening(listener), e.exited)[1]
}

func (e *endpoint) waitReady() {
	e.t.Helper()
	within(e.t, 20*time.Second, "the endpoint to become ready", func() bool {
		return e.get("http://"+e.admin+"/readyz").status == http.StatusOK
	})
}

// kill ends the process with SIGKILL, in the middle of whatever it does.
func (e *endpoint) kill() {
	e.t.Helper()
	if err := e.cmd.Process.Kill(); err != nil {
		e.t.Fatal(err)
	}
	<-e.exited
}

// stop sends SIGTERM and returns the exit error.
func (e *endpoint) stop() error {
	e.t.Helper()
	if err := e.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		e.t.Fatal(err)
	}
	select {
	case err := <-e.exited:
		return err
	case <-time.After(30 * time.Second):
		e.t.Fatal("the endpoint does not stop")
		return nil
	}
}

// reply is an HTTP answer.
type reply struct {
	status int
	header http.Header
	body   string
}

func (e *endpoint) get(url string) reply { e.t.Helper(); return e.do(http.MethodGet, url, "", "") }

// do sends a request; status 0 stands for no answer.
func (e *endpoint) do(method, url, key, body string) reply {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// api calls the admin listener with the admin key.
func (e *endpoint) api(method, path, body string) reply {
	e.t.Helper()
	return e.do(method, "http://"+e.admin+path, apiKey, body)
}

// bind creates a binding, which has to succeed.
func (e *endpoint) bind(binding string) {
	e.t.Helper()
	if r := e.api(http.MethodPost, "/v1/bindings", binding); r.status != http.StatusCreated {
		e.t.Fatalf("binding: %d %s", r.status, r.body)
	}
}

// platform plays Alibaba Cloud towards the endpoint.
func (e *endpoint) platform(via sim.Via) *sim.Client {
	e.t.Helper()
	c, err := sim.New(sim.Config{URL: "http://" + e.public + "/aliyun/call-control", Key: signingKey, Via: via, Now: time.Now})
	if err != nil {
		e.t.Fatal(err)
	}
	return c
}

// ask sends one query.
func (e *endpoint) ask(q sim.Query) sim.Exchange {
	e.t.Helper()
	if q.CallID == "" {
		q.CallID = "e2e-call-1"
	}
	x, err := e.platform(sim.ViaGET).Send(e.t.Context(), q)
	if err != nil {
		e.t.Fatalf("query: %v", err)
	}
	return x
}

// receipts plays Alibaba Cloud that reports.
func (e *endpoint) receipts() *sim.Pusher {
	e.t.Helper()
	p, err := sim.NewPusher(sim.PushConfig{URL: "http://" + e.public + "/aliyun/receipts", Token: receiptToken, HTTP: http.DefaultClient})
	if err != nil {
		e.t.Fatal(err)
	}
	return p
}

// report pushes receipts of a type, which have to be acknowledged.
func (e *endpoint) report(kind sim.Type, receipts ...sim.Receipt) {
	e.t.Helper()
	p, err := e.receipts().Push(e.t.Context(), kind, receipts...)
	if err != nil || !p.Acknowledged {
		e.t.Fatalf("%s: %d %s, %v", kind, p.Status, p.Raw, err)
	}
}

// metric adds up the metric's lines that have all these labels.
func (e *endpoint) metric(name string, labels ...string) (sum float64) {
	e.t.Helper()
	for line := range strings.Lines(e.get("http://" + e.admin + "/metrics").body) {
		series, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if series != name && !strings.HasPrefix(series, name+"{") {
			continue
		}
		lacks := func(label string) bool { return !strings.Contains(series, label) }
		if n, err := strconv.ParseFloat(value, 64); err == nil && !slices.ContainsFunc(labels, lacks) {
			sum += n
		}
	}
	return sum
}

// hides asserts that the log holds none of the words.
func (e *endpoint) hides(words ...string) {
	e.t.Helper()
	log := e.log.String()
	for _, word := range append(words, signingKey, receiptToken, appSecret, apiKey, readKey) {
		if strings.Contains(log, word) {
			e.t.Errorf("the log holds %s:\n%s", word, log)
		}
	}
}

// warm has connections to Redis opened: a query whose connection is still being
// opened does not show at the gate.
func (e *endpoint) warm() {
	e.t.Helper()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() { e.ask(sim.Query{Caller: "13700000030", X: "17000000002"}) })
	}
	wg.Wait()
}

// watched is a log that can be waited for.
type watched struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{}
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case w.grown <- struct{}{}:
	default:
	}
	return w.text.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// find waits for a line that matches.
func (w *watched) find(t testing.TB, pattern *regexp.Regexp, exited <-chan error) []string {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		if m := pattern.FindStringSubmatch(w.String()); m != nil {
			return m
		}
		select {
		case <-w.grown:
		case err := <-exited:
			t.Fatalf("exited: %v\n%s", err, w)
		case <-limit:
			t.Fatalf("no line matches %s in\n%s", pattern, w)
		}
	}
}

// within polls until ok, for at most limit.
func within(t testing.TB, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); ; <-tick.C {
		if ok() {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("waited %v in vain for %s", limit, what)
		}
	}
}

// command runs another command of the binary against the endpoint.
func (e *endpoint) command(stdin string, args ...string) (stdout, stderr string, status int) {
	e.t.Helper()
	cmd := exec.CommandContext(e.t.Context(), binary, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "XMODE_API_KEY=" + apiKey}
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	_ = cmd.Run()
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
