package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"xmode/server"
	"xmode/simulator/load"
	"xmode/simulator/verify"
)

// loadFlags are those of a load of calls, beside those of a single one.
type loadFlags struct {
	Calls    int           `name:"calls" group:"load" placeholder:"N" help:"Play so many calls and text messages, each with its whole life: query, events, record, recording. Caller and X may then be several, separated by commas."`
	Bindings string        `name:"bindings" group:"load" placeholder:"FILE" type:"existingfile" help:"Have the parties of these bindings (CSV or NDJSON, as xmode bindings import takes them) call each other, in place of --caller and --x."`
	Rate     float64       `name:"rate" group:"load" placeholder:"N" help:"Calls that begin in a second; without it: as many as the endpoint takes."`
	Parallel int           `name:"parallel" group:"load" default:"16" help:"Connections."`
	Seed     uint64        `name:"seed" group:"load" placeholder:"N" help:"What calls there are and what goes wrong follows from it; default: drawn, and printed."`
	Speed    float64       `name:"speed" group:"load" default:"1000" help:"How much faster than life calls go by and pushes are repeated."`
	Texts    float64       `name:"texts" group:"load" default:"0.1" help:"Share of text messages."`
	Batch    int           `name:"batch" group:"load" default:"50" help:"Records in a push, at most."`
	Timeout  time.Duration `name:"timeout" group:"load" placeholder:"TIME" help:"How long the platform waits for an answer to anything; default: what is known of it."`

	troubleFlags
	apiFlags
	verifyFlags

	// typed is what callers type who are asked for an extension.
	typed string

	JSON bool `name:"json" group:"load" help:"Print the summary as JSON."`
}

// troubleFlags are the shares of what goes wrong on purpose.
type troubleFlags struct {
	Trouble    float64  `name:"trouble" group:"trouble" default:"0" help:"Share of messages that meet each of the following, where nothing else is said."`
	Duplicates *float64 `name:"duplicates" group:"trouble" placeholder:"SHARE" help:"Sent again although they were taken."`
	Reorder    *float64 `name:"reorder" group:"trouble" placeholder:"SHARE" help:"Calls of which is told in any order."`
	Late       *float64 `name:"late" group:"trouble" placeholder:"SHARE" help:"Pushes that come up to ten minutes late."`
	Lost       *float64 `name:"lost" group:"trouble" placeholder:"SHARE" help:"Pushes that do not arrive at first, and come by the platform's schedule."`
	Spoilt     *float64 `name:"bad-signatures" group:"trouble" placeholder:"SHARE" help:"Sent with a wrong signature before."`
	Skewed     *float64 `name:"skewed" group:"trouble" placeholder:"SHARE" help:"Sent as signed by a clock that is wrong before."`
	Replayed   *float64 `name:"replayed" group:"trouble" placeholder:"SHARE" help:"Sent with the nonce of another message before."`
	Slow       *float64 `name:"slow" group:"trouble" placeholder:"SHARE" help:"Sent slowly, in pieces."`
	Cut        *float64 `name:"cut" group:"trouble" placeholder:"SHARE" help:"Cut with the connection, in the middle or before the answer."`
}

// checkFlags looks at what the command line says before anything is sent.
func (f *loadFlags) checkFlags(ctx context.Context, s *simulated) error {
	switch {
	case f.Calls > 0 && f.Speed < 1:
		return usageError{"--speed: has to be 1 or more"}
	case f.Calls < 0:
		return usageError{"--calls: has to be above zero"}
	case f.Calls == 0 && (f.Verify || f.JSON || f.Bindings != "" || f.APIListen != "" || f.Trouble > 0):
		return usageError{"--verify, --json, --bindings, --api-listen and --trouble are for a load: say how many --calls"}
	case f.Calls > 0 && (s.SMS || s.CallID != "" || s.BreakSignature):
		return usageError{"--sms, --call-id and --break-signature are for a single call; with --calls there are --texts and --bad-signatures"}
	case f.Calls == 0 || f.Bindings == "":
		return s.check(ctx)
	case s.X != "" || s.Caller != "":
		return usageError{"--bindings says who calls whom: --x and --caller are not for that"}
	}
	return s.checkTarget(ctx)
}

// trouble gathers the shares.
func (f *troubleFlags) trouble() load.Trouble {
	share := func(own *float64) float64 {
		if own != nil {
			return *own
		}
		return f.Trouble
	}
	return load.Trouble{
		Duplicates: share(f.Duplicates), Reorder: share(f.Reorder), Late: share(f.Late), Lost: share(f.Lost), Spoilt: share(f.Spoilt),
		Skewed: share(f.Skewed), Replayed: share(f.Replayed), Slow: share(f.Slow), Cut: share(f.Cut),
	}
}

// played is a platform that is ready to be played.
type played struct {
	platform load.Platform
	// sum is the digest of a call's recording, as the platform serves it.
	sum func(callID string) (sha256 string, ok bool)
}

// play plays a load, prints what came of it, and fails if anything was lost.
func (f *loadFlags) play(ctx context.Context, s *simulated, input *server.Input, std streams, ready func(*platformAPIs) (played, error)) error {
	parties, err := f.parties(s)
	if err != nil {
		return err
	}
	f.drawSeed()
	apis, err := f.listen(std)
	if err != nil {
		return err
	}
	defer apis.close()
	p, err := ready(apis)
	if err != nil {
		return err
	}
	config, err := f.config(s.URL, parties, p.platform)
	if err != nil {
		return err
	}
	verifier, err := f.verifier(input, config, p)
	if err != nil {
		return err
	}
	l, err := load.New(config)
	if err != nil {
		return usageError{err.Error()}
	}
	if verifier != nil {
		if err := verifier.Reach(ctx); err != nil {
			return fmt.Errorf("--verify: %w", err)
		}
	}
	apis.stops(l)
	made := summary{Load: f.run(ctx, std, l)}
	made.Verdict, err = compare(ctx, verifier, l, config.Calls)
	made.Breaches = apis.breaches()
	return errors.Join(made.write(std.out, f.JSON), err, made.failed(ctx))
}

// compare has what the endpoint has compared with what it must have, if that is
// asked for.
func compare(ctx context.Context, v *verify.Verifier, l *load.Load, calls int) (*verify.Verdict, error) {
	if v == nil || ctx.Err() != nil {
		return nil, nil
	}
	verdict, err := v.Verify(ctx, l.Wants(), calls)
	if err != nil {
		return nil, fmt.Errorf("--verify: %w", err)
	}
	return verdict, nil
}

// drawSeed draws the seed, if none was given: before anything follows from it.
func (f *loadFlags) drawSeed() {
	if f.Seed == 0 {
		f.Seed = uint64(time.Now().UnixNano() % 1_000_000)
	}
}

// config gathers what the flags say.
func (f *loadFlags) config(url string, parties []load.Party, p load.Platform) (c load.Config, err error) {
	now := time.Now()
	if f.Timeout > 0 {
		p = hurried{p, f.Timeout}
	}
	var secured *tls.Config
	if f.CA != "" {
		if secured, err = trusting(f.CA); err != nil {
			return c, err
		}
	}
	return load.Config{
		TLS: secured,
		URL: strings.TrimSuffix(url, "/"), Platform: p, Parties: parties, Calls: f.Calls, Texts: f.Texts, Rate: f.Rate, Parallel: f.Parallel,
		Seed: f.Seed, Speed: f.Speed, Batch: f.Batch, Trouble: f.trouble(), Now: time.Now,
		Prefix: "simulated-" + now.UTC().Format("20060102T150405") + "-" + strings.ToLower(rand.Text()[:4]) + "-",
	}, nil
}

// hurried is a platform with a patience of its own.
type hurried struct {
	load.Platform
	patience time.Duration
}

// Terms are the platform's, but for the patience.
func (h hurried) Terms() load.Terms {
	terms := h.Platform.Terms()
	terms.Query, terms.Push = h.patience, h.patience
	return terms
}

// Memory of a load: it makes little that stays, so that it may wait longer before it
// tidies up, as long as there is room.
const (
	garbagePercent = 400
	memoryLimit    = 384 << 20
)

// run runs a load, with a bar where somebody is looking.
func (f *loadFlags) run(ctx context.Context, std streams, l *load.Load) load.Report {
	if std.terminal {
		live := &loadText{progress: l.Progress}
		defer newBar(std.err, live.next).close()
	}
	defer debug.SetGCPercent(debug.SetGCPercent(garbagePercent))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryLimit))
	return l.Run(ctx)
}
