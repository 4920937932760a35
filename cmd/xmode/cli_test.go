package main_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

func TestUsageAndFaultsHaveTheirOwnStatuses(t *testing.T) {
	for _, c := range []struct {
		args, env []string
		status    int
		errs      string
	}{
		{args: []string{"fly"}, status: 2, errs: "xmode: unexpected argument fly\n"},
		{args: []string{"serve", "--sped"}, status: 2, errs: "xmode: unknown flag --sped\n"},
		{args: []string{"serve", "--api-keys=ops:admin:" + apiKey}, status: 2, errs: "xmode: unknown flag --api-keys\n"},
		{args: []string{"bindings", "get"}, status: 2, errs: "xmode: expected \"<id> ...\"\n"},
		{args: []string{"bindings", "get", "007"}, status: 2, errs: "xmode: bindings get: \"007\" is no binding id\n"},
		{args: []string{"bindings", "import", "--format=xml", "-"}, status: 2, errs: "xmode: --format must be one of \"\",\"csv\",\"ndjson\" but got \"xml\"\n"},
		{args: []string{"bindings", "delete", "--url=localhost", "1"}, status: 2, errs: "xmode: --url: not of the form http://host:port or https://host:port\n"},
		{args: []string{"bindings", "get", "1"}, status: 1, errs: "xmode: XMODE_API_KEY: not set: the admin listener asks for a key\n"},
		{args: []string{"bindings", "get", "1"}, env: []string{"XMODE_API_KEYY=x"}, status: 1, errs: "xmode: XMODE_API_KEYY: is no setting\n"},
		{args: []string{"serve"}, status: 1, errs: "xmode: XMODE_REDIS: not set: name a Redis server such as redis://127.0.0.1:6379, or embedded to try xmode out\n"},
		{
			args: []string{"serve", "--max-asks=many"}, env: []string{"XMODE_REDIS=x", "XMODE_COLOUR=red"}, status: 1,
			errs: "xmode: XMODE_COLOUR: is no setting\n" +
				"xmode: XMODE_MAX_ASKS: expected a valid 64 bit int but got \"many\"\n" +
				"xmode: XMODE_REDIS: redis URL: use redis://, rediss://, redis+sentinel://…/master/db, redis+cluster://, rediss+sentinel:// or rediss+cluster://\n",
		},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			expect(t, run(t, c.env, c.args...), c.status, "", c.errs)
		})
	}
}

func TestHelpNamesEveryVariable(t *testing.T) {
	got := run(t, nil, "serve", "--help")
	if got.status != 0 || got.err != "" || !strings.Contains(strings.Join(strings.Fields(got.out), " "), "1s to 1h. ($XMODE_CLOCK_SKEW)") {
		t.Errorf("%+v", got)
	}
}

func TestVersionTellsTheToolchain(t *testing.T) {
	got := run(t, []string{"XMODE_NONSENSE=1"}, "version") // says what it is whatever the settings
	if got.status != 0 || got.err != "" || !strings.HasPrefix(got.out, "xmode ") || !strings.HasSuffix(got.out, ", "+runtime.Version()+")\n") {
		t.Errorf("%+v", got)
	}
}

func TestConfigHidesSecrets(t *testing.T) {
	const secret = "5ecret5ecret5ecret"
	got := run(t, []string{
		"XMODE_REDIS=redis://user:" + secret + "@127.0.0.1/0", "XMODE_API_KEYS_FILE=" + file(t, "keys", "ops:admin:"+secret+"\n"), "XMODE_MAX_BODY=512KiB",
	}, "config", "--clock-skew=1m")
	if got.status != 0 || got.err != "" || strings.Contains(got.out, secret) {
		t.Fatalf("%+v", got)
	}
	for _, line := range []string{"XMODE_CLOCK_SKEW=1m0s", "XMODE_MAX_BODY=512KiB", "XMODE_LISTEN=:8080", "XMODE_REDIS=(set)", "XMODE_API_KEYS=(set)", "XMODE_ALIYUN_KEYS=(not set)"} {
		if !strings.Contains("\n"+got.out, "\n"+line+"\n") {
			t.Errorf("no line %s in\n%s", line, got.out)
		}
	}
}

func TestServeEndsCleanly(t *testing.T) {
	s := serve(t)
	resp, err := http.Get(s.public + "/healthz")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", resp, err)
	}
	resp.Body.Close()
	s.stop()
	if status := <-s.status; status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
}

// ready is an endpoint that answers /readyz.
func ready(status int, body string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
	return mux
}

func TestHealthFollowsReadiness(t *testing.T) {
	for _, c := range []struct {
		name, body string
		code       int
		status     int
		out, errs  string
	}{
		{name: "ready", code: 200, body: `{"ready":true}`, out: "ready\n"},
		{name: "degraded", code: 200, body: `{"ready":true,"degraded":["store"]}`, out: "ready, degraded: store\n"},
		{name: "not yet", code: 503, body: `{"ready":false}`, status: 1, errs: "xmode: not ready: status 503\n"},
		{name: "stopping", code: 503, body: `{"ready":false,"draining":true}`, status: 1, errs: "xmode: not ready: stopping\n"},
		{name: "somebody else", code: 404, body: `<html>`, status: 1, errs: "xmode: not ready: status 404\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			endpoint := httptest.NewServer(ready(c.code, c.body))
			defer endpoint.Close()
			address := strings.TrimPrefix(endpoint.URL, "http://")
			port := address[strings.LastIndex(address, ":"):]
			expect(t, run(t, nil, "health", "--url="+endpoint.URL), c.status, c.out, c.errs)
			expect(t, run(t, nil, "health", "--admin-listen="+address), c.status, c.out, c.errs)
			expect(t, run(t, []string{"XMODE_ADMIN_LISTEN=" + port}, "health"), c.status, c.out, c.errs)
			expect(t, run(t, []string{"XMODE_ADMIN_LISTEN=0.0.0.0" + port}, "health"), c.status, c.out, c.errs)
		})
	}
}

func TestHealthAsksOverTLS(t *testing.T) {
	endpoint := httptest.NewTLSServer(ready(200, `{"ready":true}`))
	defer endpoint.Close()
	address := strings.TrimPrefix(endpoint.URL, "https://")
	expect(t, run(t, nil, "health", "--admin-listen="+address, "--admin-tls-cert=/some/cert.pem"), 0, "ready\n", "")
	expect(t, run(t, nil, "health", "--url="+endpoint.URL), 0, "ready\n", "")
}

func TestHealthOfNobodyIsOneLine(t *testing.T) {
	endpoint := httptest.NewServer(nil)
	endpoint.Close()
	got := run(t, nil, "health", "--url="+endpoint.URL)
	if got.status != 1 || got.out != "" || strings.Count(got.err, "\n") != 1 || !strings.HasPrefix(got.err, "xmode: Get ") {
		t.Errorf("%+v", got)
	}
}
