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
	entries, err := s.client.XRangeN(ctx, base+"j", "-", "+", retireBatch).Result()
	if err != nil {
		return 0, err
	}
	args := make([]any, 1, 1+7*len(entries))
	count := 0
	for _, entry := range entries {
		leads, old, err := s.leadsTo(entry, before)
		if err != nil {
			return 0, err
		}
		if !old {
			break
		}
		args = append(args, leads...)
		args[0] = leads[0]
		count++
	}
	if count == 0 {
		return 0, nil
	}
	return count, s.exec(ctx, func(p redis.Pipeliner) { s.scripts.retire.call(ctx, p, []string{base}, args...) })
}

// leadsTo are the arguments of the script for one entry, and whether it came
// before the instant. A damaged entry leads nowhere, and goes as if it were old.
func (s *Store) leadsTo(entry redis.XMessage, before time.Time) (args []any, old bool, err error) {
	number, err := strconv.ParseInt(trimID(entry.ID), 10, 64)
	if err != nil {
		return nil, false, errors.Join(errDocument, err)
	}
	text, _ := entry.Values["d"].(string)
	sort, document, err := s.packer.unpack(text)
	d := kept{sort: sort, json: document}
	times, err2 := timesOf(document)
	head, err3 := headOf(d)
	if errors.Join(err, err2, err3) != nil {
		return []any{number, "", "", "", "", "", ""}, true, nil
	}
	came := times.First
	if sort == sortQuery {
		came = times.at()
	}
	if !came.Before(before) {
		return nil, false, nil
	}
	identity := ""
	if f, ok := identityOf(d); ok {
		identity = placed(f)
	}
	joined := placedCall(head.CallID, call.CallFingerprint(head.Platform, head.CallID))
	if sort != sortRecord {
		return []any{number, identity, joined, "", "", "", ""}, true, nil
	}
	x, caller, at := call.NumberFromStore(times.X), call.NumberFromStore(times.Caller), times.at()
	return []any{number, identity, joined, s.partyKey("x:", head.Platform, x), s.partyKey("p:", head.Platform, caller),
		inverted(at), slice(head.Platform, minuteOf(at))}, true, nil
}

// trimID is the number in the id of an entry, N-0.
func trimID(id string) string { return id[:len(id)-len("-0")] }

// trim ends old entries of the stream for consumers: whole nodes, a bounded
// number at a time, and the rest once no whole node is left.
func (s *Store) trim(ctx context.Context, n int, before time.Time) error {
	stream, oldest := s.keys.partition(n)+"records", strconv.FormatInt(before.UnixMilli(), 10)
	gone, err := s.client.XTrimMinIDApprox(ctx, stream, oldest, trimBatch).Result()
	if err != nil || gone > 0 {
		return err
	}
	return s.client.XTrimMinID(ctx, stream, oldest).Err()
}

// retireQuarantine removes one batch.
func (s *Store) retireQuarantine(ctx context.Context, before time.Time) (int, error) {
	members, err := s.client.ZRangeByLex(ctx, s.keys.partition(0)+"qt",
		&redis.ZRangeBy{Min: "[" + inverted(before.Add(-time.Millisecond)), Max: "+", Count: retireBatch}).Result()
	if err != nil || len(members) == 0 {
		return 0, err
	}
	return len(members), s.drop(ctx, members...)
}

var _ store.Retention = (*Store)(nil)
