package e2e_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeExamples runs the worked examples of both READMEs as they stand
// there: a query signed by openssl and sent by curl is answered, and with one
// byte changed it is refused.
func TestReadmeExamples(t *testing.T) {
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		t.Run(name, func(t *testing.T) {
			e := serve(t, []string{"XMODE_ALIYUN_KEYS=example-signing-key", "XMODE_API_KEYS=ops:provision:example-api-key-0001"})
			readme, err := os.ReadFile("../" + name)
			if err != nil {
				t.Fatal(err)
			}
			script := example(t, string(readme), "signed-query") + example(t, string(readme), "tampered-query")
			script = strings.NewReplacer("127.0.0.1:8080", e.public, "127.0.0.1:8081", e.admin).Replace(script)
			cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if len(lines) != 3 {
				t.Fatalf("%d lines of output, want binding, answer and refusal:\n%s", len(lines), out)
			}
			for i, want := range []string{
				`^\{"id":"\d+","x":"\+8617000000001",.*"warnings":\[\]\}$`,
				`^\{"code":"OK","message":"connect: peer","model":\{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"\d+","calledNo":"13800000021","calledDisplayNo":"17000000001"\}\}$`,
				`^\{"code":"SignatureInvalid","message":"signature: does not match"\} 401$`,
			} {
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
