package recording

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"xmode/platform"
)

// DownloadConfig says what may be fetched, from where, and how long that may take.
type DownloadConfig struct {
	// Hosts are the hosts that recordings may be fetched from. ".aliyuncs.com"
	// stands for all names that end in it, any other entry for itself. What is not
	// on the list is not asked, whatever else is allowed.
	Hosts []string
	// AllowPrivate lets hosts resolve to private and loopback addresses, and lets
	// loopback hosts be asked without TLS. Link-local addresses and those of
	// metadata services stay closed.
	AllowPrivate bool
	// InsecureHosts are those on the list of hosts whose certificates are not
	// checked, and which may be asked without TLS.
	InsecureHosts []string
	// CA checks certificates; nil: what the system trusts.
	CA *x509.CertPool
	// MaxSize is how many bytes a recording may have.
	MaxSize int64
	// Idle is the longest silence of a server.
	Idle time.Duration
	// Total is the longest that one Fetch may take.
	Total time.Duration
	// Resumes is how often a download that was cut off is taken up again.
	Resumes int
	// Now is the clock.
	Now func() time.Time
	// Resolver looks names up; nil: the system's.
	Resolver *net.Resolver
}

// Fetched says what a download brought.
type Fetched struct {
	// Size is the number of bytes.
	Size int64
	// SHA256 is their sum.
	SHA256 [32]byte
	// ContentType is told by the bytes: "audio/wav" or "audio/mpeg".
	ContentType string
}

// bufferSize is how much of a recording is in memory, and how much of it is summed
// up and written at a time.
const bufferSize = 128 << 10

// Downloader fetches recordings. It is safe for concurrent use.
type Downloader struct {
	config            DownloadConfig
	policy            policy
	checked, trusting *http.Transport
	plain             *plainMemory
	buffers           sync.Pool
}

// NewDownloader returns a downloader, or an error that lists all faults of the
// configuration.
func NewDownloader(c DownloadConfig) (*Downloader, error) {
	hosts, hostsFault := parseHosts(c.Hosts)
	insecure, insecureFault := parseHosts(c.InsecureHosts)
	if err := errors.Join(hostsFault, insecureFault, c.faults()); err != nil {
		return nil, fmt.Errorf("downloads: %w", err)
	}
	g := newGuard(c.AllowPrivate)
	return &Downloader{
		config:   c,
		policy:   policy{hosts: hosts, insecure: insecure, allowPrivate: c.AllowPrivate},
		checked:  newTransport(c, g, false),
		trusting: newTransport(c, g, true),
		plain:    &plainMemory{now: c.Now},
		buffers:  sync.Pool{New: func() any { return new([bufferSize]byte) }},
	}, nil
}

func (c DownloadConfig) faults() error {
	var faults []error
	for _, f := range []struct {
		wrong bool
		text  string
	}{
		{len(c.Hosts) == 0, "no host is allowed"},
		{c.MaxSize <= 0, "the largest size has to be positive"},
		{c.Idle <= 0 || c.Total <= 0, "the times have to be positive"},
		{c.Resumes < 0, "the number of resumes is negative"},
		{c.Now == nil, "there is no clock"},
	} {
		if f.wrong {
			faults = append(faults, errors.New(f.text))
		}
	}
	return errors.Join(faults...)
}

// Close ends the connections that no download uses.
func (d *Downloader) Close() {
	d.checked.CloseIdleConnections()
	d.trusting.CloseIdleConnections()
}

// Fetch streams the recording at an address into the target that create makes, and
// commits it; on any failure the target is aborted. plainHosts are those that may be
// asked without TLS (see [platform.Terms]) if they do not speak it.
//
// The error is a *Failure, or wraps context.Canceled when the caller gave up.
func (d *Downloader) Fetch(ctx context.Context, address platform.Secret, plainHosts []string, create CreateTarget) (Fetched, error) {
	plain, err := parseHosts(plainHosts)
	if err != nil {
		return Fetched{}, fmt.Errorf("plain hosts: %w", err)
	}
	f := newFetch(ctx, d, plain, newSink(create, d.config.MaxSize))
	defer f.end()
	got, err := f.run(address.Reveal())
	if err == nil {
		return got, nil
	}
	f.sink.abort()
	if errors.Is(ctx.Err(), context.Canceled) {
		return Fetched{}, fmt.Errorf("recording: given up: %w", context.Canceled)
	}
	return Fetched{}, err
}
