package redisstore

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// claimIDs takes the leases of all ids, or with Dry only looks where they are,
// and returns their X numbers; *store.Missing when ids to be unbound are
// unknown.
func (s *Store) claimIDs(ctx context.Context, c store.Change, p *plan) (map[call.ID]call.Number, error) {
	wants := make(map[call.ID]call.Number, len(c.Unbind)+len(p.bind))
	for _, b := range p.bind {
		wants[b.ID] = b.X
	}
	for _, id := range c.Unbind {
		wants[id] = call.Number{} // wherever it is
	}
	claim := s.leaseIDs
	if c.Dry {
		claim = s.findIDs
	}
	where, err := claim(ctx, c.At, p, wants)
	if err != nil {
		return nil, err
	}
	missing := &store.Missing{}
	for _, id := range c.Unbind {
		if _, known := where[id]; !known && !slices.Contains(missing.IDs, id) {
			missing.IDs = append(missing.IDs, id)
		}
	}
	if len(missing.IDs) > 0 {
		return nil, missing
	}
	return where, nil
}

// leaseIDs takes the leases into the plan. Ids that are wanted wherever they
// are and that are unknown are left out of the result. While one is busy none
// is held: two changes that name the same ids would wait for each other.
func (s *Store) leaseIDs(ctx context.Context, at time.Time, p *plan, wants map[call.ID]call.Number) (where map[call.ID]call.Number, err error) {
	ids, evicted := slices.Collect(maps.Keys(wants)), map[call.ID]bool{}
	err = s.patiently(ctx, func() error {
		if where, err = s.leaseOnce(ctx, p, ids, wants); err == nil {
			return nil
		}
		s.giveBack(ctx, p)
		other, onAnother := errors.AsType[*elsewhere](err)
		switch {
		case !onAnother:
			return err
		case evicted[other.id]:
			return store.ErrXImmutable
		}
		evicted[other.id] = true
		if err := s.evict(ctx, at, other.id); err != nil {
			return err
		}
		return store.ErrBusy // again, now that there is room
	})
	return where, err
}

// leaseOnce takes what it can get into the plan; the error is the first reason
// for which it did not get all.
func (s *Store) leaseOnce(ctx context.Context, p *plan, ids []call.ID, wants map[call.ID]call.Number) (map[call.ID]call.Number, error) {
	leases, errs, err := s.reserveAll(ctx, ids, wants, newToken())
	if err != nil {
		return nil, err
	}
	where := make(map[call.ID]call.Number, len(ids))
	for i, id := range ids {
		switch {
		case errs[i] == nil:
			p.leases[id], where[id] = leases[i], leases[i].x
		case !errors.Is(errs[i], store.ErrNotFound) && err == nil:
			err = errs[i]
		}
	}
	return where, err
}

// giveBack returns the leases of a plan that has written nothing.
func (s *Store) giveBack(ctx context.Context, p *plan) {
	ctx, cancel := settled(ctx)
	defer cancel()
	_ = s.exec(ctx, func(pipe redis.Pipeliner) {
		for _, l := range p.leases {
			s.release(ctx, pipe, l, l.unused(), time.Time{})
		}
	})
	clear(p.leases)
}

// reserveAll asks for leases in one round trip; each has its own error.
func (s *Store) reserveAll(ctx context.Context, ids []call.ID, wants map[call.ID]call.Number, token string) ([]lease, []error, error) {
	cmds := make([]*redis.Cmd, len(ids))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i, id := range ids {
			cmds[i] = s.reserve(ctx, p, id, wants[id], token)
		}
	})
	if err != nil {
		return nil, nil, unavailable("taking leases", err)
	}
	leases, errs := make([]lease, len(ids)), make([]error, len(ids))
	for i, id := range ids {
		leases[i], errs[i] = readLease(cmds[i], id, token)
	}
	return leases, errs, nil
}

// findIDs is leaseIDs for a change that changes nothing.
func (s *Store) findIDs(ctx context.Context, at time.Time, _ *plan, wants map[call.ID]call.Number) (map[call.ID]call.Number, error) {
	places, err := s.locate(ctx, slices.Collect(maps.Keys(wants)))
	if err != nil {
		return nil, err
	}
	where := make(map[call.ID]call.Number, len(wants))
	for id, x := range wants {
		if !x.IsZero() {
			where[id] = x
		}
	}
	for _, at2 := range places {
		wanted := wants[at2.id]
		if wanted.IsZero() {
			where[at2.id] = at2.x
		} else if wanted != at2.x {
			e, err := s.Get(ctx, at2.id)
			if err == nil && !e.Binding.Expired(at) {
				return nil, store.ErrXImmutable
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
		}
	}
	return where, nil
}
