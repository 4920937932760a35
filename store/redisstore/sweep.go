package redisstore

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

const (
	sweepBuckets = 256 // looked at in one Sweep, so all of them in 64
	sweepIDs     = 8   // of one bucket in one Sweep
)

// Sweep looks at the ids that are due in the next few buckets: expired bindings
// go, ids that a dead writer left are put right. It returns how many bindings
// went. Several sweepers do not disturb each other.
func (s *Store) Sweep(ctx context.Context, now time.Time) (int, error) {
	begin := int((s.sweepAt.Add(1) - 1) * sweepBuckets % buckets)
	due := make([]*redis.StringSliceCmd, sweepBuckets)
	until := strconv.FormatInt(now.UnixMilli(), 10)
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i := range due {
			due[i] = p.ZRangeByScore(ctx, s.keys.nthBucket(begin+i)+"d", &redis.ZRangeBy{Min: "-inf", Max: until, Count: sweepIDs})
		}
	})
	if err != nil {
		return 0, unavailable("sweeping", err)
	}
	gone := 0
	for _, cmd := range due {
		for _, text := range cmd.Val() {
			swept, err := s.sweepID(ctx, now, text)
			if err != nil {
				return gone, err
			}
			if swept {
				gone++
			}
		}
	}
	return gone, nil
}

// sweepID removes the id's binding if it has expired, and puts its index
// entries right either way.
func (s *Store) sweepID(ctx context.Context, now time.Time, text string) (bool, error) {
	id, err := call.ParseID(text)
	if err != nil {
		return false, unavailable("sweeping", err)
	}
	l, err := s.tryLease(ctx, id)
	switch {
	case errors.Is(err, store.ErrBusy):
		return false, nil
	case errors.Is(err, store.ErrNotFound):
		return false, unavailable("sweeping", s.client.ZRem(ctx, s.keys.due(id), text).Err())
	case err != nil:
		return false, err
	}
	status, err := s.finish(ctx, l, now, op{verb: verbSweep, id: id})
	if errors.Is(err, store.ErrBusy) {
		return false, nil
	}
	return status == deleted, err
}
