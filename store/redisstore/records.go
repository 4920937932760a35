package redisstore

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// Records returns a page, newest first: the references of all sources merged,
// and then the documents.
func (s *Store) Records(ctx context.Context, f store.RecordFilter) (store.RecordPage, error) {
	list := listing{Store: s, filter: f}
	if err := list.start(); err != nil {
		return store.RecordPage{}, err
	}
	var page store.RecordPage
	for len(page.Records) < f.Limit {
		refs, more, err := list.next(ctx, f.Limit-len(page.Records))
		if err != nil {
			return page, unavailable("listing records", err)
		}
		found, err := s.documents(ctx, refs)
		if err != nil {
			return page, unavailable("reading records", err)
		}
		for _, d := range found {
			if list.admits(d) {
				page.Records = append(page.Records, d.json)
			}
		}
		if !more {
			return page, nil
		}
	}
	page.Next = list.cursor()
	return page, nil
}

// source is where a part of a list comes from: one platform's records in one
// partition.
type source struct {
	partition int
	platform  call.Platform
	rank      int // order among sources, for records of the same instant
}

// listing is one list on its way.
type listing struct {
	*Store
	filter store.RecordFilter
	after  *ref // the last one that was taken
}

// start reads the cursor: the member of the last one, and the rank of its
// source.
func (l *listing) start() error {
	if l.filter.Cursor == "" {
		return nil
	}
	const member = timeLength + placeLength
	text, err := hex.DecodeString(l.filter.Cursor)
	if err != nil || len(text) <= member {
		return store.ErrCursor
	}
	rank, err := strconv.Atoi(string(text[member:]))
	if err != nil || rank < 0 {
		return store.ErrCursor
	}
	l.after = &ref{source: source{rank: rank}, member: string(text[:member])}
	return nil
}

// cursor is where the next page begins.
func (l *listing) cursor() string {
	return hex.EncodeToString([]byte(l.after.member + strconv.Itoa(l.after.rank)))
}

// sources are the lists to be merged.
func (l *listing) sources() (all []source) {
	for n := range l.partitions {
		for i, p := range l.known {
			if l.filter.Platform == "" || l.filter.Platform == p {
				all = append(all, source{partition: n, platform: p, rank: n*len(l.known) + i})
			}
		}
	}
	return all
}

// next gives up to n more references, and whether there are more.
func (l *listing) next(ctx context.Context, n int) (refs []ref, more bool, err error) {
	for _, src := range l.sources() {
		var found []ref
		if key, start := l.list(src); key != "" {
			found, err = l.fromList(ctx, src, key, string(start), n+1)
		} else {
			found, err = l.fromSlices(ctx, src, n+1)
		}
		if err != nil {
			return nil, false, err
		}
		refs = append(refs, found...)
	}
	slices.SortFunc(refs, ref.compare)
	if more = len(refs) > n; more {
		refs = refs[:n]
	}
	if len(refs) > 0 {
		l.after = &refs[len(refs)-1]
	}
	return refs, more, nil
}

// list is the list of the one party that the filter names, and how its members
// begin; "" for none. Of two the caller has the shorter one.
func (l *listing) list(src source) (key string, start []byte) {
	base := l.keys.partition(src.partition)
	if !l.filter.Caller.IsZero() {
		return base.callerOf(src.platform, l.filter.Caller)
	}
	return base.dialled(src.platform, l.filter.X), nil
}

// fromList reads a party's list.
func (l *listing) fromList(ctx context.Context, src source, key, start string, n int) ([]ref, error) {
	from, to := l.bounds(src)
	members, err := l.client.ZRangeByLex(ctx, key, &redis.ZRangeBy{
		Min: "[" + start + from, Max: "(" + start + to, Count: int64(n),
	}).Result()
	refs := make([]ref, 0, len(members))
	for _, m := range members {
		if len(m) == len(start)+timeLength+placeLength {
			refs = append(refs, ref{src, m[len(start):]})
		}
	}
	return refs, err
}

// bounds are the members of a source between which the list goes on: from,
// included, and to, excluded.
func (l *listing) bounds(src source) (from, to string) {
	to = beyond
	if !l.filter.Until.IsZero() { // excluded itself: the first instant before it
		from = inverted(l.filter.Until.Add(-time.Millisecond))
	}
	if !l.filter.Since.IsZero() {
		to = inverted(l.filter.Since.Add(-time.Millisecond))
	}
	if l.after == nil {
		return from, to
	}
	next := l.after.member[:timeLength] // all of that instant are still to come
	switch c := cmp.Compare(src.rank, l.after.rank); {
	case c < 0: // all of that instant were taken
		next += beyond
	case c == 0:
		next = l.after.member + "\x00"
	}
	return max(from, next), to
}

// admits holds a record against the part of the filter that no list knows: the
// X number beside a caller.
func (l *listing) admits(d kept) bool {
	if l.filter.Caller.IsZero() || l.filter.X.IsZero() {
		return true
	}
	return bytes.Contains(d.json, []byte(`,"x":"`+l.filter.X.Full()+`","caller":"`))
}
