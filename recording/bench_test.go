package recording_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xmode/platform"
	"xmode/recording"
)

const (
	benchFiles   = 200 // in one round
	benchSize    = 1 << 20
	benchWorkers = 8
)

// BenchmarkFetch fetches files of 1 MiB into a folder, eight at a time: so that they
// survive a power cut, and without that.
func BenchmarkFetch(b *testing.B) {
	b.Run("fsync", func(b *testing.B) { fetchMany(b, "") })
	b.Run("no-fsync", func(b *testing.B) { fetchMany(b, "?fsync=false") })
}

func fetchMany(b *testing.B, parameters string) {
	s, dir := benchServer(b), b.TempDir()
	a := open(b, "file://"+dir+parameters)
	d := downloader(b, nil)
	b.SetBytes(benchFiles * benchSize)
	for round := 0; b.Loop(); round++ {
		var next atomic.Int64
		var workers sync.WaitGroup
		for range benchWorkers {
			workers.Go(func() {
				for n := next.Add(1); n <= benchFiles; n = next.Add(1) {
					key := fmt.Sprintf("round-%d/%d", round, n)
					create := func(ext, contentType string) (recording.Target, error) {
						return a.Create(b.Context(), key+ext, contentType)
					}
					if _, err := d.Fetch(b.Context(), platform.NewSecret(s.URL+"/f"), nil, create); err != nil {
						b.Error(err)
					}
				}
			})
		}
		workers.Wait()
		empties(b, dir)
	}
}

// BenchmarkCurl fetches the same files with curl, for comparison.
func BenchmarkCurl(b *testing.B) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		b.Skip("curl is not installed")
	}
	s := benchServer(b)
	dir := b.TempDir()
	b.SetBytes(benchFiles * benchSize)
	for round := 0; b.Loop(); round++ {
		var config strings.Builder
		for n := range benchFiles {
			fmt.Fprintf(&config, "url = %s/f\noutput = %s\n", s.URL, filepath.Join(dir, fmt.Sprintf("%d-%d.wav", round, n)))
		}
		cmd := exec.Command(curl, "--silent", "--fail", "--parallel", "--parallel-max", fmt.Sprint(benchWorkers), "--config", "-")
		cmd.Stdin = strings.NewReader(config.String())
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		empties(b, dir)
	}
}

// empties removes what a round brought, so that no round writes to a fuller disk than
// the one before.
func empties(b *testing.B, dir string) {
	b.StopTimer()
	defer b.StartTimer()
	for _, name := range files(b, dir) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			b.Fatal(err)
		}
	}
}

// benchServer serves one file from memory.
func benchServer(b *testing.B) *httptest.Server {
	file := wav(benchSize)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "f.wav", time.Time{}, bytes.NewReader(file))
	}))
	b.Cleanup(s.Close)
	return s
}
