package recording

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/store"
)

// Source is a platform whose recordings are fetched.
type Source struct {
	// Name is the platform's.
	Name call.Platform
	// Recordings composes questions and reads answers.
	Recordings platform.Recordings
}

// Kept is what a [Fetcher] needs of a store.
type Kept interface {
	store.RecordingWork
	// Call returns what is known of a call.
	Call(ctx context.Context, p call.Platform, callID string) (store.CallLog, error)
}

// Config is what a [Fetcher] is made of.
type Config struct {
	// Sources are the platforms; required.
	Sources []Source
	// Store hands out the work; required.
	Store Kept
	// Archive keeps the files; nil: recordings are looked up only.
	Archive *Archive
	// Downloader fetches them; required with an Archive.
	Downloader *Downloader
	// Workers is how many recordings of a platform are downloaded at a time; 0: 4.
	// As many more may be on their way to the disk.
	Workers int
	// Retry is the pause after the first attempt that failed; each later one is
	// twice as long, up to an hour. 0: 30 s.
	Retry time.Duration
	// PerSecond is how often all endpoints together ask a platform; 0: what its
	// terms say.
	PerSecond int
	// Hold is how often a lease is begun anew; 0: five seconds.
	Hold time.Duration
	// Now is the clock; required.
	Now func() time.Time
	// Random draws from 0 to 1, for jitter; nil: always a half.
	Random func() float64
	// Tag makes an id fit for logs; required.
	Tag func(string) string
	// Log takes what operators should know; required.
	Log *slog.Logger
	// Metrics counts; required.
	Metrics *Metrics
}

// Fetcher fetches the recordings that a store hands out.
type Fetcher struct {
	Config
	http *http.Client
}

// askTimeout bounds one question to a platform.
const askTimeout = 10 * time.Second

// NewFetcher makes a fetcher. The error lists everything that is missing.
func NewFetcher(c Config) (*Fetcher, error) {
	var err error
	for what, missing := range map[string]bool{
		"Store": c.Store == nil, "Now": c.Now == nil, "Tag": c.Tag == nil, "Log": c.Log == nil, "Metrics": c.Metrics == nil,
		"Downloader": c.Archive != nil && c.Downloader == nil,
	} {
		if missing {
			err = errors.Join(err, errors.New("recording: "+what+" is missing"))
		}
	}
	c.Workers, c.Retry, c.Hold = cmp.Or(c.Workers, 4), cmp.Or(c.Retry, 30*time.Second), cmp.Or(c.Hold, 5*time.Second)
	if c.Random == nil {
		c.Random = func() float64 { return .5 }
	}
	return &Fetcher{c, newAsker()}, err
}

// newAsker is the client for the platforms' APIs. A redirection is an answer. No
// proxy comes from the environment, as for the downloads.
func newAsker() *http.Client {
	return &http.Client{
		Timeout:       askTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: askTimeout, MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// Run works until ctx ends, and returns once every claim is settled. It looks for
// work at each tick, and as long as there is some.
func (f *Fetcher) Run(ctx context.Context, ticker func(call.Platform) (<-chan time.Time, func())) {
	var lanes sync.WaitGroup
	for _, source := range f.Sources {
		lanes.Go(func() {
			ticks, stop := ticker(source.Name)
			defer stop()
			l := &lane{Fetcher: f, source: source, free: make(chan struct{}, f.Workers), disk: make(chan struct{}, 4*f.Workers)}
			l.run(ctx, ticks)
		})
	}
	lanes.Wait()
	f.http.CloseIdleConnections()
}
