package redisstore

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// source is where a part of a list comes from: one platform's records in one
// partition.
type source struct {
	partition int
	platform  call.Platform
	rank      int // order among sources, for records of the same instant
}

// ref leads to one record of a list.
type ref struct {
	source
	member string // time and number, newest first
}

// number is that of the entry in the journal.
func (r ref) number() int64 {
	n, _ := strconv.ParseInt(r.member[timeLength:], 16, 64)
	return n
}

// before orders a list: newest first, and at the same instant by source and
// number.
func (r ref) compare(o ref) int {
	return cmp.Or(cmp.Compare(r.member[:timeLength], o.member[:timeLength]),
		cmp.Compare(r.rank, o.rank), cmp.Compare(r.member, o.member))
}

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

// listing is one list on its way.
type listing struct {
	*Store
	filter store.RecordFilter
	after  *ref // the last one that was taken
}

// start reads the cursor.
func (l *listing) start() error {
	if l.filter.Cursor == "" {
		return nil
	}
	text, err := hex.DecodeString(l.filter.Cursor)
	if err != nil || len(text) < timeLength+suffixLength+1 {
		return store.ErrCursor
	}
	member := string(text[:timeLength+suffixLength])
	rank, err1 := strconv.Atoi(string(text[timeLength+suffixLength:]))
	_, err2 := strconv.ParseInt(member[timeLength:], 16, 64)
	if errors.Join(err1, err2) != nil {
		return store.ErrCursor
	}
	l.after = &ref{source: source{rank: rank}, member: member}
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
		if key := l.key(src); key != "" {
			found, err = l.fromKey(ctx, src, key, n+1)
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

// key is the list of the one party that the filter names; "" for none. Of two
// the caller has the shorter one.
func (l *listing) key(src source) string {
	switch {
	case !l.filter.Caller.IsZero():
		return l.keys.partition(src.partition).callers(src.platform, l.filter.Caller)
	case !l.filter.X.IsZero():
		return l.keys.partition(src.partition).dialled(src.platform, l.filter.X)
	}
	return ""
}

// bounds are the members of a source between which the list goes on, as
// ZRANGEBYLEX wants them.
func (l *listing) bounds(src source) *redis.ZRangeBy {
	by := &redis.ZRangeBy{Min: "-", Max: "+"}
	if !l.filter.Until.IsZero() { // exclusive: the first instant before it
		by.Min = "[" + inverted(l.filter.Until.Add(-time.Millisecond))
	}
	if !l.filter.Since.IsZero() {
		by.Max = "(" + inverted(l.filter.Since.Add(-time.Millisecond))
	}
	if l.after == nil {
		return by
	}
	from := "[" + l.after.member[:timeLength] // all of that instant are still to come
	switch c := cmp.Compare(src.rank, l.after.rank); {
	case c < 0: // all of that instant were taken
		from = "(" + l.after.member[:timeLength] + "g" // after every hexadecimal digit
	case c == 0:
		from = "(" + l.after.member
	}
	if by.Min == "-" || from[1:] > by.Min[1:] {
		by.Min = from
	}
	return by
}

// fromKey reads a party's list.
func (l *listing) fromKey(ctx context.Context, src source, key string, n int) ([]ref, error) {
	by := l.bounds(src)
	by.Count = int64(n)
	members, err := l.client.ZRangeByLex(ctx, key, by).Result()
	return refsOf(src, members), err
}

// slicesAtOnce is how many minutes are looked into in one round trip.
const slicesAtOnce = 64

// fromSlices reads the lists of all records, minute by minute.
func (l *listing) fromSlices(ctx context.Context, src source, n int) (refs []ref, err error) {
	by := l.bounds(src)
	by.Count = int64(n)
	base := l.keys.partition(src.partition)
	high, low := l.minutes(by)
	for len(refs) < n {
		minutes, err := l.client.ZRevRangeByScore(ctx, base.minutes(src.platform),
			&redis.ZRangeBy{Min: low, Max: high, Count: slicesAtOnce}).Result()
		if err != nil || len(minutes) == 0 {
			return refs, err
		}
		lists := make([]*redis.StringSliceCmd, len(minutes))
		err = l.exec(ctx, func(p redis.Pipeliner) {
			for i, minute := range minutes {
				lists[i] = p.ZRangeByLex(ctx, base.slice(src.platform, minute), by)
			}
		})
		if err != nil {
			return nil, err
		}
		for _, list := range lists {
			refs = append(refs, refsOf(src, list.Val())...)
		}
		high = "(" + minutes[len(minutes)-1]
	}
	return refs[:n], nil
}

// minutes are the scores between which the slices of a range lie.
func (l *listing) minutes(by *redis.ZRangeBy) (high, low string) {
	high, low = "+inf", "-inf"
	if by.Min != "-" {
		high = strconv.FormatInt(instantOf(by.Min[1:])/60_000, 10)
	}
	if !l.filter.Since.IsZero() {
		low = minuteOf(l.filter.Since)
	}
	return high, low
}

func refsOf(src source, members []string) []ref {
	refs := make([]ref, 0, len(members))
	for _, m := range members {
		if len(m) == timeLength+suffixLength {
			refs = append(refs, ref{src, m})
		}
	}
	return refs
}

// admits holds a record against the part of the filter that no list knows: the
// X number beside a caller.
func (l *listing) admits(d kept) bool {
	if l.filter.Caller.IsZero() || l.filter.X.IsZero() {
		return true
	}
	return strings.Contains(string(d.json), `,"x":"`+l.filter.X.Full()+`","caller":"`)
}

// kept is a document of the journal, as it is now.
type kept struct {
	sort byte
	json []byte
	at   ref
}

// documents reads the documents that refs lead to, in two round trips to a shard:
// the documents, then what became of their identities. A reference whose
// document has been retired meanwhile is left out.
func (s *Store) documents(ctx context.Context, refs []ref) ([]kept, error) {
	found := make([]kept, 0, len(refs))
	entries := make([]*redis.XMessageSliceCmd, len(refs))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i, r := range refs {
			id := strconv.FormatInt(r.number(), 10) + "-0"
			entries[i] = p.XRange(ctx, s.keys.partition(r.partition).key("j"), id, id)
		}
	})
	if err != nil {
		return nil, err
	}
	for i, cmd := range entries {
		if len(cmd.Val()) == 0 {
			continue
		}
		text, _ := cmd.Val()[0].Values["d"].(string)
		sort, document, err := s.packer.unpack(text)
		if err != nil {
			return nil, err
		}
		found = append(found, kept{sort, document, refs[i]})
	}
	return found, s.update(ctx, found)
}

// update brings pushes and conflicts of documents up to date.
func (s *Store) update(ctx context.Context, found []kept) error {
	counts := make([]*redis.StringCmd, len(found))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i, d := range found {
			if identity, ok := identityOf(d); ok {
				at := placeOf(identity)
				counts[i] = p.HGet(ctx, s.keys.partition(d.at.partition).identity(at.bucket), string(at.member[:]))
			}
		}
	})
	if err != nil {
		return err
	}
	for i, cmd := range counts {
		if cmd != nil {
			pushes, contents := contentOf(cmd.Val(), found[i].at.number())
			found[i].json = store.Update(found[i].json, pushes, contents > 1)
		}
	}
	return nil
}

// contentOf finds a content by its number in the journal in an identity's
// value: how often it was pushed, and how many contents there are.
func contentOf(value string, number int64) (pushes, contents int) {
	pushes = 1
	wanted := strconv.FormatInt(number, 10)
	for len(value) > 8 {
		entry, rest, _ := strings.Cut(value[8:], ";")
		n, count, _ := strings.Cut(entry, ",")
		if n == wanted {
			pushes, _ = strconv.Atoi(count)
		}
		contents++
		value = rest
	}
	return max(pushes, 1), contents
}

// errDocument: a document is none of ours.
var errDocument = errors.New("document in the store cannot be read")

// identityOf reads a document's identity; queries have none.
func identityOf(d kept) (call.Fingerprint, bool) {
	h, err := headOf(d)
	switch {
	case err != nil || d.sort == sortQuery:
		return call.Fingerprint{}, false
	case d.sort == sortEvent:
		return (&call.Event{Platform: h.Platform, ID: h.EventID}).Identity(), true
	}
	return (&call.Record{Platform: h.Platform, ID: h.RecordID}).Identity(), true
}

// documentHead is what the store needs to know of a document again.
type documentHead struct {
	Platform call.Platform `json:"platform"`
	RecordID string        `json:"record_id"`
	EventID  string        `json:"event_id"`
	CallID   string        `json:"call_id"`
}

// headOf reads the fields that stand first in every document.
func headOf(d kept) (h documentHead, err error) {
	h, ok := quickHead(d.json)
	if !ok {
		return h, fmt.Errorf("%w: %c", errDocument, d.sort)
	}
	return h, nil
}
