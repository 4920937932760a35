package s3test_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"xmode/internal/s3test"
)

// curl is a client that shares no code with the server, nor with any library that
// the product might use.
type curl struct {
	t      *testing.T
	server s3test.Server
}

// put stores the content under the key.
func (c curl) put(key, content string, args ...string) (status, body string) {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), "content")
	write(c.t, file, content)
	sum := sha256.Sum256([]byte(content))
	return c.do(key, hex.EncodeToString(sum[:]), append(args, "--upload-file", file)...)
}

// get reads what lies under the key, or asks otherwise without a body.
func (c curl) get(key string, args ...string) (status, body string) {
	c.t.Helper()
	return c.do(key, "UNSIGNED-PAYLOAD", args...)
}

// do sends a signed request whose body has this digest, and returns the status
// and the body of the answer.
func (c curl) do(key, digest string, args ...string) (status, body string) {
	c.t.Helper()
	args = append(args,
		"--silent", "--show-error", "--max-time", "20", "--noproxy", "*", "--write-out", "\n%{http_code}",
		"--aws-sigv4", "aws:amz:"+c.server.Region+":s3", "--user", c.server.AccessKey+":"+c.server.SecretKey,
		"--header", "x-amz-content-sha256: "+digest, c.server.Endpoint+"/"+c.server.Bucket+"/"+key)
	out, err := exec.CommandContext(c.t.Context(), "curl", args...).Output()
	if err != nil {
		c.t.Fatalf("curl, which make deps installs: %v", err)
	}
	end := strings.LastIndexByte(string(out), '\n')
	return string(out[end+1:]), string(out[:end])
}

func TestWhatIsPutCanBeGot(t *testing.T) {
	s := s3test.Start(t)
	c := curl{t, s}
	const key, content = "2026/03/a.wav", "RIFF\x00\x01\xff\xfe not only text"
	if status, body := c.put(key, content, "--header", "Content-Type: audio/wav"); status != "200" {
		t.Fatalf("put: %s %s", status, body)
	}
	if status, body := c.get(key); status != "200" || body != content {
		t.Errorf("get: %s %q", status, body)
	}
	if status, body := c.get(key, "--range", "4-6"); status != "206" || body != content[4:7] {
		t.Errorf("part: %s %q", status, body)
	}
	if status, head := c.get(key, "--head"); status != "200" || !strings.Contains(head, "Content-Type: audio/wav\r\n") {
		t.Errorf("head: %s %s", status, head)
	}
	if status, body := c.get("2026/03/b.wav"); status != "404" || !strings.Contains(body, "<Code>NoSuchKey</Code>") {
		t.Errorf("get of nothing: %s %s", status, body)
	}
	if file, err := os.ReadFile(filepath.Join(s.Folder, key)); err != nil || string(file) != content {
		t.Errorf("in the folder: %q, %v", file, err)
	}
}

func TestWhoHasNotTheSecretIsRefused(t *testing.T) {
	s := s3test.Start(t)
	other := s
	other.SecretKey += "?"
	if status, body := (curl{t, other}).put("a", "x"); status != "403" || !strings.Contains(body, "<Code>SignatureDoesNotMatch</Code>") {
		t.Errorf("%s %s", status, body)
	}
	if files, err := filepath.Glob(filepath.Join(s.Folder, "[^.]*")); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestServersShareNothing(t *testing.T) {
	one, other := s3test.Start(t), s3test.Start(t)
	if status, body := (curl{t, one}).put("a", "x"); status != "200" {
		t.Fatalf("put: %s %s", status, body)
	}
	if status, _ := (curl{t, other}).get("a"); status != "404" {
		t.Errorf("the other server has it: %s", status)
	}
}

func TestTheProgramIsLookedForInTheRepository(t *testing.T) {
	root := t.TempDir()
	inner := filepath.Join(root, "tool", "test")
	for name, content := range map[string]string{
		"go.mod": "module xmode\n", "tool/go.mod": "module xmode/tool\n", "tool/test/a.go": "package test\n",
	} {
		write(t, filepath.Join(root, name), content)
	}
	if _, err := s3test.Find(inner); !errors.Is(err, s3test.ErrMissing) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without the program: %v, want ErrMissing", err)
	}
	want := filepath.Join(root, "bin", "versitygw")
	write(t, want, "")
	if got, err := s3test.Find(inner); err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
