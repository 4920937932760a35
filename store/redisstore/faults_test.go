package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
	"xmode/store/redisstore"
	"xmode/store/storetest"
)

// failing loses single commands of pipelines, before or after they reach Redis.
type failing struct {
	lose  func(redis.Cmder) bool
	heard bool
	then  func() // called after a loss
}

var errCut = errors.New("connection cut")

func (f *failing) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (f *failing) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (f *failing) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		var sent, lost []redis.Cmder
		for _, cmd := range cmds {
			if f.lose(cmd) {
				lost = append(lost, cmd)
			}
			if !f.lose(cmd) || f.heard {
				sent = append(sent, cmd)
			}
		}
		var err error
		if len(sent) > 0 {
			err = next(ctx, sent)
		}
		for _, cmd := range lost {
			cmd.SetErr(errCut)
			err = errCut
		}
		if len(lost) > 0 && f.then != nil {
			f.then()
		}
		return err
	}
}

// writes reports whether a command is a leased atomic step on an X number.
func writes(cmd redis.Cmder, x string) bool {
	const keys, since = 3, 8
	args := cmd.Args()
	return len(args) > since && args[0] == "evalsha" && strings.Contains(fmt.Sprint(args[keys]), "{"+x+"}:r") && args[since] != ""
}

// TestFailedChangeIsUndone lets the write to the second X number fail after the
// check has passed, unheard or unanswered.
func TestFailedChangeIsUndone(t *testing.T) {
	addr := storetest.Redis(t)
	clock := storetest.NewClock()
	for name, heard := range map[string]bool{"unheard": false, "unanswered": true} {
		t.Run(name, func(t *testing.T) {
			healthy, broken := connect(t, addr), connect(t, addr)
			s := newStore(t, healthy, name, clock.Now)
			old := pair(1, "+8617000000001", "+8613700000001", "+8613700000002")
			if err := s.Put(t.Context(), clock.Now(), store.Write{Binding: old})[0].Err; err != nil {
				t.Fatal(err)
			}
			tag := entry(t, s, 1).ETag
			broken.AddHook(&failing{lose: func(c redis.Cmder) bool { return writes(c, "+8617000000002") }, heard: heard})
			_, err := newStore(t, broken, name, clock.Now).Apply(t.Context(), store.Change{
				At: clock.Now(), Unbind: []call.ID{1},
				Bind: []call.Binding{
					pair(2, "+8617000000001", "+8613700000001", "+8613700000003"),
					pair(3, "+8617000000002", "+8613700000001", "+8613700000003"),
				},
			})
			undone, ok := errors.AsType[*store.Undone](err)
			if !ok || undone.Complete || !errors.Is(err, store.ErrUnavailable) {
				t.Fatalf("error %v", err)
			}
			if got := entry(t, s, 1); got.ETag != tag {
				t.Errorf("the unbound binding did not come back as it was")
			}
			for _, id := range []call.ID{2, 3} {
				if _, err := s.Get(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("binding %s is still there: %v", id, err)
				}
			}
		})
	}
}

// TestUndoSparesLaterWrites: a change fails half-way after its leases have run
// out, and somebody has written a binding anew since. That write was
// acknowledged, so the undo leaves it alone and says that it is not complete.
func TestUndoSparesLaterWrites(t *testing.T) {
	addr := storetest.Redis(t)
	clock := storetest.NewClock()
	healthy, broken := connect(t, addr), connect(t, addr)
	s := newStore(t, healthy, "spare", clock.Now)
	x1, x2 := "+8617000000001", "+8617000000002"
	if err := s.Put(t.Context(), clock.Now(), store.Write{Binding: pair(1, x1, "+8613700000001", "+8613700000002")})[0].Err; err != nil {
		t.Fatal(err)
	}
	meanwhile := func() {
		for _, key := range healthy.Keys(t.Context(), "spare:{i*:l:*").Val() {
			healthy.Del(t.Context(), key) // what five seconds do
		}
		if err := s.Put(t.Context(), clock.Now(), store.Write{Binding: pair(1, x1, "+8613700000001", "+8613700000004")})[0].Err; err != nil {
			t.Errorf("later write: %v", err)
		}
	}
	broken.AddHook(&failing{lose: func(c redis.Cmder) bool { return writes(c, x2) }, then: meanwhile})
	_, err := newStore(t, broken, "spare", clock.Now).Apply(t.Context(), store.Change{At: clock.Now(), Bind: []call.Binding{
		pair(1, x1, "+8613700000001", "+8613700000003"), pair(3, x2, "+8613700000001", "+8613700000003"),
	}})
	if undone, ok := errors.AsType[*store.Undone](err); !ok || undone.Complete {
		t.Errorf("error %v", err)
	}
	if peer := entry(t, s, 1).Binding.Peers[0].Full(); peer != "+8613700000004" {
		t.Errorf("the later write is gone: peer %s", peer)
	}
}

func entry(t *testing.T, s *redisstore.Store, id call.ID) store.Entry {
	t.Helper()
	e, err := s.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestScriptsAreLoadedAgain: a restarted server has forgotten the scripts.
func TestScriptsAreLoadedAgain(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	clock := storetest.NewClock()
	s := newStore(t, client, "scripts", clock.Now)
	for range 2 {
		if err := client.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if _, seen, err := s.Route(t.Context(), query("", "+8617000000001", ""), message(1, clock.Now())); err != nil || seen == store.Replayed {
			t.Errorf("route: %v, %v", seen, err)
		}
		if err := client.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(t.Context(), clock.Now(), store.Write{Binding: pair(1, "+8617000000001", "+8613700000001", "+8613700000002")})[0].Err; err != nil {
			t.Errorf("put: %v", err)
		}
	}
}

// TestPingSeesRefusedWrites: a Redis that answers and takes no writes cannot
// file nonces, so nobody may be told that all is well.
func TestPingSeesRefusedWrites(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	s := newStore(t, client, "full", time.Now)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	client.ConfigSet(t.Context(), "maxmemory", "1")
	if err := s.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("full: %v", err)
	}
	client.ConfigSet(t.Context(), "maxmemory", "0")
	client.ReplicaOf(t.Context(), "127.0.0.1", "1")
	if err := s.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "READONLY") {
		t.Errorf("a replica: %v", err)
	}
	client.ReplicaOf(t.Context(), "NO", "ONE")
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("again: %v", err)
	}
}

// TestChangesThatCross: two changes that name the same ids in opposite order do
// not wait for each other until their leases have run out.
func TestChangesThatCross(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	s := newStore(t, client, "cross", time.Now)
	start := time.Now()
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for range 20 {
				c := store.Change{At: time.Now()}
				for i := range 20 {
					c.Bind = append(c.Bind, pair(call.ID(i+1), fmt.Sprintf("+86170000001%02d", i), "+8613700000001", "+8613700000002"))
				}
				if w == 1 {
					slices.Reverse(c.Bind)
				}
				if _, err := s.Apply(t.Context(), c); err != nil {
					t.Errorf("change: %v", err)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("40 changes in %v", time.Since(start))
}

// TestIndexesHeal takes index entries away and puts wrong ones in.
func TestIndexesHeal(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	clock := storetest.NewClock()
	s := newStore(t, client, "heal", clock.Now)
	x, owner := "+8617000000001", "+8613700000001"
	if err := s.Put(t.Context(), clock.Now(), store.Write{Binding: pair(7, x, owner, "+8613700000002")})[0].Err; err != nil {
		t.Fatal(err)
	}
	list := func(f store.Filter) int {
		f.Limit = 10
		page, err := s.List(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Entries)
	}
	byOwner := store.Filter{Owner: call.NumberFromStore(owner)}
	drop := func(pattern string) {
		for _, key := range client.Keys(t.Context(), pattern).Val() {
			client.Del(t.Context(), key)
		}
	}
	drop("heal:{i*")
	if n := list(store.Filter{X: call.NumberFromStore(x)}); n != 1 {
		t.Errorf("by X: %d", n)
	}
	_ = entry(t, s, 7) // the list by X has mended the index by id
	drop("heal:{o*")
	_ = entry(t, s, 7)
	if n := list(byOwner); n != 1 {
		t.Errorf("by owner after a read: %d", n)
	}
	ownerKey := client.Keys(t.Context(), "heal:{o*").Val()[0]
	client.ZAdd(t.Context(), ownerKey, redis.Z{Member: owner + ":0000000000000099"})
	if n := list(byOwner); n != 1 {
		t.Errorf("by owner with a stale entry: %d", n)
	}
	if n := client.ZCard(t.Context(), ownerKey).Val(); n != 1 {
		t.Errorf("stale entry is still there: %d entries", n)
	}
}

// TestKeysExpire: every key has a time to live, or is one of those whose
// absence of one keys.go explains.
func TestKeysExpire(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	clock := storetest.NewClock()
	s := newStore(t, client, "ttl", clock.Now)
	b := pair(7, "+8617000000001", "+8613700000001", "+8613700000002")
	b.Extension, b.Platform, b.ExpiresAt = "12", "aliyun", clock.Now().Add(time.Hour)
	s.Put(t.Context(), clock.Now(), store.Write{Binding: b})
	q := query("+8613700000002", "+8617000000001", "12")
	if _, _, err := s.Route(t.Context(), q, message(1, clock.Now())); err != nil {
		t.Fatal(err)
	}
	ask, reach := call.Decision{Outcome: call.Ask}, call.Decision{Outcome: call.Connect, Callee: b.A, Binding: &b}
	if err := s.Leave(t.Context(), []call.Trace{{Query: q, Decision: ask}, {Query: q, Decision: reach}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), store.AuditEntry{Key: "k"}); err != nil {
		t.Fatal(err)
	}
	lasting := []string{":b", ":r", ":i", ":e:aliyun", ":x", ":d", "{o", "{audit}", "{r0}:j", "{r0}:seq", "{r0}:c"}
	found := 0
	for _, key := range client.Keys(t.Context(), "ttl:*").Val() {
		if client.TTL(t.Context(), key).Val() > 0 {
			continue
		}
		found++
		if !slices.ContainsFunc(lasting, func(part string) bool { return strings.Contains(key, part) }) {
			t.Errorf("no time to live: %q", key)
		}
	}
	if found != len(lasting) {
		t.Errorf("%d lasting keys, want %d", found, len(lasting))
	}
}

// TestUnavailable: whatever happens to Redis, the error is ErrUnavailable, in
// time and without the address.
func TestUnavailable(t *testing.T) {
	client := connect(t, "127.0.0.1:1")
	s := newStore(t, client, "gone", time.Now)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, _, route := s.Route(ctx, query("", "+8617000000001", ""), nil)
	_, get := s.Get(ctx, 1)
	_, list := s.List(ctx, store.Filter{Limit: 1})
	_, apply := s.Apply(ctx, store.Change{Unbind: []call.ID{1}})
	_, sweep := s.Sweep(ctx, time.Now())
	_, _, recent := s.Recent(ctx, 1, "")
	put := s.Put(ctx, time.Now(), store.Write{Binding: pair(1, "+8617000000001", "+8613700000001", "+8613700000002")})[0].Err
	for name, err := range map[string]error{
		"route": route, "get": get, "list": list, "apply": apply, "sweep": sweep, "recent": recent, "put": put,
		"ping": s.Ping(ctx), "delete": s.Delete(ctx, 1, nil), "record": s.Record(ctx, store.AuditEntry{}),
		"leave": s.Leave(ctx, []call.Trace{{Decision: call.Decision{Outcome: call.Ask}}}),
	} {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
