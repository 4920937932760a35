package main

import (
	"time"

	"xmode/server"
	"xmode/simulator/load"
	"xmode/simulator/verify"
)

// verifyFlags are those of what is compared at the end.
type verifyFlags struct {
	Verify bool          `name:"verify" group:"verify" help:"Compare at the end what the endpoint has with what it must have, through its admin listener; the key is taken from XMODE_API_KEY or the file that XMODE_API_KEY_FILE names."`
	Admin  string        `name:"admin" group:"verify" default:"http://127.0.0.1:8081" placeholder:"URL" help:"Admin listener of the endpoint."`
	CA     string        `name:"ca" group:"verify" placeholder:"FILE" help:"Certificate authority (PEM) that the endpoint's certificates are checked against, besides the system's."`
	Settle time.Duration `name:"settle" group:"verify" default:"60s" help:"How long to wait for what the endpoint does in the background, such as fetching recordings."`
}

// verifier compares; nil: nothing is to be compared.
func (f *loadFlags) verifier(input *server.Input, config load.Config, p played) (*verify.Verifier, error) {
	if !f.Verify {
		return nil, nil
	}
	api, err := endpoint{URL: f.Admin, CA: f.CA}.dial(input)
	if err != nil {
		return nil, err
	}
	return verify.New(verify.Config{
		URL: api.base.String(), Key: api.key, HTTP: api.http, Platform: config.Platform.Name(), Prefix: config.Prefix, Since: time.Now().Add(-time.Hour),
		Parallel: config.Parallel, Settle: f.Settle, Now: time.Now, Sum: p.sum, Archived: p.sum != nil,
	})
}
