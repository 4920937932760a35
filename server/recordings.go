package server

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/handlers"
	"xmode/platform"
	"xmode/recording"
	"xmode/store"
)

// The paces at which recordings are looked for, filed, counted, and removed when they
// are old; how long the last three may take. What is filed every second is little at a
// time: what had piled up would keep Redis busy in one go.
const (
	fetchEvery    = time.Second
	fileEvery     = time.Second
	fileTimeout   = 5 * time.Second
	countEvery    = 10 * time.Second
	countTimeout  = 5 * time.Second
	forgetEvery   = time.Minute
	forgetTimeout = 50 * time.Second
	forgetBatch   = 100
)

// How patient a download is.
const (
	downloadIdle    = 30 * time.Second
	downloadTotal   = 20 * time.Minute // the largest recording, at ten megabits a second
	downloadResumes = 3
)

// recordings is everything that has to do with recordings.
type recordings struct {
	archive   *recording.Archive // nil: none is configured
	fetcher   *recording.Fetcher
	metrics   *recording.Metrics
	sources   []recording.Source
	store     Store
	keep      time.Duration
	now       func() time.Time
	log       *slog.Logger
	forgotten prometheus.Counter
}

// newRecordings opens the archive and makes the fetcher for the platforms that
// have recordings.
func newRecordings(s *Server, adapters []platform.Adapter, tag func(string) string) (*recordings, error) {
	set := &s.config.Settings.Recordings
	r := &recordings{
		metrics: recording.NewMetrics(s.registry), store: s.store, keep: set.Keep, now: s.config.Now, log: s.config.Log,
		forgotten: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "xmode_recordings_forgotten_total", Help: "Recordings that were removed after their retention, files included.",
		}),
	}
	s.registry.MustRegister(r.forgotten)
	config := recording.Config{
		Store: s.store, Workers: set.Workers, Retry: set.Retry, PerSecond: set.PerSecond,
		Now: s.config.Now, Random: rand.Float64, Tag: tag, Log: s.config.Log, Metrics: r.metrics,
	}
	for _, a := range adapters {
		if has, ok := a.(platform.Recordings); ok {
			config.Sources = append(config.Sources, recording.Source{Name: a.Name(), Recordings: has})
		}
	}
	r.sources = config.Sources
	var archiveErr, downloadErr, err error
	if set.Archive != "" {
		r.archive, archiveErr = recording.OpenArchive(context.Background(), set.Archive)
		config.Archive = r.archive
	}
	config.Downloader, downloadErr = set.downloader(s.config.Now)
	if err = errors.Join(archiveErr, downloadErr); err == nil {
		r.fetcher, err = recording.NewFetcher(config)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("set up recordings: %w", err), r.close())
	}
	return r, nil
}

// downloader makes what fetches the files.
func (set *Recordings) downloader(now func() time.Time) (*recording.Downloader, error) {
	authorities, err := readAuthorities(set.CA)
	if err != nil {
		return nil, err
	}
	return recording.NewDownloader(recording.DownloadConfig{
		Hosts: hostList(set.Hosts), InsecureHosts: hostList(set.InsecureHosts), AllowPrivate: set.AllowPrivate, CA: authorities,
		MaxSize: int64(set.MaxSize), Idle: downloadIdle, Total: downloadTotal, Resumes: downloadResumes, Now: now,
	})
}

// checkHosts looks at a list of hosts.
func checkHosts(list string) error {
	_, err := (&Recordings{Hosts: list, MaxSize: 1}).downloader(time.Now)
	return err
}

// hostList takes a list of hosts apart.
func hostList(text string) (list []string) {
	for host := range strings.SplitSeq(text, ",") {
		if host = strings.TrimSpace(host); host != "" {
			list = append(list, host)
		}
	}
	return list
}

// errNoCertificate: a file of authorities holds none.
var errNoCertificate = errors.New("holds no certificate (PEM)")

// readAuthorities adds the certificates of a file to those of the system; nil, which
// is the system's own, without a file.
func readAuthorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil { // none to be found, as in an empty container
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: %w", file, errNoCertificate)
	}
	return pool, nil
}

// files is the archive as the handlers need it; nil: there is none.
func (r *recordings) files() handlers.Archive {
	if r.archive == nil {
		return nil
	}
	return archived{r.archive}
}

// archived is the archive in the handlers' words.
type archived struct{ *recording.Archive }

// Open opens a file.
func (a archived) Open(ctx context.Context, key string) (io.ReadSeekCloser, time.Time, error) {
	file, err := a.Archive.Open(ctx, key)
	switch {
	case errors.Is(err, recording.ErrGone):
		return nil, time.Time{}, handlers.ErrGone
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("%w: %w", handlers.ErrArchive, err)
	}
	return file, file.ModTime(), nil
}

// file makes work of what pushes have named; the ping tells of an absent store.
func (r *recordings) file(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	if err := r.store.FileRecordings(ctx); err != nil {
		r.log.Debug("file recordings", slog.Any("error", err))
	}
}

// count brings the gauges up to date; the ping tells of an absent store.
func (r *recordings) count(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	if err := r.store.FileRecordings(ctx); err != nil {
		r.log.Debug("file recordings", slog.Any("error", err))
		return
	}
	if err := r.metrics.Count(ctx, r.store, r.sources, r.now()); err != nil {
		r.log.Debug("count recordings", slog.Any("error", err))
	}
}

// forget removes recordings that are older than their retention: the file first, so
// that nothing is left that nobody knows of.
func (r *recordings) forget(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, forgetTimeout)
	defer cancel()
	if err := r.store.FileRecordings(ctx); err != nil { // the ping tells of an absent store
		return
	}
	for ctx.Err() == nil {
		old, err := r.store.OldRecordings(ctx, r.now().Add(-r.keep), forgetBatch)
		gone := 0
		for i := range old {
			var went bool
			if went, err = r.forgetOne(ctx, &old[i]); err != nil {
				break
			}
			if went {
				gone++
			}
		}
		r.forgotten.Add(float64(gone))
		if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrUnavailable) {
			r.log.Error("remove old recordings", slog.Any("error", err))
		}
		if err != nil || gone == 0 {
			return
		}
	}
}

func (r *recordings) forgetOne(ctx context.Context, old *store.Recording) (gone bool, err error) {
	if old.Key != "" && r.archive == nil {
		return false, nil // nobody would ever find the file again
	}
	if old.Key != "" {
		if err := r.archive.Delete(ctx, old.Key); err != nil {
			return false, err
		}
	}
	return r.store.ForgetRecording(ctx, *old)
}

// close releases the archive.
func (r *recordings) close() error {
	if r.archive == nil {
		return nil
	}
	return r.archive.Close()
}
