package redisstore

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"xmode/store"
)

// A page of the quarantine is read a few texts at a time, first one, then twice as
// many each time, and ends early where they are large: each may be as large as a
// body.
const mostQuarantined = 64

// ListQuarantine returns up to limit entries, newest first; fewer where they are
// large.
func (s *Store) ListQuarantine(ctx context.Context, limit int, cursor string) (entries []store.Quarantined, next string, err error) {
	from := "-"
	if cursor != "" {
		member, err := hex.DecodeString(cursor)
		if err != nil {
			return nil, "", store.ErrCursor
		}
		from = "(" + string(member)
	}
	members, err := s.client.ZRangeByLex(ctx, s.keys.partition(0).key("qt"),
		&redis.ZRangeBy{Min: from, Max: "+", Count: int64(limit) + 1}).Result()
	if err != nil {
		return nil, "", unavailable("listing the quarantine", err)
	}
	taken, size := 0, 0
	for n := 1; taken < min(limit, len(members)) && size < pageBytes; n = min(2*n, mostQuarantined) {
		some := members[taken:min(taken+n, limit, len(members))]
		found, err := s.quarantined(ctx, idsOf(some))
		if err != nil {
			return nil, "", err
		}
		for _, q := range found {
			size += len(q.Raw)
		}
		entries, taken = append(entries, found...), taken+len(some)
	}
	if taken < len(members) {
		next = hex.EncodeToString([]byte(members[taken-1]))
	}
	return entries, next, nil
}

// idsOf are the ids behind the times.
func idsOf(members []string) []string {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m[min(timeLength, len(m)):]
	}
	return ids
}

// quarantined reads entries; those that are gone meanwhile are left out.
func (s *Store) quarantined(ctx context.Context, ids []string) ([]store.Quarantined, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var texts, pushes *redis.SliceCmd
	base := s.keys.partition(0)
	err := s.exec(ctx, func(p redis.Pipeliner) {
		texts, pushes = p.HMGet(ctx, base.key("q"), ids...), p.HMGet(ctx, base.key("qn"), ids...)
	})
	if err != nil {
		return nil, unavailable("reading the quarantine", err)
	}
	var entries []store.Quarantined
	for i, id := range ids {
		text, there := texts.Val()[i].(string)
		if !there {
			continue
		}
		q, err := s.readQuarantined(id, text)
		if err != nil {
			return nil, unavailable("reading the quarantine", err)
		}
		count, _ := pushes.Val()[i].(string)
		q.Pushes, _ = strconv.Atoi(count)
		entries = append(entries, q)
	}
	return entries, nil
}

func (s *Store) readQuarantined(id, text string) (store.Quarantined, error) {
	document, err := s.packer.unpack(text)
	if err != nil {
		return store.Quarantined{}, err
	}
	var q quarantined
	if err := json.Unmarshal(document, &q); err != nil {
		return store.Quarantined{}, errors.Join(errDocument, err)
	}
	return store.Quarantined{ID: id, Platform: q.Platform, Kind: q.Kind, Reason: q.Reason, At: instantMS(q.At), Raw: q.Raw}, nil
}

// GetQuarantined returns one.
func (s *Store) GetQuarantined(ctx context.Context, id string) (store.Quarantined, error) {
	entries, err := s.quarantined(ctx, []string{id})
	if err != nil {
		return store.Quarantined{}, err
	}
	if len(entries) == 0 {
		return store.Quarantined{}, store.ErrNotFound
	}
	return entries[0], nil
}

// DropQuarantined removes one.
func (s *Store) DropQuarantined(ctx context.Context, id string) error {
	q, err := s.GetQuarantined(ctx, id)
	if err != nil {
		return err
	}
	return unavailable("dropping from the quarantine", s.drop(ctx, inverted(q.At)+id))
}

// drop removes entries by their members in the list of times, in one
// transaction: a half of one would be found by nobody.
func (s *Store) drop(ctx context.Context, members ...string) error {
	base := s.keys.partition(0)
	_, err := s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for _, m := range members {
			p.HDel(ctx, base.key("q"), m[timeLength:])
			p.HDel(ctx, base.key("qn"), m[timeLength:])
			p.ZRem(ctx, base.key("qt"), m)
		}
		return nil
	})
	return err
}
