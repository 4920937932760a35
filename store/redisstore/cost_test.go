package redisstore_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
	"xmode/store/redisstore"
	"xmode/store/storetest"
)

// counter counts round trips and commands.
type counter struct{ trips, commands atomic.Int64 }

func (c *counter) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *counter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() != "hello" { // a new connection introduces itself
			c.trips.Add(1)
			c.commands.Add(1)
		}
		return next(ctx, cmd)
	}
}

func (c *counter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.trips.Add(1)
		c.commands.Add(int64(len(cmds)))
		return next(ctx, cmds)
	}
}

func (c *counter) take() (trips, commands int64) { return c.trips.Swap(0), c.commands.Swap(0) }

func query(caller, x, extension string) call.Query {
	return call.Query{
		Platform: "aliyun", Kind: call.Voice, CallID: "c-1", Caller: call.NumberFromStore(caller),
		X: call.NumberFromStore(x), Extension: extension, CanAsk: true, At: storetest.NewClock().Now(),
	}
}

func message(n int, at time.Time) *store.Message {
	return &store.Message{Platform: "aliyun", Nonce: fmt.Sprintf("n-%d", n), At: at, Until: at.Add(5 * time.Minute)}
}

// TestHotPathRoundTrips: a query costs one round trip of four commands before
// the answer, whatever row decides, and its traces one after it. Calling back
// through an extension, which the first look does not show, costs a second.
func TestHotPathRoundTrips(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	clock := storetest.NewClock()
	s := newStore(t, client, "cost", clock.Now)
	owner, peer, x := "+8613800000021", "+8613900000022", "+8617000000001"
	open, x2 := pair(3, "+8617000000002", owner, peer), "+8617000000002"
	open.Peers, open.PeerCount = nil, 0
	ext := pair(2, x, "+8613700000023", "+8613900000024")
	ext.Extension = "12"
	for _, b := range []call.Binding{pair(1, x, owner, peer), ext, open} {
		if err := s.Put(t.Context(), clock.Now(), store.Write{Binding: b})[0].Err; err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Route(t.Context(), query(peer, x, ""), message(0, clock.Now())); err != nil { // loads the scripts
		t.Fatal(err)
	}
	c := &counter{}
	client.AddHook(c)
	for i, step := range []struct {
		q     call.Query
		trips int64
	}{
		{query(peer, x, ""), 1}, {query(owner, x, ""), 1}, {query("+8613900000024", x, "12"), 1}, {query("+8613700000023", x, ""), 2},
		{query("", x, ""), 1}, {query(peer, x, "99"), 1}, {query(peer, "+8617000000009", ""), 1},
		{query(peer, x2, ""), 1}, {query(owner, x2, ""), 1},
	} {
		q := step.q
		r, _, err := s.Route(t.Context(), q, message(i+1, clock.Now()))
		if err != nil {
			t.Fatal(err)
		}
		if trips, commands := c.take(); trips != step.trips || commands != 3+step.trips {
			t.Errorf("query %d: %d round trips, %d commands, want %d and %d", i, trips, commands, step.trips, 3+step.trips)
		}
		trace := call.Trace{Query: q, Decision: call.Decide(q, r, call.Policy{MaxAsks: 3})}
		if err := s.Leave(t.Context(), []call.Trace{trace, trace}); err != nil {
			t.Fatal(err)
		}
		if trips, _ := c.take(); trips != 1 {
			t.Errorf("query %d: %d round trips after the answer", i, trips)
		}
	}
}

// TestChangeRoundTrips: a change on a thousand X numbers takes as many round
// trips as one on a single one, so that its leases do not run out on a slow line.
func TestChangeRoundTrips(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	clock := storetest.NewClock()
	s := newStore(t, client, "change", clock.Now)
	change := store.Change{At: clock.Now()}
	for i := range 1000 {
		change.Bind = append(change.Bind, pair(call.ID(i+1), fmt.Sprintf("+8617%09d", i), crowdOwner(i), crowdPeer(i)))
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := &counter{}
	client.AddHook(c)
	for round := range 2 { // the second time it unbinds as well
		if _, err := s.Apply(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if trips, _ := c.take(); trips != 5 { // leases, check, owner index, steps, tidying up
			t.Errorf("round %d: %d round trips", round, trips)
		}
		for i := range 500 {
			change.Unbind = append(change.Unbind, call.ID(i+1))
		}
	}
}

// meter counts the bytes of replies.
type meter struct {
	net.Conn
	read *atomic.Int64
}

func (m meter) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	m.read.Add(int64(n))
	return n, err
}

// TestCostDoesNotGrow: an X number with a hundred thousand bindings costs the
// same Redis commands and reply bytes per query as one with ten.
func TestCostDoesNotGrow(t *testing.T) {
	addr := storetest.Redis(t)
	var replies atomic.Int64
	client := redis.NewClient(&redis.Options{Addr: addr, PoolSize: 1, Dialer: func(_ context.Context, network, addr string) (net.Conn, error) {
		conn, err := net.Dial(network, addr)
		return meter{conn, &replies}, err
	}})
	t.Cleanup(func() { _ = client.Close() })
	clock := storetest.NewClock()
	s := newStore(t, client, "grow", clock.Now)
	few, many := "+8617000000001", "+8617000000002"
	crowd(t, s, clock.Now(), few, 10)
	crowd(t, s, clock.Now(), many, 100_000)

	cost := func(x, caller, extension string) string {
		stats := commandStats(t, client)
		before := replies.Load()
		if _, _, err := s.Route(t.Context(), query(caller, x, extension), nil); err != nil {
			t.Fatal(err)
		}
		read := replies.Load() - before
		return fmt.Sprintf("%d reply bytes, commands %v", read, difference(stats, commandStats(t, client)))
	}
	_ = cost(few, crowdPeer(1), "")
	for name, q := range map[string][2]string{
		"peer": {crowdPeer(3), ""}, "owner": {crowdOwner(3), ""}, "stranger": {"+8613912345678", ""},
		"extension": {"+8613912345678", "5"}, "unknown extension": {"+8613912345678", "99999999"},
	} {
		a, b := cost(few, q[0], q[1]), cost(many, q[0], q[1])
		if a != b {
			t.Errorf("%s: with ten bindings %s, with a hundred thousand %s", name, a, b)
		}
		t.Logf("%s: %s", name, b)
	}
}

func crowdOwner(i int) string { return fmt.Sprintf("+86138%08d", i) }
func crowdPeer(i int) string  { return fmt.Sprintf("+86137%08d", i) }

// crowd puts n bindings on x: pairs, and from the second half on extensions.
func crowd(t *testing.T, s *redisstore.Store, at time.Time, x string, n int) {
	t.Helper()
	base := 1_000_000
	if n > 1000 {
		base = 2_000_000
	}
	for begin := 0; begin < n; begin += 500 {
		var writes []store.Write
		for i := begin; i < min(begin+500, n); i++ {
			b := pair(call.ID(base+i), x, crowdOwner(i), crowdPeer(i))
			if i >= n/2 || i == 5 {
				b.Extension, b.Peers, b.PeerCount = fmt.Sprint(i), nil, 0
			}
			writes = append(writes, store.Write{Binding: b})
		}
		for _, out := range s.Put(t.Context(), at, writes...) {
			if out.Err != nil {
				t.Fatal(out.Err)
			}
		}
	}
}

// commandStats reads how often each command ran, but INFO itself.
func commandStats(t *testing.T, client redis.UniversalClient) map[string]string {
	t.Helper()
	info, err := client.Info(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	stats := map[string]string{}
	for line := range strings.SplitSeq(info, "\r\n") {
		name, rest, _ := strings.Cut(line, ":calls=")
		calls, _, ok := strings.Cut(rest, ",")
		if ok && name != "cmdstat_info" {
			stats[strings.TrimPrefix(name, "cmdstat_")] = calls
		}
	}
	return stats
}

func difference(before, after map[string]string) map[string]int {
	d := map[string]int{}
	for name, calls := range after {
		var a, b int
		_, _ = fmt.Sscan(calls, &a)
		_, _ = fmt.Sscan(before[name], &b)
		if a != b {
			d[name] = a - b
		}
	}
	return d
}
