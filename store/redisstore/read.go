package redisstore

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// place is an id and the X number on which the index says it is.
type place struct {
	id call.ID
	x  call.Number
}

// Get returns one binding. Index entries that do not agree with it are mended.
func (s *Store) Get(ctx context.Context, id call.ID) (store.Entry, error) {
	x, err := s.client.HGet(ctx, s.keys.index(id), id.String()).Result()
	if errors.Is(err, redis.Nil) {
		return store.Entry{}, store.ErrNotFound
	}
	if err != nil {
		return store.Entry{}, unavailable("reading a binding", err)
	}
	entries, err := s.load(ctx, []place{{id, call.NumberFromStore(x)}})
	if err != nil {
		return store.Entry{}, err
	}
	if entries[0] == nil {
		return store.Entry{}, store.ErrNotFound
	}
	return *entries[0], nil
}

// load reads the bindings at the places; nil where there is none. It mends the
// owner index where it lacks one, and has the sweeper look at ids without a
// binding.
func (s *Store) load(ctx context.Context, places []place) ([]*store.Entry, error) {
	bodies := make([]*redis.StringCmd, len(places))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i, at := range places {
			bodies[i] = p.HGet(ctx, s.keys.bodies(at.x), at.id.String())
		}
	})
	if err != nil {
		return nil, unavailable("reading bindings", err)
	}
	entries := make([]*store.Entry, len(places))
	for i, at := range places {
		body, err := bodies[i].Result()
		if errors.Is(err, redis.Nil) {
			continue
		}
		b, err := decodeBody(at.x, at.id, body)
		if err != nil {
			return nil, unavailable("reading bindings", err)
		}
		entries[i] = &store.Entry{Binding: b, ETag: etagOf(body)}
	}
	return entries, s.mend(ctx, places, entries)
}

// mend compares the indexes with what was read. Mending is for the rare entry
// that a crash or a failover left behind, so it goes one by one.
func (s *Store) mend(ctx context.Context, places []place, entries []*store.Entry) error {
	owners := make([]*redis.FloatCmd, len(places))
	index := make([]*redis.StringCmd, len(places))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i, e := range entries {
			if e == nil {
				p.ZAddNX(ctx, s.keys.due(places[i].id), redis.Z{
					Score: float64(s.now().Add(repairAfter).UnixMilli()), Member: places[i].id.String(),
				})
				continue
			}
			owners[i] = p.ZScore(ctx, s.keys.owner(e.Binding.A), ownerMember(e.Binding.A, e.Binding.ID))
			index[i] = p.HGet(ctx, s.keys.index(e.Binding.ID), e.Binding.ID.String())
		}
	})
	if err != nil {
		return unavailable("checking the indexes", err)
	}
	for i, e := range entries {
		if e == nil || owners[i].Err() == nil && index[i].Val() == places[i].x.Full() {
			continue
		}
		if err := s.reindex(ctx, places[i]); err != nil && !errors.Is(err, store.ErrBusy) {
			return err
		}
	}
	return nil
}

// reindex writes the index entries of a binding anew, as its only writer. An id
// that the index has on another X number stays there: the sweeper decides.
func (s *Store) reindex(ctx context.Context, at place) error {
	token := newToken()
	var cmd *redis.Cmd
	if err := s.exec(ctx, func(p redis.Pipeliner) { cmd = s.reserve(ctx, p, at.id, at.x, token) }); err != nil {
		return unavailable("mending an index", err)
	}
	l, err := readLease(cmd, at.id, token)
	if _, ok := errors.AsType[*elsewhere](err); ok {
		return nil
	}
	if err != nil {
		return err // busy: its writer writes the indexes
	}
	_, err = s.finish(ctx, l, s.now(), op{verb: verbSweep, id: at.id})
	return err
}
