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

// pageBytes bounds what a page of the quarantine holds, packed: a text may be as
// large as a body.
const pageBytes = 2 << 20

// ListQuarantine returns up to limit entries, newest first; fewer where they are
// large.
func (s *Store) ListQuarantine(ctx context.Context, limit int, cursor string) ([]store.Quarantined, string, error) {
	from := "-"
	if cursor != "" {
		member, err := hex.DecodeString(cursor)
		if err != nil {
			return nil, "", store.ErrCursor
		}
		from = "(" + string(member)
	}
	base := s.keys.partition(0)
	members, err := s.client.ZRangeByLex(ctx, base.key("qt"), &redis.ZRangeBy{Min: from, Max: "+", Count: int64(limit) + 1}).Result()
	if err != nil {
		return nil, "", unavailable("listing the quarantine", err)
	}
	taken, err := s.fitting(ctx, members, limit)
	if err != nil {
		return nil, "", unavailable("listing the quarantine", err)
	}
	next := ""
	if taken < len(members) {
		next = hex.EncodeToString([]byte(members[taken-1]))
	}
	ids := make([]string, taken)
	for i := range ids {
		ids[i] = members[i][min(timeLength, len(members[i])):]
	}
	entries, err := s.quarantined(ctx, ids)
	return entries, next, err
}

// fitting is how many of the entries fit into one page: one at least.
func (s *Store) fitting(ctx context.Context, members []string, limit int) (int, error) {
	sizes := make([]*redis.Cmd, min(len(members), limit))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i := range sizes {
			sizes[i] = p.Do(ctx, "hstrlen", s.keys.partition(0).key("q"), members[i][min(timeLength, len(members[i])):])
		}
	})
	if err != nil {
		return 0, err
	}
	sum := int64(0)
	for i, cmd := range sizes {
		size, _ := cmd.Int64()
		if sum += size; sum > pageBytes && i > 0 {
			return i, nil
		}
	}
	return len(sizes), nil
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
