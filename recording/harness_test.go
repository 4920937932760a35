package recording_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"xmode/platform"
	"xmode/recording"
)

// wav is a file of size bytes that says so itself.
func wav(size int) []byte {
	b := make([]byte, size)
	copy(b, "RIFF")
	binary.LittleEndian.PutUint32(b[4:], uint32(size-8))
	copy(b[8:], "WAVEfmt ")
	for i := 16; i < size; i++ {
		b[i] = byte(i * 7)
	}
	return b
}

// mp3 is a frame header and what may follow.
func mp3(size int) []byte { return append([]byte{0xff, 0xfb, 0x90, 0x64}, make([]byte, size-4)...) }

// downloader reaches servers on loopback. change adapts its configuration.
func downloader(t testing.TB, change func(*recording.DownloadConfig)) *recording.Downloader {
	t.Helper()
	c := recording.DownloadConfig{
		Hosts: []string{"127.0.0.1"}, AllowPrivate: true, MaxSize: 64 << 20,
		Idle: time.Minute, Total: time.Minute, Resumes: 2, Now: time.Now,
	}
	if change != nil {
		change(&c)
	}
	d, err := recording.NewDownloader(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// target keeps what it is given, and what becomes of it.
type target struct {
	bytes.Buffer
	ext, contentType    string
	made                int
	committed, aborted  bool
	writeErr, commitErr error
}

func (t *target) create(ext, contentType string) (recording.Target, error) {
	t.made++
	t.ext, t.contentType = ext, contentType
	return t, nil
}

func (t *target) Write(p []byte) (int, error) {
	if t.writeErr != nil {
		return 0, t.writeErr
	}
	return t.Buffer.Write(p)
}

func (t *target) Commit() error {
	t.committed = t.commitErr == nil
	return t.commitErr
}

func (t *target) Abort() { t.aborted = true }

// Parts of addresses that must not turn up in an error.
const (
	secretPath  = "s3cr3t-path"
	secretQuery = "s3cr3t-query"
	secretHost  = "s3cr3t-host"
	secretPhone = "13800000021"
)

// secretPart is what follows the host of an address.
const secretPart = "/" + secretPath + "/" + secretPhone + ".wav?Signature=" + secretQuery

// leaksNothing fails a test whose error quotes an address.
func leaksNothing(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			text := fmt.Sprintf(verb, e)
			for _, secret := range []string{secretPath, secretQuery, secretHost, secretPhone, "127.0.0.1", "://"} {
				if strings.Contains(text, secret) {
					t.Errorf("the error holds %q: %s", secret, text)
				}
			}
		}
	}
}

// fails fetches, expects the failure, and that nothing is left.
func fails(t *testing.T, d *recording.Downloader, address, want string, plain ...string) {
	t.Helper()
	var to target
	_, err := d.Fetch(t.Context(), platform.NewSecret(address), plain, to.create)
	failedWith(t, err, want)
	if to.committed || to.made > 0 && !to.aborted || to.made > 1 {
		t.Errorf("the target: made %d times, committed %v, aborted %v", to.made, to.committed, to.aborted)
	}
}

// failedWith expects a failure, written "reason" or "reason: detail"; a detail that
// ends in * may go on.
func failedWith(t *testing.T, err error, want string) {
	t.Helper()
	leaksNothing(t, err)
	var f *recording.Failure
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a *Failure %q", err, want)
	}
	if start, open := strings.CutSuffix(want, "*"); open && strings.HasPrefix(f.Error(), start) {
		return
	}
	if f.Error() != want {
		t.Errorf("got %q, want %q", f, want)
	}
}

// fetches fetches, and expects these bytes.
func fetches(t *testing.T, d *recording.Downloader, address string, want []byte, plain ...string) recording.Fetched {
	t.Helper()
	var to target
	got, err := d.Fetch(t.Context(), platform.NewSecret(address), plain, to.create)
	if err != nil {
		t.Fatal(err)
	}
	if !to.committed || to.aborted || to.made != 1 {
		t.Errorf("the target: made %d times, committed %v, aborted %v", to.made, to.committed, to.aborted)
	}
	if !bytes.Equal(to.Bytes(), want) {
		t.Errorf("got %d bytes, want %d, or others", to.Len(), len(want))
	}
	return got
}

// serve starts a server and returns its address with a secret path.
func serve(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + secretPart
}

// gives answers with these bytes and their length.
func gives(contentType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body)
	}
}

// raw answers every request with these bytes and closes the connection.
func raw(t testing.TB, response string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, buffer, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = buffer.WriteString(response)
		_ = buffer.Flush()
		_ = conn.Close()
	})
}

// tally counts by name.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *tally) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = make(map[string]int)
	}
	c.n[name]++
}

func (c *tally) of(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n[name]
}

// closedPort is where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// given is a context that is over.
func given(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
