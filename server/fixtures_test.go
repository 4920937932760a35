package server_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"xmode/fixtures"
)

// TestFixturesAreAnsweredAsTheySay sends every message that comes to us as bytes
// to a server with the settings and bindings of fixtures/README.md, at its own
// instant, and compares what comes back with the file, byte for byte.
func TestFixturesAreAnsweredAsTheySay(t *testing.T) {
	list, err := fixtures.Messages()
	if err != nil {
		t.Fatal(err)
	}
	c := newClock()
	s := start(t, options{clock: c, env: []string{
		"XMODE_ALIYUN_KEYS=example-signing-key", "XMODE_ALIYUN_RECEIPT_TOKEN=example-receipt-token",
		"XMODE_HUAWEI_APPS=example-app:example-secret", "XMODE_API_KEYS=ops:admin:" + apiKey,
		"XMODE_ALIYUN_IVR_CODE=1001", "XMODE_HUAWEI_RECORD_HINT=recordHintTone.wav",
		"XMODE_DECISION_BUDGET=2s", "XMODE_PUSH_BUDGET=2s", // no answer of haste on a busy machine
	}})
	bindExamples(t, s) // by the real time, by which an import has deadlines
	answered := 0
	for _, m := range list {
		if !toUs(m) {
			continue
		}
		answered++
		t.Run(m.Name, func(t *testing.T) {
			c.set(m.At)
			sameAnswer(t, m.Answer, exchange(t, s.PublicAddr().String(), m.Request()))
		})
	}
	if answered < 150 {
		t.Errorf("only %d messages were sent", answered)
	}
}

// toUs tells what a platform sends from what is sent to a platform.
func toUs(m fixtures.Message) bool { return strings.HasPrefix(m.Path, "/"+m.Platform+"/") }

// set puts the clock somewhere, be it back.
func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// bindExamples makes the bindings that the answers go by.
func bindExamples(t *testing.T, s *running) {
	t.Helper()
	bindings, err := fixtures.Files.ReadFile("bindings.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.admin("/v1/bindings/import"), bytes.NewReader(bindings))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	results, err := io.ReadAll(resp.Body)
	if want := bytes.Count(bindings, []byte("\n")); err != nil || bytes.Count(results, []byte(`"id":`)) != want || bytes.Contains(results, []byte("error")) {
		t.Fatalf("import of %d bindings: %d %s, %v", want, resp.StatusCode, results, err)
	}
}

// exchange sends a request as it stands and reads the answer.
func exchange(t *testing.T, address string, request []byte) *fixtures.Answer {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &fixtures.Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}
}

// sameAnswer compares status, body, and every header that the file states.
func sameAnswer(t *testing.T, want, got *fixtures.Answer) {
	t.Helper()
	if got.Status != want.Status || !bytes.Equal(got.Body, want.Body) {
		t.Errorf("answered\n     %d %s\nwant %d %s", got.Status, got.Body, want.Status, want.Body)
	}
	for name := range want.Header {
		if got.Header.Get(name) != want.Header.Get(name) {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want.Header.Get(name))
		}
	}
}
