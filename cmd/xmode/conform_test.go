package main_test

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	xmode "xmode/cmd/xmode"
)

var update = flag.Bool("update", false, "write docs/CLAUSES.md instead of comparing it")

func TestClausesPageIsUpToDate(t *testing.T) {
	want, err := xmode.ClausesPage()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join("..", "..", "docs", "CLAUSES.md")
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s is stale, run `make generate` (%v)", name, err)
	}
}

// keysOfBoth are the keys of an endpoint that serves both platforms.
var keysOfBoth = []string{"XMODE_ALIYUN_KEYS=testSecret", "XMODE_ALIYUN_RECEIPT_TOKEN=receipt-token-0001", "XMODE_HUAWEI_APPS=app:app-secret-01"}

// conforms runs `xmode conform` against an endpoint; what it prints holds no secret.
func conforms(t *testing.T, url string, args ...string) outcome {
	t.Helper()
	got := run(t, keysOfBoth, append([]string{"conform", "--url=" + url}, args...)...)
	for _, secret := range []string{"testSecret", "receipt-token-0001", "app-secret-01"} {
		if strings.Contains(got.out+got.err, secret) {
			t.Errorf("%s is shown:\n%s%s", secret, got.out, got.err)
		}
	}
	return got
}

func TestConformMeetsOddEndpoints(t *testing.T) {
	answers := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
	}
	for name, c := range map[string]struct {
		endpoint http.HandlerFunc
		says     string
	}{
		"a page":        {answers("<html>it works</html>"), "got 200 and an HTML page: "},
		"nothing":       {answers(""), "got 200 with an empty body: "},
		"ten megabytes": {answers(strings.Repeat("x", 10<<20)), "got 200 and more than 64 KiB: "},
		"an error": {
			func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, "out of order", http.StatusInternalServerError)
			},
			"got 500 out of order: ",
		},
		"a redirection": {
			func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
			"got 302, a redirection, which platforms do not follow: ",
		},
		"a dead line": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "got a connection that was closed before the end of an answer: "},
		"silence": {
			func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // until then nobody notices that the client is gone
				<-r.Context().Done()
			}, "got no answer within 50ms: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint := httptest.NewServer(c.endpoint)
			defer endpoint.Close()
			// The first nine clauses of each family say as much as all of them.
			args := []string{"--only=*-0?", "--queries=3", "--timeout=10s"} // in which any of them is answered, however busy the machine
			switch name {
			case "silence":
				args = []string{"--only=*-0?", "--queries=3", "--timeout=50ms"}
			case "ten megabytes": // a hundred of them say no more than some
				args[0] = "--only=ALI-QRY-*,HW-ANS-*,ALI-TIM-*"
			}
			start := time.Now()
			got := conforms(t, endpoint.URL, args...)
			if got.status != 1 || !strings.Contains(got.out, c.says) || !strings.Contains(got.err, "xmode: conform: the endpoint breaks the contract: ") {
				t.Errorf("status %d, want 1 and %q\n%s", got.status, c.says, got.err)
			}
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestConformSaysWhatItSkips(t *testing.T) {
	s := serve(t)
	got := run(t, []string{"XMODE_ALIYUN_KEYS=testSecret"}, "conform", "--url="+s.public, "--json")
	var read struct {
		Conforms bool
		Clauses  []struct{ Name, Verdict, Detail string }
	}
	if err := json.Unmarshal([]byte(got.out), &read); err != nil || got.status != 0 || !read.Conforms {
		t.Fatalf("status %d, %v, %s", got.status, err, got.err)
	}
	skipped := map[string]string{}
	for _, c := range read.Clauses {
		if c.Verdict == "skipped" {
			skipped[c.Name] = c.Detail
		} else if strings.HasPrefix(c.Name, "HW-") || c.Verdict != "passed" {
			t.Errorf("%s: %s %s", c.Name, c.Verdict, c.Detail)
		}
	}
	for name, want := range map[string]string{
		"ALI-FLW-01": "needs --x-connects and --caller-connects", "ALI-IVR-02": "needs --x-asks and --extension", "ALI-FLW-02": "needs --x-rejects",
		"ALI-RCT-01": "needs XMODE_ALIYUN_RECEIPT_TOKEN", "HW-EVT-01": "needs XMODE_HUAWEI_APPS",
		"HW-ANS-02": "needs XMODE_HUAWEI_APPS and --x-connects and --caller-connects",
	} {
		if skipped[name] != want {
			t.Errorf("%s: %q, want %q", name, skipped[name], want)
		}
	}
}

// TestConformThatChecksNothingFails: who forgot the keys of a platform must not read
// that an endpoint conforms to it.
func TestConformThatChecksNothingFails(t *testing.T) {
	got := run(t, []string{"XMODE_HUAWEI_APPS=app:app-secret-01"}, "conform", "--url=http://127.0.0.1:1", "--platform=aliyun")
	if got.status != 1 || got.err != "xmode: conform: nothing was checked: each clause lacks something that it needs\n" || !strings.Contains(got.out, " 0 passed, 0 failed, ") {
		t.Errorf("%+v", got)
	}
}

func TestConformWritesEveryForm(t *testing.T) {
	s := serve(t)
	junit := filepath.Join(t.TempDir(), "junit.xml")
	got := conforms(t, s.public, "--only=ALI-SIG-01,ali-sig-02", "--junit="+junit)
	if want := "ALI-SIG-01  must  passed  A query that is signed as documented is answered.\n"; got.status != 0 || !strings.HasPrefix(got.out, want) ||
		!strings.HasSuffix(got.out, "\n2 clauses: 2 passed, 0 failed, 0 skipped\n") {
		t.Errorf("%+v", got)
	}
	if text, err := os.ReadFile(junit); err != nil || !strings.Contains(string(text), `<testsuite name="xmode conform" tests="2" failures="0"`) {
		t.Errorf("%v %s", err, text)
	}
	if got := conforms(t, s.public, "--only=ALI-SIG-01", "--markdown"); !strings.Contains(got.out, "| ALI-SIG-01 | must | passed | A query ") {
		t.Errorf("%+v", got)
	}
	got = conforms(t, s.public, "--only=ALI-SIG-01", "--junit="+filepath.Join(junit, "no-folder"))
	if got.status != 1 || !strings.Contains(got.err, "xmode: --junit: open ") {
		t.Errorf("%+v", got)
	}
	all := run(t, nil, "conform", "--list")
	if all.status != 0 || !strings.Contains(all.out, "HW-CDR-02  must    50 records in one push are acknowledged. [XMODE_HUAWEI_APPS]\n") {
		t.Errorf("%+v", all)
	}
}

func TestConformRefusesWrongUse(t *testing.T) {
	for _, c := range []struct {
		args   []string
		env    []string
		status int
		says   string
	}{
		{nil, keysOfBoth, 2, "xmode: missing flags: --url=URL\n"},
		{[]string{"--url=ftp://127.0.0.1"}, keysOfBoth, 2, "xmode: --url: not of the form "},
		{[]string{"--url=http://203.0.113.7"}, keysOfBoth, 1, "203.0.113.7 is neither on this machine nor on a private network"},
		{[]string{"--url=http://127.0.0.1:1"}, nil, 1, "xmode: neither XMODE_ALIYUN_KEYS nor XMODE_HUAWEI_APPS is set"},
		{[]string{"--url=http://127.0.0.1:1", "--only=ALI-XYZ-01"}, keysOfBoth, 2, `xmode: --only: "ALI-XYZ-01": no clause has such a name`},
		{[]string{"--url=http://127.0.0.1:1", "--parallel=0"}, keysOfBoth, 2, "xmode: --parallel, --queries and --timeout have to be above zero\n"},
		{[]string{"--url=http://127.0.0.1:1", "--aliyun-query-path=/x?zone=1"}, keysOfBoth, 2, "xmode: --aliyun-query-path, --aliyun-receipts-path: "},
		{[]string{"--url=http://127.0.0.1:1", "--huawei-sms-path=/x?zone=1"}, keysOfBoth, 2, "xmode: --huawei-…-path: "},
		{[]string{"--url=http://127.0.0.1:1", "--admin=http://127.0.0.1:1"}, keysOfBoth, 1, "xmode: XMODE_API_KEY: not set: the admin listener asks for a key\n"},
		{
			[]string{"--url=http://127.0.0.1:1", "--admin=127.0.0.1:1"}, append([]string{"XMODE_API_KEY=" + apiKey}, keysOfBoth...), 2,
			"xmode: --admin: not of the form http://host:port or https://host:port\n",
		},
		{[]string{"--url=http://127.0.0.1:1", "--platform=other"}, keysOfBoth, 2, "xmode: --platform must be one of "},
		{[]string{"--url=http://127.0.0.1:1", "--json", "--markdown"}, keysOfBoth, 2, "xmode: --json and --markdown can't be used together"},
	} {
		got := run(t, c.env, append([]string{"conform"}, c.args...)...)
		if got.status != c.status || got.out != "" || !strings.Contains(got.err, c.says) {
			t.Errorf("%v: %+v, want %d and %q", c.args, got, c.status, c.says)
		}
	}
}
