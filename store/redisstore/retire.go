package redisstore

import (
	"bytes"
	"context"
	"encoding/binary"
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
	retireBatch = 8     // chunks of a journal
	trimBatch   = 5_000 // entries of a stream for consumers
)

// Retire removes the oldest documents, partition by partition, with all that
// leads to them: no index is searched, since each document says where it is
// listed.
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
	args := []any{"", before.UnixMilli(), len(s.known)}
	for _, p := range s.known {
		args = append(args, string(p))
	}
	gone, err := s.oldest(ctx, base, before, func(id string, leads []any) {
		args[0] = trimID(id)
		args = append(args, leads...)
	})
	if err == nil {
		err = s.onNode(ctx, s.scripts.retire, n, args)
	}
	if err != nil {
		return 0, err
	}
	return gone, nil
}

// oldest gives the oldest entries of a journal that came before the instant, a
// batch of them, and counts their documents. An entry that cannot be read at all
// goes with an older one behind it, and not before.
func (s *Store) oldest(ctx context.Context, base partition, before time.Time, take func(id string, leads []any)) (gone int, err error) {
	for from, readable := "-", false; !readable; {
		entries, err := s.client.XRangeN(ctx, base.key("j"), from, "+", retireBatch).Result()
		if err != nil || len(entries) == 0 {
			return gone, err
		}
		for _, entry := range entries {
			leads, documents, came := s.leadsTo(base, entry)
			if documents == 0 {
				continue
			}
			if readable = true; !came.Before(before) {
				return gone, nil
			}
			take(entry.ID, leads)
			gone += documents
		}
		from = "(" + entries[len(entries)-1].ID
	}
	return gone, nil
}

// leadsTo are the arguments of the script for the documents of one entry, how
// many can be read, and when they came.
func (s *Store) leadsTo(base partition, entry redis.XMessage) (args []any, readable int, came time.Time) {
	chunk, err := s.unchunk([]redis.XMessage{entry})
	number, err2 := strconv.ParseUint(trimID(entry.ID), 10, 8*chunkLength)
	if errors.Join(err, err2) != nil {
		return nil, 0, came
	}
	for i, d := range chunk {
		at := append(binary.BigEndian.AppendUint64(nil, number)[8-chunkLength:], byte(i))
		if leads, when, err := leadsToDocument(base, d, at); err == nil {
			args, came = append(args, leads...), when
			readable++
		}
	}
	return args, readable, came
}

// leadsToDocument are the arguments for one document at a place.
func leadsToDocument(base partition, d document, at []byte) (args []any, came time.Time, err error) {
	times, err1 := timesOf(d.json)
	head, err2 := headOf(d)
	if err := errors.Join(err1, err2); err != nil {
		return nil, came, err
	}
	var lists []any
	list := func(key string, parts ...[]byte) {
		if key != "" {
			lists = append(lists, key, bytes.Join(append(parts, at), nil))
		}
	}
	if d.sort == sortRecord {
		when := []byte(inverted(times.at()))
		list(base.dialled(head.Platform, call.NumberFromStore(times.X)), when)
		key, start := base.callerOf(head.Platform, call.NumberFromStore(times.Caller))
		list(key, start, when)
	}
	identity := []byte{}
	if f, ok := identityOf(d); ok {
		identity = f[:memberLength]
	}
	came = times.First
	if d.sort == sortQuery {
		came = times.at()
	}
	inCall := joined(head.CallID, call.CallFingerprint(head.Platform, head.CallID))
	return append([]any{identity, inCall, at, len(lists) / 2}, lists...), came, nil
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
