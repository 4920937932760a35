package e2e_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/store/storetest"
)

// signed is a query by GET, signed with a key.
func (e *endpoint) signed(key string, q sim.Query) *http.Request {
	e.t.Helper()
	at := "http://" + e.public + "/aliyun/call-control"
	c, err := sim.New(sim.Config{URL: at, Key: key, Now: time.Now})
	if err != nil {
		e.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, at+"?"+c.Sign(q).Encode(), nil)
	if err != nil {
		e.t.Fatal(err)
	}
	return req
}

// TestPlatformSources: who is not listed is turned away before anything is looked at, by
// the address of the connection, or, from a trusted proxy, by what that says.
func TestPlatformSources(t *testing.T) {
	e := serve(t, nil, "--platform-sources=203.0.113.0/24,2001:db8::/32", "--trusted-proxies=127.0.0.0/8")
	e.bind(pairBinding)
	for forwarded, want := range map[string]int{
		"203.0.113.7": 200, "198.51.100.9, 203.0.113.7": 200, "203.0.113.7, 198.51.100.9": 403, "2001:db8::1": 200,
		"198.51.100.9": 403, "": 403, "unknown": 403, "203.0.113.7, 127.0.0.1": 200, "::ffff:203.0.113.9": 200, "203.0.113.7:4711": 200,
	} {
		req := e.signed(signingKey, sim.Query{Caller: "13900000022", X: "17000000001", CallID: "source-1"})
		if forwarded != "" {
			req.Header.Set("X-Forwarded-For", forwarded)
		}
		if r := send(t, req); r.status != want || want == 403 && !strings.Contains(r.body, `"code":"SourceNotAllowed"`) {
			t.Errorf("%q: %d %s", forwarded, r.status, r.body)
		}
	}
	if r := e.get("http://" + e.public + "/healthz"); r.status != 200 {
		t.Errorf("/healthz: %d", r.status)
	}
	if r := e.get("http://" + e.public + "/no/such/path"); r.status != 403 {
		t.Errorf("a path that is not there: %d", r.status)
	}
}

// TestTooManyFailures: who fails too often is told so, and is heard all the same as soon
// as a message is genuine.
func TestTooManyFailures(t *testing.T) {
	e := serve(t, nil, "--auth-failures=5")
	e.bind(pairBinding)
	for n := range 8 {
		req := e.signed("wrong-key-0123456789", sim.Query{Caller: "13900000022", X: "17000000001", CallID: "forged"})
		want, code := 401, "SignatureInvalid"
		if n >= 5 {
			want, code = 429, "TooManyFailures"
		}
		if r := send(t, req); r.status != want || !strings.Contains(r.body, `"code":"`+code+`"`) || (r.header.Get("Retry-After") != "") != (want == 429) {
			t.Errorf("failure %d: %d %s, Retry-After %q", n+1, r.status, r.body, r.header.Get("Retry-After"))
		}
		if x := e.ask(sim.Query{Caller: "13900000022", X: "17000000001"}); x.Status != 200 {
			t.Errorf("a genuine query after %d failures: %d", n+1, x.Status)
		}
	}
	for n := range 8 {
		want := 401
		if n >= 5 {
			want = 429
		}
		if r := e.do(http.MethodGet, "http://"+e.admin+"/v1/bindings", "wrong-key-0123456789", ""); r.status != want {
			t.Errorf("wrong API key %d: %d %s", n+1, r.status, r.body)
		}
	}
	if r := e.api(http.MethodGet, "/v1/bindings", ""); r.status != 200 {
		t.Errorf("a valid API key: %d", r.status)
	}
}

// TestDrain: a stop is announced by readiness; for a while new connections are served as
// before, told to close, and then refused. Nothing that was answered is lost.
func TestDrain(t *testing.T) {
	redis := storetest.Redis(t)
	e := serve(t, []string{"XMODE_REDIS=redis://" + redis}, "--drain-delay=2s")
	e.bind(pairBinding)
	start := time.Now()
	if err := e.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	within(t, time.Second, "readiness to end", func() bool {
		r := e.get("http://" + e.admin + "/readyz")
		return r.status == 503 && strings.Contains(r.body, `"draining":true`)
	})
	served := 0
	for time.Since(start) < 1500*time.Millisecond {
		req := e.signed(signingKey, sim.Query{Caller: "13900000022", X: "17000000001", CallID: "drained"})
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(string(body), "connect: peer") || !resp.Close {
			t.Fatalf("%v after the signal: %d %s, to be closed %v", time.Since(start), resp.StatusCode, body, resp.Close)
		}
		served++
	}
	e.report(sim.SecretReport, plainReport(7))
	if err := <-e.exited; err != nil {
		t.Errorf("exit: %v\n%s", err, e.log)
	}
	if took := time.Since(start); took < 2*time.Second || took > 20*time.Second {
		t.Errorf("stopped after %v", took)
	}
	again := serve(t, []string{"XMODE_REDIS=redis://" + redis})
	if n := len(again.records(nil)); n != 1 {
		t.Errorf("%d records", n)
	}
	if r := again.api(http.MethodGet, "/v1/calls?platform=aliyun&call_id=drained", ""); strings.Count(r.body, `"decision":"connect"`) != served {
		t.Errorf("%d queries were answered, of which the log has %s", served, r.body)
	}
}

// TestSecondSignal: whoever is in a hurry signals twice.
func TestSecondSignal(t *testing.T) {
	e := serve(t, nil, "--drain-delay=1m")
	start := time.Now()
	signal := func(said *regexp.Regexp) {
		t.Helper()
		if err := e.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		e.log.find(t, said, e.exited)
	}
	signal(regexp.MustCompile(`stopping: not ready any more, still serving()`))
	pause(t, time.Second) // one that comes sooner is taken for the same
	signal(stopping)
	if err := <-e.exited; err != nil || time.Since(start) > 30*time.Second {
		t.Errorf("exit after %v: %v", time.Since(start), err)
	}
}

// TestStartsBeforeRedis: an endpoint that starts while Redis is away answers by the
// fallback, refuses pushes, and is ready once it is there.
func TestStartsBeforeRedis(t *testing.T) {
	redis := restartable(t, nil)
	redis.kill()
	e := launch(t, []string{"XMODE_REDIS=redis://" + redis.addr})
	if r := e.get("http://" + e.admin + "/readyz"); r.status != 503 {
		t.Errorf("readiness: %d %s", r.status, r.body)
	}
	if x := e.ask(sim.Query{Caller: "13900000022", X: "17000000001"}); x.Status != 200 || !strings.Contains(string(x.Raw), "reject: store_unavailable") {
		t.Errorf("query: %d %s", x.Status, x.Raw)
	}
	if p, err := e.receipts().Push(t.Context(), sim.SecretReport, plainReport(1)); err != nil || p.Status != 503 {
		t.Errorf("push: %d, %v", p.Status, err)
	}
	redis.start()
	within(t, 10*time.Second, "readiness", func() bool { return e.get("http://"+e.admin+"/readyz").status == 200 })
	e.bind(pairBinding)
	within(t, 5*time.Second, "queries to be decided", func() bool {
		return strings.Contains(string(e.ask(sim.Query{Caller: "13900000022", X: "17000000001"}).Raw), "connect: peer")
	})
	e.report(sim.SecretReport, plainReport(1))
}
