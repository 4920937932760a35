package e2e_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os/exec"

	"xmode/simulator"
)

// curl reads from the admin listener with a foreign client, and returns the body and
// the status.
func (e *endpoint) curl(path string, args ...string) (body, status string) {
	e.t.Helper()
	args = append(args, "-sS", "--max-time", "20", "--noproxy", "*", "-H", "Authorization: Bearer "+readKey, "-w", "%{stderr}%{http_code}", "http://"+e.admin+path)
	cmd := exec.CommandContext(e.t.Context(), "curl", args...)
	out, code := new(capture), new(capture)
	cmd.Stdout, cmd.Stderr = out, code
	if err := cmd.Run(); err != nil {
		e.t.Fatalf("curl: %v: %s", err, code.text)
	}
	return string(out.text), string(code.text)
}

type capture struct{ text []byte }

func (c *capture) Write(p []byte) (int, error) {
	c.text = append(c.text, p...)
	return len(p), nil
}

// gives asserts that the content of a recording is the platform's file, whole and in parts.
func (e *endpoint) gives(r recorded, want simulator.Audio) {
	e.t.Helper()
	file, err := io.ReadAll(want.Open())
	if err != nil {
		e.t.Fatal(err)
	}
	path := "/v1/recordings/" + r.ID + "/content"
	body, status := e.curl(path)
	if sum := sha256.Sum256([]byte(body)); status != "200" || hex.EncodeToString(sum[:]) != want.SHA256() {
		e.t.Errorf("whole: %s, %d bytes", status, len(body))
	}
	for part, bytes := range map[string][]byte{"0-99": file[:100], "1000-1999": file[1000:2000], "-100": file[len(file)-100:], "12345-": file[12345:]} {
		if body, status := e.curl(path, "-r", part); status != "206" || body != string(bytes) {
			e.t.Errorf("%s: %s, %d bytes", part, status, len(body))
		}
	}
}
