package redisstore

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// Limits of one batch of Retire: Redis serves nobody else while a script runs.
const (
	retireBatch = 100   // entries of a journal
	trimBatch   = 5_000 // entries of a stream for consumers
)

// Retire removes the oldest entries, partition by partition, with all that leads
// to them: no index is searched, since each document says where it is listed.
func (s *Store) Retire(ctx context.Context, before time.Time) (int, error) {
	gone := 0
	for n := range s.partitions {
		retired, err := s.retirePartition(ctx, n, before)
		if err == nil {
			err = s.trim(ctx, n, before)
		}
		gone += retired
		if err != nil {
			return gone, unavailable("retiring records", err)
		}
	}
	dropped, err := s.retireQuarantine(ctx, before)
	return gone + dropped, unavailable("retiring the quarantine", err)
}

// retirePartition removes one batch.
func (s *Store) retirePartition(ctx context.Context, n int, before time.Time) (int, error) {
	base := s.keys.partition(n)
	entries, err := s.client.XRangeN(ctx, base.key("j"), "-", "+", retireBatch).Result()
	if err != nil {
		return 0, err
	}
	args, upTo, count := []any{0}, 1, 0
	for i, entry := range entries {
		leads, came, err := s.leadsTo(base, entry)
		if err == nil && !came.Before(before) {
			break
		}
		args = append(args, leads...)
		if err == nil { // one that cannot be read goes with an older one behind it, and not before
			args[0], upTo, count = leads[0], len(args), i+1
		}
	}
	if count == 0 {
		return 0, nil
	}
	return count, s.exec(ctx, func(p redis.Pipeliner) { s.scripts.retire.call(ctx, p, []string{string(base)}, args[:upTo]...) })
}

// leadsTo are the arguments of the script for one entry, and when it came.
func (s *Store) leadsTo(base partition, entry redis.XMessage) (args []any, came time.Time, err error) {
	args = []any{trimID(entry.ID), "", "", "", "", "", "", "", ""}
	text, _ := entry.Values["d"].(string)
	sort, document, err := s.packer.unpack(text)
	if err != nil {
		return args, came, err
	}
	d := kept{sort: sort, json: document}
	times, err1 := timesOf(document)
	head, err2 := headOf(d)
	if err := errors.Join(err1, err2); err != nil {
		return args, came, err
	}
	if f, ok := identityOf(d); ok {
		at := placeOf(f)
		args[1], args[2] = base.identity(at.bucket), at.member[:]
	}
	args[3], args[4] = base.callOf(head.CallID, call.CallFingerprint(head.Platform, head.CallID))
	if sort == sortRecord {
		args[5] = base.dialled(head.Platform, call.NumberFromStore(times.X))
		args[6] = base.callers(head.Platform, call.NumberFromStore(times.Caller))
		args[7], args[8] = inverted(times.at()), base.slice(head.Platform, minuteOf(times.at()))
	}
	if sort == sortQuery {
		return args, times.at(), nil
	}
	return args, times.First, nil
}

// trimID is the number in the id of an entry, N-0.
func trimID(id string) string { return strings.TrimSuffix(id, "-0") }

// trim ends old entries of the stream for consumers: whole nodes, a bounded
// number at a time, and the rest once no whole node is left.
func (s *Store) trim(ctx context.Context, n int, before time.Time) error {
	stream, oldest := s.keys.partition(n).key("records"), strconv.FormatInt(before.UnixMilli(), 10)
	gone, err := s.client.XTrimMinIDApprox(ctx, stream, oldest, trimBatch).Result()
	if err != nil || gone > 0 {
		return err
	}
	return s.client.XTrimMinID(ctx, stream, oldest).Err()
}

// retireQuarantine removes one batch.
func (s *Store) retireQuarantine(ctx context.Context, before time.Time) (int, error) {
	members, err := s.client.ZRangeByLex(ctx, s.keys.partition(0).key("qt"),
		&redis.ZRangeBy{Min: "[" + inverted(before.Add(-time.Millisecond)), Max: "+", Count: retireBatch}).Result()
	if err != nil || len(members) == 0 {
		return 0, err
	}
	return len(members), s.drop(ctx, members...)
}

var _ store.Retention = (*Store)(nil)
