package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xmode/platform/aliyun/sim"
)

// manyCSV writes n pair bindings with ids from 1 on.
func manyCSV(n int) string {
	var s strings.Builder
	s.WriteString("id,x,a,peers,user_data\n")
	for i := range n {
		fmt.Fprintf(&s, "%d,1700000%04d,138%08d,139%08d,order-%d\n", i+1, i/100, i, i, i)
	}
	return s.String()
}

// TestImport: imported twice, the second time changes nothing; exported, the
// same; and in force.
func TestImport(t *testing.T) {
	e := serve(t, nil)
	admin := "--url=http://" + e.admin
	file := filepath.Join(t.TempDir(), "many.csv")
	if err := os.WriteFile(file, []byte(manyCSV(3000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		if stdout, stderr, status := e.command("", "bindings", "import", admin, file); status != 0 || stdout != "imported 3000, failed 0\n" {
			t.Fatalf("import %d: status %d, %s%s", round, status, stdout, stderr)
		}
	}
	if n := strings.Count(e.api(http.MethodGet, "/v1/audit?limit=1000", "").body, `"at"`); n != 1000 {
		t.Errorf("%d audit entries on a page of 1000", n)
	}
	first, _, status := e.command("", "bindings", "export", admin, "--format=ndjson")
	if lines := strings.Split(strings.TrimSpace(first), "\n"); status != 0 || len(lines) != 3000 {
		t.Fatalf("export: status %d, %d lines", status, len(lines))
	}
	if m := e.ask(sim.Query{Caller: "13900002999", X: "17000000029"}).Answer.Model; m.CalledNo != "13800002999" || m.OutID != "order-2999" {
		t.Errorf("answer %+v", m)
	}
	t.Run("conflicts are reported and the rest goes on", func(t *testing.T) {
		lines := `{"id":"9001","x":"17000000000","a":"13800000000","peers":["13700000001"]}` + "\n" + `nonsense` + "\n" +
			`{"id":"9002","x":"17000009999","a":"13800000000","peers":["13700000001"]}` + "\n"
		_, stderr, status := e.command(lines, "bindings", "import", admin, "-")
		if status != 1 || !strings.Contains(stderr, "line 1: ") || !strings.Contains(stderr, "binding 1") || !strings.Contains(stderr, "line 2: ") || strings.Contains(stderr, "line 3: ") {
			t.Errorf("status %d, %s", status, stderr)
		}
		if out, _, status := e.command("", "bindings", "get", admin, "9002"); status != 0 || !strings.Contains(out, `"+8617000009999"`) {
			t.Errorf("status %d, %s", status, out)
		}
		if _, stderr, status := e.command("", "bindings", "delete", admin, "9002", "9003"); status != 1 || !strings.Contains(stderr, "9003") {
			t.Errorf("delete: status %d, %s", status, stderr)
		}
	})
	t.Run("round trip through another endpoint", func(t *testing.T) {
		other := serve(t, nil)
		if _, stderr, status := e.command(first, "bindings", "import", "--url=http://"+other.admin, "-"); status != 0 {
			t.Fatalf("import: %s", stderr)
		}
		again, _, _ := e.command("", "bindings", "export", "--url=http://"+other.admin, "--format=ndjson")
		if sorted(first) != sorted(again) {
			t.Error("bindings changed on the way")
		}
	})
}

func sorted(lines string) string {
	list := strings.Split(lines, "\n")
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// TestImportCutOff: what was complete when the connection broke is there, and
// the import repeated completes it.
func TestImportCutOff(t *testing.T) {
	e := serve(t, nil)
	var lines strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&lines, `{"id":"%d","x":"17000000001","a":"138%08d","peers":["139%08d"]}`+"\n", i+1, i, i)
	}
	ctx, cut := context.WithCancel(t.Context())
	body, feed := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+e.admin+"/v1/bindings/import", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/x-ndjson")
	go func() { _, _ = io.WriteString(feed, lines.String()[:lines.Len()/2]) }() // ends in the middle of a line
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := resp.Body.Read(make([]byte, 1)); err != nil { // results come while the request is open
		t.Fatal(err)
	}
	cut()
	_ = resp.Body.Close()
	_ = feed.Close() // or the transport would go on waiting for the rest
	if _, stderr, status := e.command(lines.String(), "bindings", "import", "--url=http://"+e.admin, "-"); status != 0 {
		t.Fatalf("status %d, %s", status, stderr)
	}
	if out, _, _ := e.command("", "bindings", "export", "--url=http://"+e.admin); strings.Count(out, "\n") != 1000 {
		t.Errorf("%d bindings", strings.Count(out, "\n"))
	}
}

// TestProvision is the generic call of the X-mode documents.
func TestProvision(t *testing.T) {
	e := serve(t, nil)
	live := `{"mode":"live","user_id":"user123","payload":{"unbind":%s,"bind":[{"id":"%d","x":"17000000001","a":"13800000021","peers":["13900000022"]}]}}`
	if r := e.api(http.MethodPost, "/provision_x", fmt.Sprintf(live, "[]", 1)); r.status != 200 || !strings.Contains(r.body, `{"status_code":200,"message":"Success","data":{"bound":["1"],"unbound":[]}}`) {
		t.Errorf("bind: %d %s", r.status, r.body)
	}
	if r := e.api(http.MethodPost, "/provision_x", fmt.Sprintf(live, "[]", 2)); r.status != 409 || !strings.Contains(r.body, `"status_code":409`) {
		t.Errorf("conflict: %d %s", r.status, r.body)
	}
	if r := e.api(http.MethodPost, "/provision_x", fmt.Sprintf(live, `["7"]`, 2)); r.status != 404 {
		t.Errorf("unknown: %d %s", r.status, r.body)
	}
	if r := e.api(http.MethodPost, "/provision_x", fmt.Sprintf(live, `["1"]`, 2)); r.status != 200 || !strings.Contains(r.body, `"unbound":["1"]`) {
		t.Errorf("replace: %d %s", r.status, r.body)
	}
	if r := e.do(http.MethodPost, "http://"+e.admin+"/provision_x", readKey, fmt.Sprintf(live, "[]", 3)); r.status != 403 {
		t.Errorf("with a read key: %d", r.status)
	}
	if r := e.do(http.MethodPost, "http://"+e.admin+"/provision_x", "", "{}"); r.status != 401 {
		t.Errorf("without a key: %d", r.status)
	}
	if r := e.api(http.MethodGet, "/v1/audit", ""); strings.Count(r.body, `"user_id":"user123"`) != 3 {
		t.Errorf("audit: %s", r.body)
	}
}

// TestDemo: exit status 0, every answer in the transcript, and a recording of each
// platform where it says.
func TestDemo(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), binary, "demo")
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, errs.String(), out.String())
	}
	for _, want := range []string{
		"signature=", "connect: peer", "connect: owner", "connect: open", "connect: callback", "ask: extension_required",
		"connect: extension", "reject: no_binding", "SMS_NORMAL_SEND", "SignatureInvalid", `"operation":"connect"`,
		`"pushes":4`, `"reason":"callInTime: not a time"`, `{"code":0,"msg":"success"}`, `"state":"ended"`, "42 of 42 steps did what they should.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the transcript has no %q", want)
		}
	}
	kept := regexp.MustCompile(`it lies in (\S+\.(?:wav|mp3)) `).FindAllStringSubmatch(out.String(), -1)
	for _, k := range kept {
		if about, err := os.Stat(k[1]); err != nil || about.Size() < 60_000 {
			t.Errorf("%s: %v", k[1], err)
		}
	}
	if len(kept) != 2 {
		t.Errorf("it tells of %d recordings", len(kept))
	}
}
