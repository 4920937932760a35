package life

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/signature"
	"xmode/simulator"
	"xmode/simulator/load"
)

// Config says how the platform is set up.
type Config struct {
	// Key signs, in a Form; empty: form encoder, key as given.
	Key  string
	Form signature.Form
	// Via is how a query travels.
	Via sim.Via
	// Token is the secret element of the receipts' addresses; empty: nothing is told
	// but what is asked.
	Token string
	// Queries and Receipts are the paths of the endpoint's addresses; empty: those of
	// this project's endpoint.
	Queries, Receipts string
	// PoolKey is the number pool.
	PoolKey string
	// API tells where recordings are, and Storage keeps them; both or, where there are
	// none to be fetched, neither. AudioSize is the bytes of one; 0: 64 KiB.
	API       *sim.API
	Storage   *simulator.Storage
	AudioSize int64
}

// Faults of a [Config], beside those of the key and [sim.ErrToken].
var (
	ErrPath    = errors.New("a path begins with a slash and has no parameters")
	ErrVia     = errors.New("no way of a query")
	ErrStorage = errors.New("an API and a storage go together")
)

// base stands for the endpoint, of which the load knows more.
const base = "http://endpoint"

// Platform is a [load.Platform].
type Platform struct {
	c Config
	// right signs queries, wrong signs them with another key.
	right, wrong *sim.Client
}

// New returns a platform. The error lists all faults, and no secret.
func New(c Config) (*Platform, error) {
	c.Queries, c.Receipts = cmp.Or(c.Queries, "/aliyun/call-control"), cmp.Or(c.Receipts, "/aliyun/receipts")
	c.AudioSize = cmp.Or(c.AudioSize, 64<<10)
	err := c.faults()
	right, keyErr := c.signer(c.Key)
	if err = errors.Join(err, keyErr); err != nil {
		return nil, fmt.Errorf("make platform: %w", err)
	}
	wrong, err := c.signer(c.Key + "?")
	return &Platform{c: c, right: right, wrong: wrong}, err
}

// faults are those of everything but the key and its form.
func (c *Config) faults() (all error) {
	for _, rule := range []struct {
		broken bool
		err    error
	}{
		{!isPath(c.Queries), fmt.Errorf("queries: %w", ErrPath)},
		{!isPath(c.Receipts), fmt.Errorf("receipts: %w", ErrPath)},
		{strings.Contains(c.Token, "/"), sim.ErrToken},
		{c.Via < sim.ViaGET || c.Via > sim.ViaJSON, ErrVia},
		{(c.API == nil) != (c.Storage == nil), ErrStorage},
	} {
		if rule.broken {
			all = errors.Join(all, rule.err)
		}
	}
	return all
}

func isPath(p string) bool { return strings.HasPrefix(p, "/") && !strings.ContainsAny(p, "?# ") }

// signer signs with a key. Where the query goes is written without it: a path that
// is wrong is told by others.
func (c *Config) signer(key string) (*sim.Client, error) {
	return sim.New(sim.Config{URL: base, Key: key, Form: c.Form, Via: c.Via, Now: func() time.Time { return time.Time{} }})
}

// String hides the secrets.
func (p *Platform) String() string { return "life.Platform" }

// Name is "aliyun".
func (*Platform) Name() string { return "aliyun" }

// Terms are the platform's. A receipt has 700 ms, and is pushed again 1, 5 and 10
// minutes later, then no more: the page does not say from when these count, here
// from the first push, nor whether the first is one of the three that fail
// (inferred). How long the platform waits for an answer to a query is that of its
// nearest relative, and what a clock may be off is not known: inferred.
// https://help.aliyun.com/zh/pnp/developer-reference/push-receipts-over-http/
func (*Platform) Terms() load.Terms {
	return load.Terms{
		Query: 3 * time.Second, Push: 700 * time.Millisecond, Skew: 20 * time.Minute,
		Repeats: []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute},
	}
}

// Keep has the recording of a call be found.
func (p *Platform) Keep(c load.Call, d load.Decision) {
	if p.c.API == nil {
		return
	}
	p.c.Storage.Put(File(c.ID), simulator.Audio{Format: simulator.MP3, Size: p.c.AudioSize, Seed: uint64(c.N)})
	p.c.API.Keep(p.call(c, d), File(c.ID))
}

// File is the name of a call's recording in the storage.
func File(callID string) string { return callID + ".mp3" }
