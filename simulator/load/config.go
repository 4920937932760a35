package load

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Config says what to play, to whom, and how.
type Config struct {
	// URL is the endpoint's address, "http://127.0.0.1:8080", perhaps with a path
	// that goes before those of the platform.
	URL string
	// TLS is for an https address; nil: the system's authorities.
	TLS *tls.Config
	// Platform is played.
	Platform Platform
	// Parties call; at least one.
	Parties []Party
	// Prefix begins the ids of the calls. It has to be new for each load, or the
	// endpoint takes the calls for ones that it knows.
	Prefix string
	// Calls is how many calls and texts there are, Texts the share of texts.
	Calls int
	Texts float64
	// Rate is how many begin in a second; 0: as many as can be sent.
	Rate float64
	// Parallel is the number of connections; 0: 16.
	Parallel int
	// Seed decides what the calls are and what they meet.
	Seed uint64
	// Speed is how much faster than life everything but the answers is; 0: 1.
	Speed float64
	// Batch is how many entries a push has at most, 1 to 50; 0: 50, as with both
	// platforms.
	Batch int
	// Trouble on purpose.
	Trouble Trouble
	// Now is a clock; required, and has to be the real one.
	Now func() time.Time
}

// Faults of a [Config].
var (
	ErrURL     = errors.New("URL has to be http or https with a host, and without parameters")
	ErrParties = errors.New("nobody calls")
	ErrCalls   = errors.New("calls have to be between 1 and 10 million")
	ErrRate    = errors.New("rate must not be below 0, nor speed below 1")
	ErrBatch   = errors.New("batch has to be between 1 and 50")
	ErrParts   = errors.New("platform and clock are due")
)

// maxCalls is how many there are at most: some dozens of bytes are kept of each.
const maxCalls = 10_000_000

// maxBatch is how many entries the platforms put into a push at most.
const maxBatch = 50

// fill sets what was left out, and lists what is wrong.
func (c *Config) fill() error {
	if c.Parallel <= 0 {
		c.Parallel = 16
	}
	if c.Speed == 0 {
		c.Speed = 1
	}
	if c.Batch == 0 {
		c.Batch = maxBatch
	}
	var all error
	for _, rule := range []struct {
		broken bool
		err    error
	}{
		{!isBase(c.URL), ErrURL},
		{len(c.Parties) == 0, ErrParties},
		{c.Calls < 1 || c.Calls > maxCalls, ErrCalls},
		{!(c.Rate >= 0 && c.Speed >= 1), ErrRate},
		{c.Batch < 1 || c.Batch > maxBatch, ErrBatch},
		{!(c.Texts >= 0 && c.Texts <= 1), fmt.Errorf("texts: %w", ErrShare)},
		{c.Platform == nil || c.Now == nil, ErrParts},
	} {
		if rule.broken {
			all = errors.Join(all, rule.err)
		}
	}
	return errors.Join(all, c.Trouble.check())
}

func isBase(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}
