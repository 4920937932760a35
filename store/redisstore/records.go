package redisstore

import (
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

const (
	// documentsAtOnce is how many documents of a page are read together.
	documentsAtOnce = 100
	// pageBytes ends a page early: a record may be as large as a body.
	pageBytes = 8 << 20
)

// Records returns a page, newest first: the references of all sources merged,
// and then the documents.
func (s *Store) Records(ctx context.Context, f store.RecordFilter) (store.RecordPage, error) {
	list := listing{Store: s, filter: f}
	if err := list.start(); err != nil {
		return store.RecordPage{}, err
	}
	for more := true; more; {
		refs, further, err := list.next(ctx, f.Limit-len(list.page))
		if err != nil {
			return store.RecordPage{}, unavailable("listing records", err)
		}
		more = further
		for some := range slices.Chunk(refs, documentsAtOnce) {
			if err := list.take(ctx, some); err != nil {
				return store.RecordPage{}, unavailable("reading records", err)
			}
			if list.full {
				return store.RecordPage{Records: list.page, Next: list.cursor()}, nil
			}
		}
		if more && len(list.page) >= f.Limit {
			return store.RecordPage{Records: list.page, Next: list.cursor()}, nil
		}
	}
	return store.RecordPage{Records: list.page}, nil
}

// take puts what refs lead to onto the page, until that is full.
func (l *listing) take(ctx context.Context, refs []ref) error {
	found, err := l.documents(ctx, refs)
	if err != nil {
		return err
	}
	for i := range found {
		group, err := l.together(ctx, &found[i])
		if err != nil {
			return err
		}
		if len(l.page) > 0 && (len(l.page)+len(group) > l.filter.Limit || l.bytes > pageBytes) {
			l.full = true
			return nil
		}
		for _, d := range group {
			l.page, l.bytes = append(l.page, d.json), l.bytes+len(d.json)
		}
		l.after = &found[i].at
	}
	if len(refs) > 0 { // those that were retired meanwhile are through as well
		l.after = &refs[len(refs)-1]
	}
	return nil
}

// together is what stands in the list where a document does: itself, if the
// filter admits it. Where its identity came with several contents, all that the
// filter admits stand at the place of the first of them, in the order in which
// they came, and nothing at the places of the others.
func (l *listing) together(ctx context.Context, d *kept) ([]kept, error) {
	if len(d.contents) < 2 {
		if l.filter.Caller.IsZero() || l.filter.X.IsZero() || l.admits(d) {
			return []kept{*d}, nil // the list that it came from has seen to the rest
		}
		return nil, nil
	}
	refs := make([]ref, len(d.contents))
	for i, place := range d.contents {
		refs[i] = ref{d.at.source, d.at.member[:timeLength] + place}
	}
	all, err := l.documents(ctx, refs)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(other kept) bool { return !l.admits(&other) })
	if len(all) == 0 || all[0].at.place() != d.at.place() {
		return nil, nil
	}
	return all, nil
}

// admits holds a record against the filter.
func (l *listing) admits(d *kept) bool {
	times, err := timesOf(d.json)
	head, err2 := headOf(d.document)
	if err != nil || err2 != nil {
		return false
	}
	f, at := &l.filter, times.at()
	return (f.X.IsZero() || f.X.Full() == times.X) && (f.Caller.IsZero() || f.Caller.Full() == times.Caller) &&
		(f.Platform == "" || f.Platform == head.Platform) &&
		(f.Since.IsZero() || !at.Before(f.Since)) && (f.Until.IsZero() || at.Before(f.Until))
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
	page   [][]byte
	bytes  int  // of the page
	full   bool // there is more, but not on this page
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
