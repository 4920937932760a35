package recording_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/call"
	"xmode/platform"
	"xmode/recording"
	"xmode/store"
)

// start is the instant of these tests, unless they move on from it.
var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// work is a store that hands out one recording, and keeps what becomes of it.
type work struct {
	mu      sync.Mutex
	claims  []store.Claim
	settled []store.Recording
	known   store.CallLog
	pauses  []time.Duration
	// what the roles answer; nil: everything is fine
	hold  func(id string) error
	admit func() (time.Duration, error)
	call  func() error
	done  chan struct{} // closed once something is settled
}

func (w *work) FileRecordings(context.Context) error { return nil }

func (w *work) ClaimRecordings(_ context.Context, _ call.Platform, n int) ([]store.Claim, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	some := w.claims[:min(n, len(w.claims))]
	w.claims = w.claims[len(some):]
	return some, nil
}

func (w *work) HoldRecording(_ context.Context, c store.Claim) error {
	if w.hold == nil {
		return nil
	}
	return w.hold(c.ID)
}

func (w *work) SettleRecording(_ context.Context, _ store.Claim, r store.Recording) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settled = append(w.settled, r)
	if len(w.settled) == 1 {
		close(w.done)
	}
	return nil
}

func (w *work) AdmitAsk(context.Context, call.Platform, int) (time.Duration, error) {
	if w.admit == nil {
		return 0, nil
	}
	return w.admit()
}

func (w *work) PauseAsks(_ context.Context, _ call.Platform, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pauses = append(w.pauses, d)
	return nil
}

func (w *work) Call(context.Context, call.Platform, string) (store.CallLog, error) {
	if w.call != nil {
		return store.CallLog{}, w.call()
	}
	return w.known, nil
}

// acme is a platform that tells one address, or its trouble.
type acme struct {
	api     string
	address string
	ask     func() error
	trouble *platform.Trouble
}

func (a *acme) Terms() platform.Terms { return platform.Terms{PerSecond: 1000} }

func (a *acme) Ask(call.Recording, time.Time) (*http.Request, error) {
	if a.ask != nil {
		if err := a.ask(); err != nil {
			return nil, err
		}
	}
	return http.NewRequest(http.MethodGet, a.api, nil)
}

func (a *acme) Told(int, http.Header, []byte) (platform.Secret, error) {
	if a.trouble != nil {
		return platform.Secret{}, a.trouble
	}
	return platform.NewSecret(a.address), nil
}

// audio is a recording as small as can be.
const audio = "RIFF\x24\x00\x00\x00WAVEfmt \x12\x00\x00\x00\x06\x00\x01\x00"

// scene is a fetcher between a store and a platform.
type scene struct {
	work
	acme
	config recording.Config
	folder string
	file   http.HandlerFunc // what the storage does
	asked  int
}

func newScene(t *testing.T) *scene {
	s := &scene{folder: t.TempDir()}
	s.done = make(chan struct{})
	s.file = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(audio)) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api" {
			s.asked++
			return
		}
		s.file(w, r)
	}))
	t.Cleanup(server.Close)
	s.api, s.address = server.URL+"/api", server.URL+"/secret-file?Signature=secret"
	archive, err := recording.OpenArchive(t.Context(), "file://"+s.folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = archive.Close() })
	downloader, err := recording.NewDownloader(recording.DownloadConfig{
		Hosts: []string{"127.0.0.1"}, AllowPrivate: true, MaxSize: 1 << 20, Idle: 10 * time.Second, Total: time.Minute,
		Now: func() time.Time { return start },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.config = recording.Config{
		Sources: []recording.Source{{Name: "acme", Recordings: &s.acme}}, Store: &s.work, Archive: archive, Downloader: downloader,
		Now: func() time.Time { return start }, Tag: func(string) string { return "tag" }, Log: slog.New(slog.DiscardHandler),
		Metrics: recording.NewMetrics(prometheus.NewRegistry()), Retry: time.Minute,
	}
	return s
}

// due is a recording that was named a minute ago.
func due() store.Recording {
	r := store.Recording{State: call.RecordingPending, NamedAt: start.Add(-time.Minute), NextTryAt: start}
	r.ID, r.Platform, r.CallID, r.ExpiresAt = call.RecordingID("acme", "f"), "acme", "call 13800000021", start.Add(7*24*time.Hour)
	return r
}

// run hands out a claim and returns what it was settled as.
func (s *scene) run(t *testing.T, claims ...store.Claim) store.Recording {
	t.Helper()
	s.start(t, claims...)
	select {
	case <-s.done:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is settled")
	}
	return s.settled[0]
}

// start has the fetcher work until the end of the test.
func (s *scene) start(t *testing.T, claims ...store.Claim) (stop func()) {
	t.Helper()
	s.claims = claims
	f, err := recording.NewFetcher(s.config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.Run(ctx, func(call.Platform) (<-chan time.Time, func()) { return nil, func() {} })
	}()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return stop
}

// files are those in the archive.
func (s *scene) files(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(s.folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(s.folder, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
