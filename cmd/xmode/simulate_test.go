package main_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xmode/platform/aliyun/sim"
)

// plays runs `xmode simulate` against an endpoint.
func plays(t *testing.T, platform, url string, args ...string) outcome {
	t.Helper()
	env := []string{"XMODE_ALIYUN_KEYS=testSecret,other", "XMODE_HUAWEI_APPS=app:secret"}
	return run(t, env, append([]string{"simulate", platform, "--url=" + url, "--caller=13900000022", "--x=17000000001"}, args...)...)
}

// tells asserts the exit status, and what is among the lines of the output.
func tells(t *testing.T, got outcome, status int, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if got.status != status || !strings.Contains(got.out+got.err, line) {
			t.Errorf("status %d, want %d and %q in\n%s%s", got.status, status, line, got.out, got.err)
		}
	}
	for _, secret := range []string{"testSecret", "app:secret"} {
		if strings.Contains(got.out+got.err, secret) {
			t.Errorf("%s is shown:\n%s", secret, got.out)
		}
	}
}

func TestSimulateAgainstServe(t *testing.T) {
	s := serve(t)
	bound := client(t, s.admin, `{"id":"7","x":"17000000001","a":"13800000021","peers":["13900000022"]}
{"id":"8","x":"17000000003","a":"13800000024","extension":"801"}`, "import", "-")
	if bound.status != 0 {
		t.Fatal(bound)
	}
	tells(t, plays(t, "aliyun", s.public), 0, "> GET "+s.public+"/aliyun/call-control?", "< 200 ", "= the call is connected to 13800000021, who sees 17000000001")
	tells(t, plays(t, "aliyun", s.public, "--sms"), 0, "= the text is delivered to 13800000021")
	tells(t, plays(t, "aliyun", s.public, "--x=17000000002"), 0, "= the call is turned away: NO_SUBS_EXIST")
	asked := plays(t, "aliyun", s.public, "--x=17000000003", "--extension=801")
	tells(t, asked, 0, "types an extension", "extension=801", "= the call is connected to 13800000024")
	tells(t, plays(t, "aliyun", s.public, "--break-signature"), 1, "secretNo=17000000000", `< 401 {"code":"SignatureInvalid"`, "= refused: SignatureInvalid",
		"xmode: simulate: the platform cannot use this answer")
	tells(t, plays(t, "huawei", s.public), 1, "< 404") // the endpoint has no apps
}

func TestSimulateMeetsOddEndpoints(t *testing.T) {
	answers := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = w.Write([]byte(body)) }
	}
	for name, c := range map[string]struct {
		endpoint http.HandlerFunc
		says     string
	}{
		"a page":          {answers(200, "<html>it works</html>"), "= the answer makes no sense: " + sim.ErrAnswer.Error()},
		"nothing":         {answers(200, ""), "= the answer makes no sense"},
		"ten megabytes":   {answers(200, strings.Repeat("x", 10<<20)), "= the answer makes no sense"},
		"an error":        {answers(500, `{"code":"InternalError"}`), "= refused: InternalError"},
		"a redirection":   {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, "< 302"},
		"a dead line":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "= no answer: EOF"},
		"neither of both": {answers(200, `{"code":"OK","model":7}`), "= the answer makes no sense"},
	} {
		t.Run(name, func(t *testing.T) {
			endpoint := httptest.NewServer(c.endpoint)
			defer endpoint.Close()
			tells(t, plays(t, "aliyun", endpoint.URL), 1, c.says)
		})
	}
	endpoint := httptest.NewServer(answers(200, `{"operation":"connect","connectInfo":{"calleeNum":"+8613800000021","displayCalleeNum":"+8617000000001"}}`))
	defer endpoint.Close()
	tells(t, plays(t, "huawei", endpoint.URL), 0, "X-AKSK: UsernameToken", `"called":"+8617000000001"`, "= the call is connected to +8613800000021, who sees +8617000000001")
}

func TestSimulateRefusesForeignEndpoints(t *testing.T) {
	tells(t, plays(t, "aliyun", "http://203.0.113.7"), 1, "203.0.113.7 is neither on this machine nor on a private network", "--i-own-this-endpoint")
	tells(t, plays(t, "huawei", "ftp://127.0.0.1"), 2, "--url: not of the form")
	got := run(t, nil, "simulate", "aliyun", "--url=http://127.0.0.1:1", "--x=17000000001")
	tells(t, got, 1, "XMODE_ALIYUN_KEYS: not set")
	got = run(t, []string{"XMODE_HUAWEI_APPS=app"}, "simulate", "huawei", "--url=http://127.0.0.1:1", "--x=17000000001")
	tells(t, got, 1, "XMODE_HUAWEI_APPS: not set to appkey:secret")
	got = run(t, nil, "simulate", "aliyun", "--x=17000000001")
	tells(t, got, 2, "missing flags: --url")
}
