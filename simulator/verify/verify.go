package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"xmode/simulator/load"
)

// Config says what is compared, and where it is read.
type Config struct {
	// URL of the admin API, and Key that opens it.
	URL, Key string
	// HTTP reads; nil: one as usual. Whichever it is, it is used as one that follows
	// no redirection, so that the key stays here, and keeps its connections.
	HTTP *http.Client
	// Patience is how long nothing may come of an answer; 0: a minute.
	Patience time.Duration
	// Platform that was played, and Prefix of the ids of its calls, which a decimal
	// number follows. Other calls are somebody else's.
	Platform, Prefix string
	// Since is an instant before the first call was dialled, by the platform's clock.
	Since time.Time
	// Parallel is how many calls are read at the same time; 0: eight.
	Parallel int
	// Settle is how long to wait for what the endpoint does in the background: the
	// log of its decisions, and recordings.
	Settle time.Duration
	// Archived: recordings have to lie in the archive by then.
	Archived bool
	// Sum is the SHA-256 of the recording that was served for a call, in hexadecimal;
	// not ok: none was. Nil: it is not compared.
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
	if c.Parallel <= 0 {
		c.Parallel = 8
	}
	c.Patience = cmp.Or(c.Patience, time.Minute)
	c.URL, c.HTTP = strings.TrimSuffix(c.URL, "/"), steady(c.HTTP, c.Parallel)
	return &Verifier{c}, nil
}

// steady is a client that follows no redirection and keeps so many connections.
func steady(given *http.Client, connections int) *http.Client {
	client := &http.Client{}
	if given != nil {
		*client = *given
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	if t, ok := client.Transport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, connections)
		t.MaxIdleConns = max(t.MaxIdleConns, connections)
		client.Transport = t
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

// Reach looks whether the API can be read, for whoever does not want to learn it
// only once there is something to compare.
func (v *Verifier) Reach(ctx context.Context) error {
	var list struct{}
	if err := v.getJSON(ctx, "/v1/cdrs?limit=1", &list); err != nil {
		return fmt.Errorf("read call records: %w", err)
	}
	return nil
}

// String hides the key.
func (v *Verifier) String() string { return "verify.Verifier" }

// Verify compares. Of n calls there are those that are wanted. The error is that
// the API cannot be read, [ErrAway], [ErrKey] or [ErrAPI], or that of the context:
// then nothing is known.
func (v *Verifier) Verify(ctx context.Context, wants iter.Seq[load.Want], n int) (*Verdict, error) {
	defer v.c.HTTP.CloseIdleConnections()
	verdict := &Verdict{Differences: []string{}}
	table, err := tableOf(v.c.Prefix, wants, n)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	if err := v.records(ctx, table, verdict); err != nil {
		return nil, fmt.Errorf("read call records: %w", err)
	}
	if err := v.calls(ctx, table, verdict); err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	return verdict, nil
}
