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
	// API tells where recordings are, Storage keeps them, of AudioSize bytes each;
	// nil: there are none to be fetched.
	API       *sim.API
	Storage   *simulator.Storage
	AudioSize int64
}

// base stands for the endpoint, of which the load knows more.
const base = "http://endpoint"

// Platform is a [load.Platform].
type Platform struct {
	c Config
	// right signs queries, wrong signs them with another key.
	right, wrong *sim.Client
	answers      answers
}

// New returns a platform. The error lists all faults, and no secret.
func New(c Config) (*Platform, error) {
	c.Queries, c.Receipts = cmp.Or(c.Queries, "/aliyun/call-control"), cmp.Or(c.Receipts, "/aliyun/receipts")
	p := &Platform{c: c}
	var errs [3]error
	p.right, errs[0] = p.signer(c.Key)
	p.wrong, _ = p.signer(c.Key + "?")
	if !strings.HasPrefix(c.Receipts, "/") {
		errs[1] = sim.ErrURL
	}
	if strings.Contains(c.Token, "/") {
		errs[2] = sim.ErrToken
	}
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("make platform: %w", err)
	}
	return p, nil
}

func (p *Platform) signer(key string) (*sim.Client, error) {
	return sim.New(sim.Config{URL: base + p.c.Queries, Key: key, Form: p.c.Form, Via: p.c.Via, Now: func() time.Time { return time.Time{} }})
}

// String hides the secrets.
func (p *Platform) String() string { return "life.Platform" }

// Name is "aliyun".
func (*Platform) Name() string { return "aliyun" }

// Terms are the platform's. How long it waits for an answer to a query is inferred,
// as is what a clock may be off; a receipt has 700 ms, and is repeated after 1, 5
// and 10 minutes.
// https://help.aliyun.com/zh/pnp/developer-reference/push-receipts-over-http/
func (*Platform) Terms() load.Terms {
	return load.Terms{
		Query: 3 * time.Second, Push: 700 * time.Millisecond, Skew: 20 * time.Minute,
		Repeats: []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute},
	}
}

// Keep has the recording of a call be found.
func (p *Platform) Keep(c load.Call, d load.Decision) {
	if p.c.API == nil || p.c.Storage == nil {
		return
	}
	p.c.Storage.Put(File(c.ID), simulator.Audio{Format: simulator.MP3, Size: p.c.AudioSize, Seed: uint64(c.N)})
	p.c.API.Keep(p.call(c, d), File(c.ID))
}

// File is the name of a call's recording in the storage.
func File(callID string) string { return callID + ".mp3" }
