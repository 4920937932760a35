package e2e_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeExamples runs the worked examples of both READMEs as they stand
// there, signed by openssl and sent by curl: a query of Alibaba Cloud is
// answered, and with one byte changed refused; a callin of Huawei Cloud is
// answered, and the record of the call taken; the refused query is explained; and
// the endpoint is held against the contract.
func TestReadmeExamples(t *testing.T) {
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		t.Run(name, func(t *testing.T) {
			e := serve(t, []string{"XMODE_REDIS=embedded", "XMODE_ALIYUN_KEYS=example-signing-key",
				"XMODE_HUAWEI_APPS=example-app:example-secret", "XMODE_API_KEYS=ops:provision:example-api-key-0001"},
				"--decision-budget=900ms", "--push-budget=5s") // a busy machine is no breach of the contract
			readme, err := os.ReadFile("../" + name)
			if err != nil {
				t.Fatal(err)
			}
			script := example(t, string(readme), "signed-query") + example(t, string(readme), "tampered-query") + example(t, string(readme), "huawei") +
				"set +e\n" + example(t, string(readme), "explain") + example(t, string(readme), "explain-captured") + // what is wrong is status 1
				"set -e\n" + example(t, string(readme), "conform")
			script = strings.NewReplacer("127.0.0.1:8080", e.public, "127.0.0.1:8081", e.admin, "bin/xmode", binary).Replace(script)
			cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			wanted := []string{
				`^\{"id":"\d+","x":"\+8617000000001",.*"warnings":\[\]\}$`,
				`^\{"code":"OK","message":"connect: peer","model":\{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"\d+","calledNo":"13800000021","calledDisplayNo":"17000000001"\}\}$`,
				`^\{"code":"SignatureInvalid","message":"signature: does not match"\} 401$`,
				`^\{"id":"\d+","x":"\+8617000000001",.*"warnings":\[\]\}$`,
				`^\{"operation":"connect","connectInfo":\{"displayCalleeNum":"\+8617000000001","calleeNum":"\+8613800000021","recordFlag":"false"\}\} 200$`,
				`^ 200$`,
				`^\{"items":\[\{"platform":"huawei","record_id":"call-[0-9a-f]{16}-1","call_id":"call-[0-9a-f]{16}","kind":"voice","x":"\+8617000000001",.*\}\],"next_cursor":""\}$`,
				`^The signature is wrong: callNo was signed as "13900000022" and arrived as "13900000023"\.$`,
				``, `^matches        key 1, once the mistake is made too$`, // and more about how it comes about
			}
			if !strings.Contains(string(out), "\nThe signature is wrong: the digest is that of WSSE, ") {
				t.Errorf("the captured push is not explained:\n%s", out)
			}
			if last := lines[len(lines)-1]; !regexp.MustCompile(`^\d{3} clauses: \d{3} passed, 0 failed, \d+ skipped$`).MatchString(last) {
				t.Errorf("conform ends in %q", last)
			}
			if len(lines) < len(wanted) {
				t.Fatalf("%d lines of output, want %d or more:\n%s", len(lines), len(wanted), out)
			}
			for i, want := range wanted {
				if !regexp.MustCompile(want).MatchString(lines[i]) {
					t.Errorf("line %d: %s", i+1, lines[i])
				}
			}
		})
	}
}

// example returns the code block behind the comment <!-- example: name -->.
func example(t *testing.T, readme, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(readme, "<!-- example: "+name+" -->\n```bash\n")
	code, _, closed := strings.Cut(rest, "```\n")
	if !ok || !closed {
		t.Fatalf("no example %s", name)
	}
	return code
}
