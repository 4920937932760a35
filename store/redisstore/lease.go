package redisstore

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

const (
	// leaseTime is how long an id belongs to a writer who does not give it back.
	leaseTime = 5 * time.Second
	// leaseUse, in whole seconds of Redis's clock, is how old a lease may be when
	// the atomic step runs. It is shorter than leaseTime, so that a writer who
	// slept does not write into its successor's work. On Redis Cluster the clocks
	// of two shards are compared: they have to agree within a second.
	leaseUse = 3
	// busyWait is how long a writer waits for another's lease.
	busyWait = leaseTime + time.Second
	// repairAfter is when the sweeper looks at an id whose writer died. Until
	// then a repeated provisioning call still knows the ids it has unbound.
	repairAfter = 15 * time.Minute
)

// lease is the right to write one id.
type lease struct {
	id    call.ID
	x     call.Number
	token string
	// fresh: the id was unknown before.
	fresh bool
	// since is Redis's time when it was taken, in seconds.
	since string
}

// unused is the fate of an id under whose lease nothing was written.
func (l lease) unused() string {
	if l.fresh {
		return drop
	}
	return repair
}

// elsewhere: the id belongs to another X number.
type elsewhere struct {
	id call.ID
	x  call.Number
}

func (e *elsewhere) Error() string { return store.ErrXImmutable.Error() }

// newID draws an id. Ids are random, so that nobody has to keep a counter and
// no two writers meet.
func newID() call.ID { return call.ID(mrand.Uint64N(uint64(call.MaxID))) + 1 }

// newToken names a writer. crypto/rand.Read does not fail.
func newToken() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// reserve queues taking the lease; a zero x takes it where the id is.
func (s *Store) reserve(ctx context.Context, p redis.Pipeliner, id call.ID, x call.Number, token string) *redis.Cmd {
	repair := s.now().Add(repairAfter).UnixMilli()
	return s.scripts.reserve.call(ctx, p, []string{s.keys.index(id), s.keys.due(id), s.keys.lease(id)},
		id.String(), x.Full(), token, leaseTime.Milliseconds(), repair)
}

// readLease returns the lease, or ErrBusy, ErrNotFound, *elsewhere or
// ErrUnavailable.
func readLease(cmd *redis.Cmd, id call.ID, token string) (lease, error) {
	v, err := cmd.StringSlice()
	if err != nil {
		return lease{}, unavailable("taking a lease", err)
	}
	switch {
	case v[0] == "busy":
		return lease{}, store.ErrBusy
	case v[0] == "none":
		return lease{}, store.ErrNotFound
	case v[0] == "elsewhere":
		return lease{}, &elsewhere{id, call.NumberFromStore(v[1])}
	case len(v) != 3:
		return lease{}, unavailable("taking a lease", fmt.Errorf("reserve.lua gave %d values", len(v)))
	}
	return lease{id: id, x: call.NumberFromStore(v[1]), token: token, fresh: v[0] == "new", since: v[2]}, nil
}

// take takes one lease, waiting for another writer.
func (s *Store) take(ctx context.Context, id call.ID, x call.Number) (l lease, err error) {
	token := newToken()
	err = s.patiently(ctx, func() error {
		var cmd *redis.Cmd
		if err := s.exec(ctx, func(p redis.Pipeliner) { cmd = s.reserve(ctx, p, id, x, token) }); err != nil {
			return unavailable("taking a lease", err)
		}
		l, err = readLease(cmd, id, token)
		return err
	})
	return l, err
}

// patiently repeats try while it is ErrBusy, for as long as a dead writer's
// lease can last.
func (s *Store) patiently(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, busyWait)
	defer cancel()
	for {
		err := try()
		if !errors.Is(err, store.ErrBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return store.ErrBusy
		case <-time.After(5*time.Millisecond + mrand.N(20*time.Millisecond)):
		}
	}
}

// What becomes of an id when its lease is given back.
const (
	drop   = "drop"   // the id is free again
	keep   = "keep"   // the id stays, to be swept when its binding expires
	repair = "repair" // nobody knows: the sweeper looks later
)

func (s *Store) release(ctx context.Context, p redis.Pipeliner, l lease, fate string, expires time.Time) {
	s.scripts.release.call(ctx, p, []string{s.keys.index(l.id), s.keys.due(l.id), s.keys.lease(l.id)},
		l.id.String(), l.token, fate, millis(expires))
}

func (s *Store) addOwner(ctx context.Context, p redis.Pipeliner, owner call.Number, id call.ID) {
	p.ZAdd(ctx, s.keys.owner(owner), redis.Z{Member: ownerMember(owner, id)})
}

func (s *Store) dropOwner(ctx context.Context, p redis.Pipeliner, owner call.Number, id call.ID) {
	p.ZRem(ctx, s.keys.owner(owner), ownerMember(owner, id))
}

// settled gives a context for giving leases back, which has to happen also when
// the caller has gone.
func settled(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
}
