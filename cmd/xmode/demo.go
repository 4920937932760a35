package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/alecthomas/kong"

	"xmode/platform/aliyun/sim"
	"xmode/server"
)

// demoCmd is `xmode demo`: endpoint, store and platform in one process.
type demoCmd struct {
	Keep bool `help:"Stay up afterwards, to be tried by hand, until interrupted."`
}

// errDemo: the transcript says which steps.
var errDemo = errors.New("demo: not every step did what it should")

// Run tells the story and fails if a step did not do what it should.
func (c *demoCmd) Run(ctx context.Context, std streams) error {
	d, err := newDemo(std)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	running := make(chan error, 1)
	go func() { running <- d.endpoint.Run(ctx) }()
	err = d.tell(ctx)
	if c.Keep && err == nil {
		d.keep(ctx)
	}
	stop()
	return errors.Join(err, <-running)
}

// demo is the endpoint, the platform's side, and the paper they write on.
type demo struct {
	paper
	clock      *shiftedClock
	endpoint   *server.Server
	signingKey string
	apiKey     string
	platform   *sim.Client
	admin      *client
	calls      int
}

// newDemo starts an endpoint on free ports of this machine, with keys of its
// own making and a store that is gone afterwards.
func newDemo(std streams) (*demo, error) {
	d := &demo{paper: paper{out: std.out}, clock: &shiftedClock{}, signingKey: rand.Text(), apiKey: rand.Text()}
	settings, err := demoSettings(d.signingKey, d.apiKey)
	if err != nil {
		return nil, err
	}
	if d.endpoint, err = server.New(server.Config{
		Settings: settings, Log: slog.New(slog.DiscardHandler), Now: d.clock.now,
	}); err != nil {
		return nil, err
	}
	if err := d.endpoint.Listen(); err != nil {
		return nil, errors.Join(err, d.endpoint.Close())
	}
	return d, d.connect()
}

// demoSettings are those of serve, given as an operator would give them.
func demoSettings(signingKey, apiKey string) (server.Settings, error) {
	var line struct {
		server.Settings `embed:""`
	}
	line.Settings = server.NewSettings()
	input, err := server.NewInput([]string{
		"XMODE_REDIS=embedded", "XMODE_ALIYUN_KEYS=" + signingKey, "XMODE_API_KEYS=demo:admin:" + apiKey,
		"XMODE_ALIYUN_IVR_CODE=welcome-extension",
	})
	if err != nil {
		return line.Settings, err
	}
	parser, err := kong.New(&line, input.Options()...)
	if err != nil {
		return line.Settings, err
	}
	if _, err := parser.Parse([]string{"--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"}); err != nil {
		return line.Settings, err
	}
	return line.Settings, input.LoadToServe(&line.Settings)
}

// connect makes the clients of both listeners.
func (d *demo) connect() (err error) {
	d.platform, err = sim.New(sim.Config{
		URL: "http://" + d.endpoint.PublicAddr().String() + "/aliyun/call-control", Key: d.signingKey, Now: d.clock.now,
	})
	if err == nil {
		d.admin, err = newClient("http://"+d.endpoint.AdminAddr().String(), d.apiKey, "")
	}
	return err
}

// keep says how to go on by hand, and waits.
func (d *demo) keep(ctx context.Context) {
	d.printf("\nThe endpoint stays up until Ctrl-C:\n")
	d.printf("  platform paths  http://%s/aliyun/call-control   signing key %s\n", d.endpoint.PublicAddr(), d.signingKey)
	d.printf("  admin listener  http://%s   bearer key %s\n", d.endpoint.AdminAddr(), d.apiKey)
	d.printf("Its clock is %s ahead.\n", time.Duration(d.clock.ahead.Load()))
	<-ctx.Done()
}

// shiftedClock is the system's clock, moved ahead where the story jumps. Both
// sides go by it.
type shiftedClock struct{ ahead atomic.Int64 }

func (c *shiftedClock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *shiftedClock) jump(d time.Duration) { c.ahead.Add(int64(d)) }

// callID makes up an id as platforms do.
func (d *demo) callID() string {
	d.calls++
	return fmt.Sprintf("demo-%s^%d", d.clock.now().UTC().Format("20060102"), 104_921+d.calls)
}
