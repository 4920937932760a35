package verify

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xmode/simulator/load"
)

// Config says what is compared, and where it is read.
type Config struct {
	// URL of the admin API, and Key that opens it.
	URL, Key string
	// HTTP reads; nil: a client that follows no redirection, so that the key stays
	// here, and waits a minute for an answer to begin.
	HTTP *http.Client
	// Platform that was played, and Prefix of the ids of its calls, which a decimal
	// number follows. Other calls are somebody else's.
	Platform, Prefix string
	// Since is an instant before the first record was told.
	Since time.Time
	// Parallel is how many calls are read at the same time; 0: eight.
	Parallel int
	// Settle is how long to wait for what the endpoint does in the background: the
	// log of its decisions, and recordings.
	Settle time.Duration
	// Archived: recordings have to be fetched by then.
	Archived bool
	// Sum is the SHA-256 of the recording of a call, in hexadecimal; nil: it is not
	// compared.
	Sum func(callID string) (sum string, ok bool)
	// Now is a clock; required.
	Now func() time.Time
}

// Faults of a [Config].
var (
	ErrURL   = errors.New("URL has to be http or https with a host")
	ErrNames = errors.New("key, platform and prefix are due")
	ErrNow   = errors.New("a clock is due")
)

// Verifier compares.
type Verifier struct{ c Config }

// New returns a verifier. The error lists all faults, and not the key.
func New(c Config) (*Verifier, error) {
	var err error
	if u, bad := url.Parse(c.URL); bad != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		err = ErrURL
	}
	if c.Key == "" || c.Platform == "" || c.Prefix == "" {
		err = errors.Join(err, ErrNames)
	}
	if c.Now == nil {
		err = errors.Join(err, ErrNow)
	}
	if err != nil {
		return nil, fmt.Errorf("make verifier: %w", err)
	}
	if c.HTTP == nil {
		c.HTTP = patient(c.Parallel)
	}
	if c.Parallel <= 0 {
		c.Parallel = 8
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	return &Verifier{c}, nil
}

// patient is a client that waits for an answer to begin, but not for ever.
func patient(connections int) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout, transport.MaxIdleConnsPerHost = time.Minute, max(8, connections)
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// String hides the key.
func (v *Verifier) String() string { return "verify.Verifier" }

// Verify compares. Of n calls there are those that are wanted. The error is that
// the API cannot be read: then nothing is known.
func (v *Verifier) Verify(ctx context.Context, wants iter.Seq[load.Want], n int) (*Verdict, error) {
	verdict := &Verdict{}
	table := make([]load.Want, n)
	for w := range wants {
		if i, ok := v.number(w.CallID); ok && i < n {
			table[i] = w
		}
	}
	if err := v.records(ctx, table, verdict); err != nil {
		return nil, fmt.Errorf("read call records: %w", err)
	}
	if err := v.calls(ctx, table, verdict); err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	return verdict, nil
}

// number is the one of a call of the load.
func (v *Verifier) number(callID string) (int, bool) {
	text, ok := strings.CutPrefix(callID, v.c.Prefix)
	n, err := strconv.Atoi(text)
	return n, ok && err == nil && n >= 0
}
