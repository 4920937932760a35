package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/store"
	"xmode/store/redisstore"
	"xmode/store/storetest"
)

// circuitLog follows what a store tells of its circuits.
type circuitLog struct{ open, trips atomic.Int64 }

func (l *circuitLog) told(_ string, open bool) {
	if open {
		l.trips.Add(1)
		l.open.Add(1)
		return
	}
	l.open.Add(-1)
}

// hang stops a server where it is; it goes on when the test says so, or ends.
func hang(t *testing.T, client redis.UniversalClient) (resume func()) {
	t.Helper()
	_, rest, _ := strings.Cut(client.Info(t.Context(), "server").Val(), "process_id:")
	id, _, _ := strings.Cut(rest, "\r")
	pid, err := strconv.Atoi(id)
	if err != nil {
		t.Fatal(err)
	}
	signal := func(sig syscall.Signal) {
		if err := syscall.Kill(pid, sig); err != nil {
			t.Fatal(err)
		}
	}
	signal(syscall.SIGSTOP)
	t.Cleanup(func() { signal(syscall.SIGCONT) })
	return func() { signal(syscall.SIGCONT) }
}

// routed asks for a route, and how long that took.
func routed(t *testing.T, s *redisstore.Store, n int) (time.Duration, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, _, err := s.Route(ctx, query("", "+8617000000001", ""), message(n, start))
	return time.Since(start), err
}

// TestCircuit: a Redis that hangs costs a few callers their budget, then nobody; once it
// goes on, the circuit closes by itself.
func TestCircuit(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	var log circuitLog
	s := newStore(t, client, "circuit", time.Now, func(c *redisstore.Config) { c.Circuit = log.told })
	if _, err := routed(t, s, 1); err != nil {
		t.Fatal(err)
	}
	resume := hang(t, client)
	waited := 0
	for n := 2; log.open.Load() == 0 && n < 20; n++ {
		if _, err := routed(t, s, n); !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("route: %v", err)
		}
		waited++
	}
	if waited > 4 {
		t.Errorf("%d callers waited in vain before the circuit was open", waited)
	}
	took, err := routed(t, s, 50)
	if f, ok := errors.AsType[*store.Failure](err); !ok || f.Class != "circuit" || took > 100*time.Millisecond {
		t.Errorf("with an open circuit: %v after %v", err, took)
	}
	if text := err.Error(); !strings.Contains(text, "circuit open: the server does not answer: ") || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an open circuit does not say why: %v", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	resume()
	waitFor(t, func() bool { return log.open.Load() == 0 })
	if _, err := routed(t, s, 60); err != nil {
		t.Errorf("when it is back: %v", err)
	}
	if log.trips.Load() != 1 {
		t.Errorf("the circuit opened %d times", log.trips.Load())
	}
}

// TestCircuitOfOneShard: the other shards of a Cluster go on while one hangs.
func TestCircuitOfOneShard(t *testing.T) {
	client := reach(t, storetest.Shards(t).URL).(*redis.ClusterClient)
	var log circuitLog
	s := newStore(t, client, "shard", time.Now, func(c *redisstore.Config) { c.Circuit = log.told })
	x := "+8617000000001"
	node, err := client.MasterForKey(t.Context(), "shard:{"+x+"}:r")
	if err != nil {
		t.Fatal(err)
	}
	number := func(n int) string { return fmt.Sprintf("+86170000001%02d", n) }
	others := 0
	for n := range 40 {
		if _, _, err := s.Route(t.Context(), query("", number(n), ""), nil); err != nil {
			t.Fatal(err)
		}
	}
	hang(t, node)
	for n := 0; log.open.Load() == 0 && n < 20; n++ {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		_, _, err := s.Route(ctx, query("", x, ""), nil)
		cancel()
		if !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("route: %v", err)
		}
	}
	for n := range 40 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, _, err := s.Route(ctx, query("", number(n), ""), nil)
		cancel()
		switch f, _ := errors.AsType[*store.Failure](err); {
		case err == nil:
			others++
		case f == nil || f.Class != "circuit" && f.Class != "CLUSTERDOWN":
			t.Errorf("%s: %v", number(n), err)
		}
	}
	if others < 10 {
		t.Errorf("%d of 40 X numbers can be looked up", others)
	}
}

// TestRepliesKeepTheCircuitClosed: a server that refuses is there.
func TestRepliesKeepTheCircuitClosed(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	var log circuitLog
	s := newStore(t, client, "replies", time.Now, func(c *redisstore.Config) { c.Circuit = log.told })
	client.ConfigSet(t.Context(), "maxmemory", "1")
	for n := range 10 {
		if _, err := routed(t, s, n); err == nil || !strings.Contains(err.Error(), "OOM") {
			t.Fatalf("route: %v", err)
		}
	}
	if log.trips.Load() != 0 {
		t.Error("the circuit opened")
	}
}
