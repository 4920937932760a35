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

// ListQuarantine returns up to limit entries, newest first.
func (s *Store) ListQuarantine(ctx context.Context, limit int, cursor string) ([]store.Quarantined, string, error) {
	by := &redis.ZRangeBy{Min: "-", Max: "+", Count: int64(limit) + 1}
	if cursor != "" {
		member, err := hex.DecodeString(cursor)
		if err != nil {
			return nil, "", store.ErrCursor
		}
		by.Min = "(" + string(member)
	}
	members, err := s.client.ZRangeByLex(ctx, s.keys.partition(0).key("qt"), by).Result()
	if err != nil {
		return nil, "", unavailable("listing the quarantine", err)
	}
	next := ""
	if len(members) > limit {
		members = members[:limit]
		next = hex.EncodeToString([]byte(members[limit-1]))
	}
	ids := make([]string, 0, len(members))
	for _, m := range members {
		if len(m) > timeLength {
			ids = append(ids, m[timeLength:])
		}
	}
	entries, err := s.quarantined(ctx, ids)
	return entries, next, err
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
	return s.exec(ctx, func(p redis.Pipeliner) {
		for _, m := range members {
			p.HDel(ctx, base.key("q"), m[timeLength:])
			p.HDel(ctx, base.key("qn"), m[timeLength:])
			p.ZRem(ctx, base.key("qt"), m)
		}
	})
}
