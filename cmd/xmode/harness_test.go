package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	xmode "xmode/cmd/xmode"
)

const apiKey = "0123456789abcdef"

// outcome is what a command left.
type outcome struct {
	status   int
	out, err string
}

// run runs a command line in this process.
func run(t *testing.T, env []string, args ...string) outcome {
	t.Helper()
	return runWith(t, "", env, args...)
}

// runWith is run with a standard input.
func runWith(t *testing.T, in string, env []string, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	status := xmode.Run(t.Context(), args, env, strings.NewReader(in), &out, &errs, false)
	return outcome{status, out.String(), errs.String()}
}

// client runs a command of `xmode bindings` against an endpoint.
func client(t *testing.T, url, in string, args ...string) outcome {
	t.Helper()
	args = append([]string{"bindings", args[0], "--url=" + url}, args[1:]...)
	return runWith(t, in, []string{"XMODE_API_KEY=" + apiKey}, args...)
}

// expect compares an outcome.
func expect(t *testing.T, got outcome, status int, out, errs string) {
	t.Helper()
	if want := (outcome{status, out, errs}); got != want {
		t.Errorf("got status %d\nout: %s\nerr: %s\nwant status %d\nout: %s\nerr: %s", got.status, got.out, got.err, status, out, errs)
	}
}

// file writes a file and returns its name.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// served is a running `xmode serve`.
type served struct {
	public, admin string // URLs
	stop          context.CancelFunc
	status        <-chan int
}

// serve runs `xmode serve` with an embedded store until the end of the test.
func serve(t *testing.T) served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	env := []string{"XMODE_REDIS=embedded", "XMODE_API_KEYS=ops:admin:" + apiKey, "XMODE_ALIYUN_KEYS=testSecret"}
	args := []string{"serve", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--log-format=json", "--drain-delay=0s"}
	status := make(chan int, 1)
	var done sync.WaitGroup
	done.Go(func() {
		defer writer.Close()
		status <- xmode.Run(ctx, args, env, strings.NewReader(""), io.Discard, writer, false)
	})
	addresses := make(chan [2]string, 16)
	done.Go(func() {
		log := json.NewDecoder(reader)
		for {
			var line struct{ Msg, Listener, Address string }
			if log.Decode(&line) != nil {
				break
			}
			if line.Msg == "listening" {
				addresses <- [2]string{line.Listener, line.Address}
			}
		}
		_, _ = io.Copy(io.Discard, reader)
		close(addresses)
	})
	t.Cleanup(func() { cancel(); done.Wait() })
	found := map[string]string{}
	for len(found) < 2 {
		a, ok := <-addresses
		if !ok {
			t.Fatal("serve ended before it listened")
		}
		found[a[0]] = "http://" + a[1]
	}
	return served{public: found["public"], admin: found["admin"], stop: cancel, status: status}
}
