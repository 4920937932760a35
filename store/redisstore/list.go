package redisstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// lastMember is behind every padded id.
const lastMember = "9999999999999999"

// List returns a page: of an X number or an owner in the order of the ids, of
// all bindings in the order of the index buckets. A binding that is there from
// the first page to the last is listed once.
func (s *Store) List(ctx context.Context, f store.Filter) (store.Page, error) {
	if f.Limit < 1 {
		f.Limit = 1
	}
	switch {
	case !f.X.IsZero():
		return s.listX(ctx, f)
	case !f.Owner.IsZero():
		return s.listOwner(ctx, f)
	}
	return s.listAll(ctx, f)
}

func (s *Store) listX(ctx context.Context, f store.Filter) (store.Page, error) {
	ids, next, err := s.members(ctx, s.keys.ids(f.X), "", f)
	if err != nil {
		return store.Page{}, err
	}
	places := make([]place, len(ids))
	for i, id := range ids {
		places[i] = place{id, f.X}
	}
	return s.page(ctx, places, next, func(*store.Entry) bool { return true })
}

func (s *Store) listOwner(ctx context.Context, f store.Filter) (store.Page, error) {
	ids, next, err := s.members(ctx, s.keys.owner(f.Owner), f.Owner.Full()+":", f)
	if err != nil {
		return store.Page{}, err
	}
	places, err := s.locate(ctx, ids)
	if err != nil {
		return store.Page{}, err
	}
	page, err := s.page(ctx, places, next, func(e *store.Entry) bool { return e.Binding.A == f.Owner })
	if err == nil && len(page.Entries) < len(ids) {
		err = s.forget(ctx, f.Owner, ids, page.Entries)
	}
	return page, err
}

// members reads ids from a sorted set whose members are prefix and padded id.
func (s *Store) members(ctx context.Context, key, prefix string, f store.Filter) ([]call.ID, string, error) {
	from := "[" + prefix
	if f.Cursor != "" {
		id, err := call.ParseID(f.Cursor)
		if err != nil {
			return nil, "", store.ErrCursor
		}
		from = "(" + prefix + padded(id)
	}
	found, err := s.client.ZRangeByLex(ctx, key, &redis.ZRangeBy{
		Min: from, Max: "[" + prefix + lastMember, Count: int64(f.Limit) + 1,
	}).Result()
	if err != nil {
		return nil, "", unavailable("listing bindings", err)
	}
	ids := make([]call.ID, len(found))
	for i, m := range found {
		if ids[i], err = memberID(m); err != nil {
			return nil, "", unavailable("listing bindings", err)
		}
	}
	if len(ids) <= f.Limit {
		return ids, "", nil
	}
	return ids[:f.Limit], ids[f.Limit-1].String(), nil
}

// locate asks the index for the X numbers of ids; unknown ones are left out.
func (s *Store) locate(ctx context.Context, ids []call.ID) ([]place, error) {
	cmds := make([]*redis.StringCmd, len(ids))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i, id := range ids {
			cmds[i] = p.HGet(ctx, s.keys.index(id), id.String())
		}
	})
	if err != nil {
		return nil, unavailable("listing bindings", err)
	}
	places := make([]place, 0, len(ids))
	for i, id := range ids {
		if x := cmds[i].Val(); x != "" {
			places = append(places, place{id, call.NumberFromStore(x)})
		}
	}
	return places, nil
}

func (s *Store) page(ctx context.Context, places []place, next string, want func(*store.Entry) bool) (store.Page, error) {
	entries, err := s.load(ctx, places)
	if err != nil {
		return store.Page{}, err
	}
	page := store.Page{Next: next}
	for _, e := range entries {
		if e != nil && want(e) {
			page.Entries = append(page.Entries, *e)
		}
	}
	return page, nil
}

// forget removes entries of the owner index that name no binding of the owner.
// The id's lease keeps off a writer who has written the index and not yet the
// binding; where there is one, the entry is left alone.
func (s *Store) forget(ctx context.Context, owner call.Number, ids []call.ID, have []store.Entry) error {
	for _, id := range ids {
		if slices.ContainsFunc(have, func(e store.Entry) bool { return e.Binding.ID == id }) {
			continue
		}
		l, err := s.tryLease(ctx, id)
		if errors.Is(err, store.ErrBusy) {
			continue
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := s.exec(ctx, func(p redis.Pipeliner) { s.dropOwner(ctx, p, owner, id) }); err != nil {
			return unavailable("mending an index", err)
		}
		if l.token == "" {
			continue
		}
		if _, err := s.finish(ctx, l, s.now(), op{verb: verbSweep, id: id}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) tryLease(ctx context.Context, id call.ID) (lease, error) {
	token := newToken()
	var cmd *redis.Cmd
	if err := s.exec(ctx, func(p redis.Pipeliner) { cmd = s.reserve(ctx, p, id, call.Number{}, token) }); err != nil {
		return lease{}, unavailable("taking a lease", err)
	}
	return readLease(cmd, id, token)
}

// listAll walks the buckets of the index. The cursor is "bucket.id".
func (s *Store) listAll(ctx context.Context, f store.Filter) (store.Page, error) {
	bucket, after, err := parseCursor(f.Cursor)
	if err != nil {
		return store.Page{}, err
	}
	var places []place
	for width := 4; bucket < buckets && len(places) <= f.Limit; width = min(2*width, 512) {
		end := min(bucket+width, buckets)
		more, err := s.readBuckets(ctx, bucket, end, after)
		if err != nil {
			return store.Page{}, err
		}
		places, bucket, after = append(places, more...), end, 0
	}
	next := ""
	if len(places) > f.Limit {
		places = places[:f.Limit]
		last := places[f.Limit-1].id
		next = fmt.Sprintf("%x.%d", uint64(last)%buckets, uint64(last))
	}
	return s.page(ctx, places, next, func(*store.Entry) bool { return true })
}

// readBuckets returns the places of the buckets from begin up to end, each
// bucket in the order of the ids, of the first one only the ids behind after.
func (s *Store) readBuckets(ctx context.Context, begin, end int, after call.ID) ([]place, error) {
	cmds := make([]*redis.MapStringStringCmd, end-begin)
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i := range cmds {
			cmds[i] = p.HGetAll(ctx, s.keys.nthBucket(begin+i)+"x")
		}
	})
	if err != nil {
		return nil, unavailable("listing bindings", err)
	}
	var places []place
	for _, cmd := range cmds {
		ids := map[call.ID]string{}
		for text, x := range cmd.Val() {
			if id, err := call.ParseID(text); err == nil && id > after {
				ids[id] = x
			}
		}
		for _, id := range slices.Sorted(maps.Keys(ids)) {
			places = append(places, place{id, call.NumberFromStore(ids[id])})
		}
		after = 0
	}
	return places, nil
}

func parseCursor(cursor string) (bucket int, after call.ID, err error) {
	if cursor == "" {
		return 0, 0, nil
	}
	hex, digits, ok := strings.Cut(cursor, ".")
	n, err1 := strconv.ParseUint(hex, 16, 32)
	id, err2 := call.ParseID(digits)
	if !ok || err1 != nil || err2 != nil || n >= buckets {
		return 0, 0, store.ErrCursor
	}
	return int(n), id, nil
}
