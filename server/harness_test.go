package server_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"xmode/call"
	"xmode/server"
	"xmode/signature"
	"xmode/store"
)

// The keys of the servers under test.
const (
	apiKey    = "0123456789abcdef"
	aliyunKey = "testSecret"
)

// clock is moved by hand, from the real time on: signatures and certificates
// are compared with it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// fakeStore is a store whose answers a test chooses. What a test does not
// choose, it must not reach.
type fakeStore struct {
	server.Store
	route func(ctx context.Context) (call.Routes, store.Seen, error)
	leave func([]call.Trace)
	ping  func() error
	sweep func() (int, error)
	close func()
	// durable is what CheckDurability says, deposit what becomes of a push, retire
	// how many records go.
	durable func() error
	deposit func(store.Delivery) (store.Deposited, error)
	retire  func(before time.Time) (int, error)
	inspect func(context.Context) (store.Inspection, error)
}

// Inspect sees no servers, unless a test has some.
func (f *fakeStore) Inspect(ctx context.Context) (store.Inspection, error) {
	if f.inspect == nil {
		return store.Inspection{}, nil
	}
	return f.inspect(ctx)
}

func (f *fakeStore) CheckDurability(context.Context) error {
	if f.durable == nil {
		return nil
	}
	return f.durable()
}

// FileRecordings has nothing to file, ClaimRecordings finds no work.
func (f *fakeStore) FileRecordings(context.Context) error { return nil }

func (f *fakeStore) ClaimRecordings(context.Context, call.Platform, int) ([]store.Claim, error) {
	return nil, nil
}

func (f *fakeStore) Deposit(_ context.Context, d store.Delivery) (store.Deposited, error) {
	return f.deposit(d)
}

func (f *fakeStore) Retire(_ context.Context, before time.Time) (int, error) { return f.retire(before) }

func (f *fakeStore) Route(ctx context.Context, _ call.Query, _ *store.Message) (call.Routes, store.Seen, error) {
	return f.route(ctx)
}

func (f *fakeStore) Leave(_ context.Context, traces []call.Trace) error {
	f.leave(traces)
	return nil
}

func (f *fakeStore) Ping(context.Context) error {
	if f.ping == nil {
		return nil
	}
	return f.ping()
}

func (f *fakeStore) Sweep(context.Context, time.Time) (int, error) {
	if f.sweep == nil {
		return 0, nil
	}
	return f.sweep()
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// options are what a test wants of a server.
type options struct {
	store  *fakeStore // nil: the embedded one
	clock  *clock
	env    []string
	args   []string
	hangup <-chan os.Signal
	log    io.Writer
}

// running is a server in service.
type running struct {
	*server.Server
	// ping and sweep drive the loops. A tick is taken when what the one before
	// set off is done.
	ping, sweep, retire, durability, checkup chan time.Time
	// count, forget and fetch are those of recordings; fetch is Huawei's.
	count, forget, fetch chan time.Time
	// stop asks it to stop, done gives what Run returned.
	stop context.CancelFunc
	done <-chan error
}

// start runs a server on free ports until the end of the test.
func start(t *testing.T, o options) *running {
	t.Helper()
	env := append([]string{"XMODE_REDIS=embedded", "XMODE_LISTEN=127.0.0.1:0", "XMODE_ADMIN_LISTEN=127.0.0.1:0", "XMODE_DRAIN_DELAY=0s"}, o.env...)
	if o.clock == nil {
		o.clock = newClock()
	}
	if o.log == nil {
		o.log = io.Discard
	}
	r := &running{}
	ticks := map[string]chan time.Time{}
	for loop, at := range map[string]*chan time.Time{
		server.PingLoop: &r.ping, server.SweepLoop: &r.sweep, server.RetireLoop: &r.retire, server.DurabilityLoop: &r.durability,
		server.CheckupLoop: &r.checkup, server.CountLoop: &r.count, server.ForgetLoop: &r.forget, server.FetchLoop + "huawei": &r.fetch,
	} {
		*at = make(chan time.Time)
		ticks[loop] = *at
	}
	config := server.Config{
		Settings: *mustLoad(t, env, o.args...), Log: slog.New(slog.NewTextHandler(o.log, nil)), Version: "test",
		Hangup: o.hangup, Now: o.clock.time,
		Ticker: func(loop string, _ time.Duration) (<-chan time.Time, func()) { return ticks[loop], func() {} },
	}
	if o.store != nil {
		config.Open = func() (server.Store, func() error, error) {
			return o.store, func() error {
				if o.store.close != nil {
					o.store.close()
				}
				return nil
			}, nil
		}
	}
	s, err := server.New(config)
	if err != nil {
		t.Fatal(err)
	}
	r.Server = s
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	ended := make(chan struct{})
	go func() { defer close(ended); done <- s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	r.stop, r.done = cancel, done
	return r
}

// public and admin are URLs on the listeners.
func (r *running) public(path string) string { return "http://" + r.PublicAddr().String() + path }
func (r *running) admin(path string) string  { return "http://" + r.AdminAddr().String() + path }

// get returns status and body; a key, if there is one, goes along.
func get(t *testing.T, address, key string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// query is the path of a signed query of Alibaba Cloud.
func query(t *testing.T, key, nonce string, now time.Time) string {
	t.Helper()
	params := []signature.Param{}
	values := url.Values{}
	for name, value := range map[string]string{
		"callNo": "13900001111", "secretNo": "17000000001", "recordType": "CAL", "callId": "c1", "callTime": "20260101120000",
		"format": "JSON", "signatureMethod": "HMAC-SHA1", "signatureVersion": "1.0", "signatureNonce": nonce,
		"timestamp": now.UTC().Format("2006-01-02T15:04:05Z"),
	} {
		params = append(params, signature.Param{Name: name, Value: value})
		values.Set(name, value)
	}
	signer, err := signature.NewSigner(key, signature.PlainForm)
	if err != nil {
		t.Fatal(err)
	}
	values.Set("signature", signer.Sign(params))
	return "/aliyun/call-control?" + values.Encode()
}

// answered decodes the interesting part of an answer.
func answered(t *testing.T, body string) (operate, message string) {
	t.Helper()
	var a struct {
		Model struct{ ControlOperate, ControlMsg string }
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return a.Model.ControlOperate, a.Model.ControlMsg
}

// listenError tries to run a server and returns what came of it.
func listenError(t *testing.T, args ...string) error {
	t.Helper()
	s, err := server.New(server.Config{
		Settings: *mustLoad(t, []string{"XMODE_REDIS=embedded"}, args...), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.Run(t.Context())
}
