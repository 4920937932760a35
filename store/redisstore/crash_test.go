package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
	"xmode/store/redisstore"
	"xmode/store/storetest"
)

var errDied = errors.New("the writer died")

// mortal is a client whose process dies after a number of commands, also in the
// middle of a pipeline.
type mortal struct{ left int }

func (m *mortal) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (m *mortal) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if m.left == 0 {
			cmd.SetErr(errDied)
			return errDied
		}
		m.left--
		return next(ctx, cmd)
	}
}

func (m *mortal) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		n := min(m.left, len(cmds))
		m.left -= n
		var err error
		if n > 0 {
			err = next(ctx, cmds[:n])
		}
		for _, cmd := range cmds[n:] {
			cmd.SetErr(errDied)
			err = errDied
		}
		return err
	}
}

// TestWriterDies kills writers after each of their commands. Whatever they
// leave, the routes stay unique, and a later write, the sweeper and readers put
// the rest right.
func TestWriterDies(t *testing.T) {
	addr := storetest.Redis(t)
	healthy := connect(t, addr)
	clock := storetest.NewClock()
	for name, op := range map[string]func(ctx context.Context, s *redisstore.Store) error{
		"create": func(ctx context.Context, s *redisstore.Store) error {
			return s.Put(ctx, clock.Now(), store.Write{Binding: pair(3, "+8617000000001", "+8613700000003", "+8613700000004")})[0].Err
		},
		"create without an id": func(ctx context.Context, s *redisstore.Store) error {
			return s.Put(ctx, clock.Now(), store.Write{Binding: pair(0, "+8617000000001", "+8613700000003", "+8613700000004")})[0].Err
		},
		"replace": func(ctx context.Context, s *redisstore.Store) error {
			return s.Put(ctx, clock.Now(), store.Write{Binding: pair(1, "+8617000000001", "+8613700000003", "+8613700000004")})[0].Err
		},
		"delete": func(ctx context.Context, s *redisstore.Store) error {
			if err := s.Delete(ctx, 1, nil); !errors.Is(err, store.ErrNotFound) {
				return err
			}
			return nil
		},
		"change": func(ctx context.Context, s *redisstore.Store) error {
			_, err := s.Apply(ctx, store.Change{At: clock.Now(), Unbind: []call.ID{1, 2}, Bind: []call.Binding{
				pair(0, "+8617000000001", "+8613700000003", "+8613700000004"),
				pair(5, "+8617000000003", "+8613700000005", "+8613700000006"),
				pair(1, "+8617000000001", "+8613700000007", "+8613700000008"),
			}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for budget := 0; ; budget++ {
				d := &deathbed{T: t, client: healthy, prefix: fmt.Sprintf("%s%d", strings.ReplaceAll(name, " ", ""), budget), clock: clock}
				if d.run(addr, budget, op) {
					t.Logf("%d points of death", budget)
					break
				}
			}
		})
	}
}

// deathbed is one writer's death and what comes after it.
type deathbed struct {
	*testing.T
	client redis.UniversalClient
	prefix string
	clock  *storetest.Clock
}

// run reports whether the writer got through alive.
func (d *deathbed) run(addr string, budget int, op func(context.Context, *redisstore.Store) error) bool {
	d.Helper()
	s := newStore(d, d.client, d.prefix, d.clock.Now)
	for _, b := range []call.Binding{
		pair(1, "+8617000000001", "+8613700000001", "+8613700000002"),
		pair(2, "+8617000000002", "+8613700000001", "+8613700000002"),
	} {
		if err := s.Put(d.Context(), d.clock.Now(), store.Write{Binding: b})[0].Err; err != nil {
			d.Fatal(err)
		}
	}
	dying := connect(d, addr)
	m := &mortal{left: budget}
	dying.AddHook(m)
	ctx, cancel := context.WithTimeout(d.Context(), 50*time.Millisecond) // the dead wait for nobody
	defer cancel()
	_ = op(ctx, newStore(d, dying, d.prefix, d.clock.Now))
	survived := m.left > 0
	d.leasesRunOut()
	if budget%2 == 0 { // the same write again completes it
		err := op(d.Context(), s)
		if errors.Is(err, store.ErrNotFound) {
			err = d.complete(s) // it died when all was done, giving back leases
		}
		if err != nil {
			d.Errorf("after %d commands: the same write again: %v", budget, err)
		}
	}
	d.clock.Advance(16 * time.Minute) // and the sweeper tidies up, with or without it
	for range 64 {
		if _, err := s.Sweep(d.Context(), d.clock.Now()); err != nil {
			d.Fatal(err)
		}
	}
	d.agree(budget, s)
	return survived
}

// complete returns nil when the change of TestWriterDies is whole.
func (d *deathbed) complete(s *redisstore.Store) error {
	owner, _ := call.ParseParty("+8613700000007")
	if ids := d.list(s, store.Filter{Limit: 100}); len(ids) != 3 || !slices.Equal(d.list(s, store.Filter{Limit: 9, Owner: owner}), []call.ID{1}) {
		return fmt.Errorf("half done: %v", ids)
	}
	return nil
}

// leasesRunOut does what five seconds do.
func (d *deathbed) leasesRunOut() {
	for _, key := range d.client.Keys(d.Context(), d.prefix+":{i*:l:*").Val() {
		d.client.Del(d.Context(), key)
	}
}

// agree holds the lists, the indexes and the routes against each other.
func (d *deathbed) agree(budget int, s *redisstore.Store) {
	d.Helper()
	all := d.list(s, store.Filter{Limit: 100})
	var byX, byOwner []call.ID
	for i := 1; i <= 3; i++ {
		x, _ := call.ParseX(fmt.Sprintf("+861700000000%d", i))
		byX = append(byX, d.list(s, store.Filter{Limit: 100, X: x})...)
	}
	for i := 1; i <= 8; i++ {
		owner, _ := call.ParseParty(fmt.Sprintf("+861370000000%d", i))
		byOwner = append(byOwner, d.list(s, store.Filter{Limit: 100, Owner: owner})...)
	}
	slices.Sort(byX)
	slices.Sort(byOwner)
	if !slices.Equal(all, byX) || !slices.Equal(all, byOwner) {
		d.Errorf("after %d commands: bindings %v, by X %v, by owner %v", budget, all, byX, byOwner)
	}
	for key, want := range map[string]int{":{i*:x": len(all), ":{o*": len(all), ":{+*:b": len(all), ":{+*:i": len(all), ":{+*:r": 2 * len(all)} {
		if got := d.count(key); got != want {
			d.Errorf("after %d commands: %d entries in %s, want %d", budget, got, key, want)
		}
	}
}

func (d *deathbed) list(s *redisstore.Store, f store.Filter) []call.ID {
	d.Helper()
	page, err := s.List(d.Context(), f)
	if err != nil {
		d.Fatal(err)
	}
	var ids []call.ID
	for _, e := range page.Entries {
		ids = append(ids, e.Binding.ID)
	}
	slices.Sort(ids)
	return ids
}

// count adds up the entries of all hashes and sets that match.
func (d *deathbed) count(pattern string) int {
	n := 0
	for _, key := range d.client.Keys(d.Context(), d.prefix+pattern).Val() {
		switch d.client.Type(d.Context(), key).Val() {
		case "hash":
			n += int(d.client.HLen(d.Context(), key).Val())
		case "zset":
			n += int(d.client.ZCard(d.Context(), key).Val())
		}
	}
	return n
}

func connect(t testing.TB, addr string) redis.UniversalClient {
	t.Helper()
	client, err := redisstore.Connect("redis://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func pair(id call.ID, x, a, peer string) call.Binding {
	return call.Binding{
		ID: id, X: call.NumberFromStore(x), A: call.NumberFromStore(a),
		Peers: []call.Number{call.NumberFromStore(peer)}, PeerCount: 1, Direction: call.Both, SMS: call.Forward,
	}
}
