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

	aliyun "xmode/platform/aliyun/sim"
	huawei "xmode/platform/huawei/sim"
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
	return errors.Join(err, <-running, d.platforms.close())
}

// demo is the endpoint, the platforms' sides, and the paper they write on.
type demo struct {
	paper
	clock     *shiftedClock
	endpoint  *server.Server
	platforms *demoPlatforms
	secrets   demoSecrets
	aliyun    *aliyun.Client
	receiver  *aliyun.Pusher
	huawei    *huawei.Client
	admin     *client
	calls     int
}

// demoSecrets are what both sides know.
type demoSecrets struct{ signingKey, receiptToken, appSecret, apiKey, accessSecret string }

// appKey names Huawei's app of the demo.
const appKey = "demo-app"

// newDemo starts an endpoint on free ports of this machine, with keys of its
// own making and a store that is gone afterwards.
func newDemo(std streams) (*demo, error) {
	d := &demo{paper: paper{out: std.out}, clock: &shiftedClock{},
		secrets: demoSecrets{rand.Text(), rand.Text(), rand.Text(), rand.Text(), rand.Text()}}
	var err error
	if d.platforms, err = startPlatforms(d.secrets, d.clock.now); err != nil {
		return nil, err
	}
	settings, err := demoSettings(d.secrets, d.platforms)
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
func demoSettings(secrets demoSecrets, platforms *demoPlatforms) (server.Settings, error) {
	var line struct {
		server.Settings `embed:""`
	}
	line.Settings = server.NewSettings()
	input, err := server.NewInput([]string{
		"XMODE_REDIS=embedded", "XMODE_API_KEYS=demo:admin:" + secrets.apiKey,
		"XMODE_ALIYUN_KEYS=" + secrets.signingKey, "XMODE_ALIYUN_RECEIPT_TOKEN=" + secrets.receiptToken,
		"XMODE_HUAWEI_APPS=" + appKey + ":" + secrets.appSecret,
		"XMODE_ALIYUN_ACCESS_KEY_ID=" + accessKey, "XMODE_ALIYUN_ACCESS_KEY_SECRET=" + secrets.accessSecret,
		"XMODE_ALIYUN_IVR_CODE=welcome-extension",
	})
	if err != nil {
		return line.Settings, err
	}
	parser, err := kong.New(&line, input.Options()...)
	if err != nil {
		return line.Settings, err
	}
	if _, err := parser.Parse(append(platforms.settings(), "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--drain-delay=0s")); err != nil {
		return line.Settings, err
	}
	return line.Settings, input.LoadToServe(&line.Settings)
}

// connect makes the clients of both listeners.
func (d *demo) connect() error {
	base := "http://" + d.endpoint.PublicAddr().String()
	var errs [4]error
	d.aliyun, errs[0] = aliyun.New(aliyun.Config{URL: base + "/aliyun/call-control", Key: d.secrets.signingKey, Now: d.clock.now})
	d.receiver, errs[1] = aliyun.NewPusher(aliyun.PushConfig{URL: base + "/aliyun/receipts", Token: d.secrets.receiptToken})
	d.huawei, errs[2] = huawei.New(huawei.Config{
		Addresses: huawei.AddressesAt(base), AppKey: appKey, AppSecret: d.secrets.appSecret, Now: d.clock.now,
	})
	d.admin, errs[3] = newClient("http://"+d.endpoint.AdminAddr().String(), d.secrets.apiKey, "")
	return errors.Join(errs[:]...)
}

// keep says how to go on by hand, and waits.
func (d *demo) keep(ctx context.Context) {
	d.printf("\nThe endpoint stays up until Ctrl-C:\n")
	d.printf("  Alibaba Cloud   http://%s/aliyun/call-control   signing key %s\n", d.endpoint.PublicAddr(), d.secrets.signingKey)
	d.printf("                  http://%s/aliyun/receipts/%s/SecretReport\n", d.endpoint.PublicAddr(), d.secrets.receiptToken)
	d.printf("  Huawei Cloud    http://%s/huawei/call-events   app %s:%s\n", d.endpoint.PublicAddr(), appKey, d.secrets.appSecret)
	d.printf("  admin listener  http://%s   bearer key %s\n", d.endpoint.AdminAddr(), d.secrets.apiKey)
	d.printf("  recordings      %s\n", d.platforms.archive)
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
