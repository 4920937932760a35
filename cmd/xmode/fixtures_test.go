package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"xmode/fixtures"
)

func messages(t *testing.T) []fixtures.Message {
	t.Helper()
	list, err := fixtures.Messages()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestFixturesListIsATable(t *testing.T) {
	got := run(t, nil, "fixtures", "list")
	list := messages(t)
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	if got.status != 0 || got.err != "" || len(lines) != len(list)+1 {
		t.Fatalf("status %d, %d lines\n%s%s", got.status, len(lines), got.out, got.err)
	}
	var columns []int
	for _, title := range []string{"NAME", "PLATFORM", "KIND", "WHAT IS SPECIAL", "SOURCE"} {
		columns = append(columns, strings.Index(lines[0], title))
	}
	for i, m := range list {
		runes := []rune(lines[i+1])
		for j, want := range []string{m.Name, m.Platform, m.Kind, m.About, m.Source.String()} {
			end := len(runes)
			if j+1 < len(columns) {
				end = columns[j+1]
			}
			if cell := strings.TrimSpace(string(runes[columns[j]:end])); cell != want {
				t.Errorf("line %d: %q, want %q", i+2, cell, want)
			}
		}
	}
}

func TestFixturesListIsNarrowed(t *testing.T) {
	for _, c := range []struct {
		args []string
		keep func(fixtures.Message) bool
	}{
		{[]string{"--platform=huawei"}, func(m fixtures.Message) bool { return m.Platform == "huawei" }},
		{[]string{"--kind=fee"}, func(m fixtures.Message) bool { return m.Kind == "fee" }},
		{[]string{"--platform=aliyun", "--kind=query"}, func(m fixtures.Message) bool { return m.Platform == "aliyun" && m.Kind == "query" }},
	} {
		got := run(t, nil, append([]string{"fixtures", "list", "--json"}, c.args...)...)
		var all []struct{ Name, About, Source string }
		if err := json.Unmarshal([]byte(got.out), &all); err != nil || got.status != 0 {
			t.Fatalf("%v: %v, %+v", c.args, err, got)
		}
		var want, names []string
		for _, m := range messages(t) {
			if c.keep(m) {
				want = append(want, m.Name+m.About+m.Source.String())
			}
		}
		for _, m := range all {
			names = append(names, m.Name+m.About+m.Source)
		}
		if len(want) == 0 || !slices.Equal(names, want) {
			t.Errorf("%v: %v, want %v", c.args, names, want)
		}
	}
	expect(t, run(t, nil, "fixtures", "list", "--platform=aliyun", "--kind=fee"), 2, "",
		"xmode: no message is of that platform and kind: xmode fixtures list prints all\n")
}

func TestFixturesShowIsTheFile(t *testing.T) {
	text, err := fixtures.Files.ReadFile("messages/huawei/fee/answered.http")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, run(t, nil, "fixtures", "show", "huawei/fee/answered"), 0, string(text), "")
	for _, name := range []string{"huawei/fee", "huawei/fee/nothing", "../vectors/pop-v1"} {
		expect(t, run(t, nil, "fixtures", "show", name), 2, "",
			"xmode: no message is called \""+name+"\": xmode fixtures list prints the names\n")
	}
}

func TestFixturesShowAsJSON(t *testing.T) {
	type header struct{ Name, Value string }
	var got struct {
		Name, Platform, Kind, Date, At string
		Expect                         []string
		Request                        struct {
			Method, Target, Body string
			Headers              []header
		}
		Answer struct {
			Status  int
			Body    string
			Headers []header
		}
	}
	out := run(t, nil, "fixtures", "show", "--json", "huawei/callin/lower-case-headers")
	if err := json.Unmarshal([]byte(out.out), &got); err != nil || out.status != 0 {
		t.Fatalf("%v, %+v", err, out)
	}
	if got.Platform != "huawei" || got.Kind != "callin" || got.Date != "2024-12-30" || got.At != "2026-03-04T05:06:08Z" || len(got.Expect) != 1 {
		t.Errorf("about: %+v", got)
	}
	if r := got.Request; r.Method != "POST" || r.Target != "/huawei/call-events" || r.Headers[0] != (header{"host", "endpoint.example"}) || !strings.HasPrefix(r.Body, `{"eventType":"callin"`) {
		t.Errorf("request: %+v", r)
	}
	if a := got.Answer; a.Status != 200 || a.Headers[0] != (header{"Content-Type", "application/json"}) || !strings.HasPrefix(a.Body, `{"operation":"connect"`) {
		t.Errorf("answer: %+v", a)
	}
}

// A shell runs what is printed, and the requests arrive as they are kept.
func TestFixturesShowAsCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	list := messages(t)
	arrived := make(chan string, len(list))
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		arrived <- asKept(r.Method, r.RequestURI, r.Header, body)
	}))
	t.Cleanup(server.Close)
	script := "curl() { all+=(--next \"$@\"); }\n" // one shell and one curl for all are faster than one for each
	for _, m := range list {
		out := run(t, nil, "fixtures", "show", "--curl="+server.URL+"/behind/", m.Name)
		if out.status != 0 || out.err != "" || !strings.HasPrefix(out.out, "# It") {
			t.Fatalf("%s: %+v", m.Name, out)
		}
		script += out.out
	}
	shell := exec.CommandContext(t.Context(), "bash")
	shell.Stdin = strings.NewReader(script + `command curl "${all[@]:1}"`)
	if text, err := shell.CombinedOutput(); err != nil || len(arrived) != len(list) {
		t.Fatalf("%d of %d arrived: %v\n%s", len(arrived), len(list), err, text)
	}
	for _, m := range list {
		if got, want := <-arrived, asKept(m.Method, "/behind"+m.Target, m.Header, m.Body); got != want {
			t.Errorf("%s arrived as\n%s\nwant\n%s", m.Name, got, want)
		}
	}
}

// asKept is what matters of a request, as one text.
func asKept(method, target string, h http.Header, body []byte) string {
	return strings.Join([]string{method + " " + target, h.Get("Content-Type"), h.Get("Authorization"), h.Get("X-AKSK") + h.Get("X-WSSE"), string(body)}, "\n")
}

func TestCurlSaysHowOldTheMessageIs(t *testing.T) {
	for name, want := range map[string]string{
		"aliyun/query/voice-json":       "# Its timestamp is old: it was signed for 2026-03-04T05:06:08Z, ",
		"huawei/fee/answered":           "# Its timestamp is old: it was signed for 2026-03-04T05:08:11Z, ",
		"aliyun/SecretReport/answered":  "# It is of 2026-03-04T05:08:06Z, ",
		"huawei/callin/without-token":   "# It is of 2026-03-04T05:06:08Z, ",
		"aliyun/query/signature-wrong":  "# Its timestamp is old: it was signed for 2026-03-04T05:06:08Z, ",
		"huawei/callin/digest-wrong":    "# Its timestamp is old: it was signed for 2026-03-04T05:06:08Z, ",
		"aliyun/SecretRecording/epoch":  "# It is of 2026-03-04T05:23:05Z, ",
		"huawei/recording/aksk-missing": "# It is of 2026-03-04T05:23:05Z, ",
	} {
		if got := run(t, nil, "fixtures", "show", "--curl=http://127.0.0.1:8080", name); !strings.HasPrefix(got.out, want) || !strings.Contains(got.out, " ago.") {
			t.Errorf("%s: %s", name, got.out)
		}
	}
	for _, address := range []string{"endpoint.example", "ftp://endpoint.example", "http://", "http://endpoint.example?a=1", "http://a:b@endpoint.example"} {
		expect(t, run(t, nil, "fixtures", "show", "--curl="+address, "huawei/fee/answered"), 2, "", "xmode: --curl: not of the form https://endpoint.example\n")
	}
}

// What is shown can be explained as it stands.
func TestShownFixturesAreExplained(t *testing.T) {
	for name, first := range map[string]string{
		"aliyun/query/voice-get":       "The signature is right.",
		"aliyun/query/voice-form":      "The signature is right.",
		"aliyun/query/voice-json":      "The signature is right.",
		"aliyun/query/signature-wrong": `The signature is wrong: callNo was signed as "13900000021" and arrived as "13900000022".`,
		"huawei/callin/aksk":           "The signature is right.",
		"huawei/callin/wsse":           "The signature is right.",
		"huawei/fee/answered":          "The signature is right.",
	} {
		key := "example-signing-key"
		platform, _, _ := strings.Cut(name, "/")
		if platform == "huawei" {
			key = "example-app:example-secret"
		}
		shown := run(t, nil, "fixtures", "show", name)
		got := runWith(t, shown.out, []string{"XMODE_EXPLAIN_KEY=" + key}, "explain", platform, "--at=2026-03-04T05:06:08Z", "--request=-")
		if line, _, _ := strings.Cut(got.out, "\n"); line != first || got.err != "" {
			t.Errorf("%s: %s%s", name, got.out, got.err)
		}
	}
}
