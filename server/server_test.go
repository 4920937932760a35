package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/store"
)

func TestListenersServeTheirOwnPathsOnly(t *testing.T) {
	s := start(t, options{env: []string{"XMODE_ALIYUN_KEYS=" + aliyunKey}})
	for address, want := range map[string]int{
		s.public("/healthz"): 200, s.public("/aliyun/call-control"): 401,
		s.public("/readyz"): 404, s.public("/metrics"): 404, s.public("/v1/bindings"): 404, s.public("/huawei/call-events"): 404,
		s.admin("/metrics"): 200, s.admin("/v1/bindings"): 401, s.admin("/healthz"): 404, s.admin("/aliyun/call-control"): 404,
	} {
		if got, body := get(t, address, ""); got != want {
			t.Errorf("%s: %d, want %d: %s", address, got, want, body)
		}
	}
}

func TestPlatformWithoutKeysHasNoPaths(t *testing.T) {
	var log logBuffer
	s := start(t, options{log: &log})
	if got, _ := get(t, s.public("/aliyun/call-control"), ""); got != http.StatusNotFound {
		t.Errorf("status %d, want 404", got)
	}
	for _, want := range []string{"no platform is configured: nobody can ask for a decision\" keys=\"[XMODE_ALIYUN_KEYS XMODE_ALIYUN_RECEIPT_TOKEN XMODE_ALIYUN_ACCESS_KEY_ID XMODE_ALIYUN_ACCESS_KEY_SECRET XMODE_HUAWEI_APPS]", "no API keys", "EMBEDDED STORE"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not warn of %q:\n%s", want, &log)
		}
	}
}

func TestQueryIsAnsweredFromTheStore(t *testing.T) {
	clock := newClock()
	s := start(t, options{clock: clock, env: []string{"XMODE_ALIYUN_KEYS=" + aliyunKey}})
	status, body := get(t, s.public(query(t, aliyunKey, "n1", clock.time())), "")
	if operate, message := answered(t, body); status != 200 || operate != "REJECT" || message != "NO_SUBS_EXIST" {
		t.Errorf("%d %s", status, body)
	}
}

func TestReadinessFollowsTheStore(t *testing.T) {
	var away atomic.Bool
	away.Store(true)
	s := start(t, options{store: &fakeStore{ping: func() error {
		if away.Load() {
			return fmt.Errorf("%w: refused", store.ErrUnavailable)
		}
		return nil
	}}})
	tick := func() { s.ping <- time.Time{}; s.ping <- time.Time{} } // the second is taken when the first is done
	expect := func(path string, status int, body string) {
		t.Helper()
		if got, text := get(t, s.admin(path), ""); got != status || strings.TrimSpace(text) != body {
			t.Errorf("%s: %d %s, want %d %s", path, got, text, status, body)
		}
	}
	tick()
	expect("/readyz", 503, `{"ready":false,"degraded":["store"]}`)
	away.Store(false)
	tick()
	expect("/readyz", 200, `{"ready":true}`)
	expect("/readyz?strict=1", 200, `{"ready":true}`)
	away.Store(true)
	tick()
	expect("/readyz", 200, `{"ready":true,"degraded":["store"]}`)
	expect("/readyz?strict=1", 503, `{"ready":false,"degraded":["store"]}`)
	if _, metrics := get(t, s.admin("/metrics"), ""); !strings.Contains(metrics, "\nxmode_store_up 0\n") {
		t.Error("xmode_store_up is not 0 while the store is away")
	}
}

// TestReadinessFollowsTheDurability: while nobody knows whether Redis keeps what
// it acknowledges, the endpoint says so, and goes on answering queries.
func TestReadinessFollowsTheDurability(t *testing.T) {
	var lapsed atomic.Bool
	s := start(t, options{store: &fakeStore{durable: func() error {
		if lapsed.Load() {
			return store.ErrNotDurable
		}
		return nil
	}}})
	tick := func() { s.durability <- time.Time{}; s.durability <- time.Time{} }
	s.ping <- time.Time{} // taken when the first ping is done
	for _, c := range []struct {
		lapsed bool
		body   string
		metric string
	}{{false, `{"ready":true}`, "1"}, {true, `{"ready":true,"degraded":["durability"]}`, "0"}, {false, `{"ready":true}`, "1"}} {
		lapsed.Store(c.lapsed)
		tick()
		if status, text := get(t, s.admin("/readyz"), ""); status != 200 || strings.TrimSpace(text) != c.body {
			t.Errorf("lapsed %t: %d %s", c.lapsed, status, text)
		}
		if _, metrics := get(t, s.admin("/metrics"), ""); !strings.Contains(metrics, "\nxmode_durability_confirmed "+c.metric+"\n") {
			t.Errorf("lapsed %t: xmode_durability_confirmed is not %s", c.lapsed, c.metric)
		}
	}
}

// TestStoreOfOtherPartitionsEndsTheProcess: to go on would scatter records.
func TestStoreOfOtherPartitionsEndsTheProcess(t *testing.T) {
	s := start(t, options{store: &fakeStore{ping: func() error { return fmt.Errorf("%w: 2 then, 1 now", store.ErrPartitions) }}})
	if err := <-s.done; !errors.Is(err, store.ErrPartitions) || !strings.Contains(err.Error(), "XMODE_RECORD_PARTITIONS") {
		t.Errorf("ended with %v", err)
	}
}

func TestOldRecordsGoUntilNothingIsLeft(t *testing.T) {
	left := []int{100, 7, 0}
	rounds := make(chan time.Time, 8)
	clock := newClock()
	s := start(t, options{clock: clock, env: []string{"XMODE_RETENTION=48h"}, store: &fakeStore{retire: func(before time.Time) (int, error) {
		n := left[0]
		left = left[1:]
		rounds <- before
		return n, nil
	}}})
	s.retire <- time.Time{}
	for range 3 {
		if before := <-rounds; !before.Equal(clock.time().Add(-48 * time.Hour)) {
			t.Errorf("retired what came before %s", before)
		}
	}
	if _, metrics := get(t, s.admin("/metrics"), ""); !strings.Contains(metrics, "\nxmode_retired_total 107\n") {
		t.Error("xmode_retired_total is not 107")
	}
}

func TestSweeperStopsWhenNothingIsLeft(t *testing.T) {
	left := []int{100, 100, 3, 0}
	rounds := make(chan int, 8)
	s := start(t, options{store: &fakeStore{sweep: func() (int, error) {
		if len(left) == 0 {
			return 0, errors.New("swept too often")
		}
		n := left[0]
		left = left[1:]
		rounds <- n
		return n, nil
	}}})
	s.sweep <- time.Time{}
	for i, want := range []int{100, 100, 3, 0} {
		if got := <-rounds; got != want {
			t.Errorf("batch %d: %d, want %d", i, got, want)
		}
	}
	if _, metrics := get(t, s.admin("/metrics"), ""); !strings.Contains(metrics, "\nxmode_swept_bindings_total 203\n") {
		t.Error("xmode_swept_bindings_total is not 203")
	}
}

// A stop lets the call whose answer is being made have it, tells the load
// balancer meanwhile, writes what the decision leaves, and closes the store
// last.
func TestStopFinishesAnswersInFlight(t *testing.T) {
	inside, release := make(chan struct{}), make(chan struct{})
	var events []string
	fake := &fakeStore{
		route: func(context.Context) (call.Routes, store.Seen, error) {
			close(inside)
			<-release
			return call.Routes{ExtensionsUntil: call.Never}, store.Fresh, nil
		},
		leave: func(traces []call.Trace) { events = append(events, fmt.Sprintf("leave %d", len(traces))) },
		close: func() { events = append(events, "close") },
	}
	clock := newClock()
	s := start(t, options{store: fake, clock: clock, env: []string{"XMODE_ALIYUN_KEYS=" + aliyunKey}, args: []string{"--decision-budget=10s"}})
	s.ping <- time.Time{} // the first ping is done: ready

	answer := make(chan string, 1)
	address := s.public(query(t, aliyunKey, "n1", clock.time()))
	go func() {
		resp, err := http.Get(address)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		var body bytes.Buffer
		_, err = body.ReadFrom(resp.Body)
		answer <- fmt.Sprint(resp.StatusCode, err, " ", body.String())
	}()
	<-inside
	s.stop()
	for status := 0; status != http.StatusServiceUnavailable; {
		status, _ = get(t, s.admin("/readyz"), "")
	}
	close(release)
	if got := <-answer; !strings.HasPrefix(got, "200 <nil> ") || !strings.Contains(got, `"controlOperate":"IVR"`) {
		t.Errorf("the answer in flight: %s", got)
	}
	if err := <-s.done; err != nil {
		t.Errorf("Run: %v", err)
	}
	if diff := cmp.Diff([]string{"leave 1", "close"}, events); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if _, err := http.Get(s.public("/healthz")); err == nil {
		t.Error("still accepting")
	}
}

func TestSecretsRotateOnHangup(t *testing.T) {
	const oldKey, newKey = "old-0123456789abcdef", "new-0123456789abcdef"
	api, signing := file(t, "api", "ops:read:"+oldKey), file(t, "signing", "old")
	clock, hangup := newClock(), make(chan os.Signal)
	var log logBuffer
	s := start(t, options{clock: clock, hangup: hangup, log: &log, env: []string{"XMODE_API_KEYS_FILE=" + api, "XMODE_ALIYUN_KEYS_FILE=" + signing}})
	rotate := func(apiText, signingText string) {
		for name, text := range map[string]string{api: apiText, signing: signingText} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		hangup <- syscall.SIGHUP
		hangup <- syscall.SIGHUP // taken when the first is done
	}
	nonces := 0
	valid := func(apiKey, signingKey string, wantAPI, wantQuery int) {
		t.Helper()
		nonces++
		if got, body := get(t, s.admin("/v1/bindings"), apiKey); got != wantAPI {
			t.Errorf("API key %.3s: %d, want %d: %s", apiKey, got, wantAPI, body)
		}
		path := query(t, signingKey, fmt.Sprint(nonces), clock.time())
		if got, body := get(t, s.public(path), ""); got != wantQuery {
			t.Errorf("signing key %s: %d, want %d: %s", signingKey, got, wantQuery, body)
		}
	}
	valid(oldKey, "old", 200, 200)
	rotate("ops:read:"+newKey+"\n", "new\n")
	valid(newKey, "new", 200, 200)
	valid(oldKey, "old", 401, 401)
	rotate("ops:read:short", "") // both of no use
	valid(newKey, "new", 200, 200)
	for _, want := range []string{
		`level=ERROR msg="secret not usable, keeping the one before" setting=XMODE_API_KEYS error="entry 1: key: must be at least 16`,
		`level=ERROR msg="secret not usable, keeping the one before" setting=XMODE_ALIYUN_KEYS error="file is empty"`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("not in the log: %s\n%s", want, &log)
		}
	}
	if strings.Contains(log.String(), newKey) || strings.Contains(log.String(), "short") {
		t.Errorf("the log shows a key:\n%s", &log)
	}
}

func TestOnlyFilesAreReadAgain(t *testing.T) {
	signing, hangup := file(t, "signing", aliyunKey), make(chan os.Signal)
	var log logBuffer
	start(t, options{hangup: hangup, log: &log, env: []string{"XMODE_API_KEYS=ops:read:" + apiKey, "XMODE_ALIYUN_KEYS_FILE=" + signing}})
	hangup <- syscall.SIGHUP
	hangup <- syscall.SIGHUP // taken when the first is done
	if !strings.Contains(log.String(), `msg="secret read again" setting=XMODE_ALIYUN_KEYS`) || strings.Contains(log.String(), "setting=XMODE_API_KEYS") {
		t.Errorf("the log:\n%s", &log)
	}
}

func TestEveryLimitIsSet(t *testing.T) {
	s := start(t, options{args: []string{"--decision-budget=2s"}})
	type limits struct {
		ReadHeader, Read, Write, Idle time.Duration
		Header                        int
		Streams, Buffer               int
		Stalled                       time.Duration
	}
	var got []limits
	for _, h := range s.HTTPServers() {
		got = append(got, limits{h.ReadHeaderTimeout, h.ReadTimeout, h.WriteTimeout, h.IdleTimeout, h.MaxHeaderBytes,
			h.HTTP2.MaxConcurrentStreams, h.HTTP2.MaxReceiveBufferPerConnection, h.HTTP2.WriteByteTimeout})
	}
	want := []limits{
		{5 * time.Second, 10 * time.Second, 12*time.Second + 500*time.Millisecond, 2 * time.Minute, 24 << 10, 100, 256 << 10, 12*time.Second + 500*time.Millisecond},
		{5 * time.Second, 30 * time.Second, 60 * time.Second, 2 * time.Minute, 24 << 10, 100, 256 << 10, 60 * time.Second},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
}

func TestLongAddressesAreRefusedAndLongQueriesAreNot(t *testing.T) {
	s := start(t, options{env: []string{"XMODE_ALIYUN_KEYS=" + aliyunKey}})
	for length, want := range map[int]int{16<<10 - 2: 401, 64 << 10: 431} {
		if got, _ := get(t, s.public("/aliyun/call-control?a="+strings.Repeat("b", length)), ""); got != want {
			t.Errorf("%d bytes: %d, want %d", length, got, want)
		}
	}
}

func TestTakenAddressStopsTheStart(t *testing.T) {
	s := start(t, options{})
	taken := s.PublicAddr().String()
	want := "admin listener: listen tcp " + taken + ": bind: address already in use"
	if err := listenError(t, "--listen=127.0.0.1:0", "--admin-listen="+taken); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
