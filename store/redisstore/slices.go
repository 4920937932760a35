package redisstore

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// The list of all records is cut into minutes, each a text of places in the
// order in which they came, eight bytes a record: sorted only when somebody
// reads it.

const (
	mostSlices = 64              // minutes looked into in one round trip: first one, then twice as many each time
	sliceEntry = 2 + placeLength // when within the minute, and the place
)

// fromSlices reads the lists of all records, minute by minute.
func (l *listing) fromSlices(ctx context.Context, src source, n int) (refs []ref, err error) {
	base := l.keys.partition(src.partition)
	from, to := l.bounds(src)
	high, low := minutesBetween(from, to)
	for some := int64(1); len(refs) < n; some = min(2*some, mostSlices) {
		names, err := l.client.ZRevRangeByScore(ctx, base.minutes(src.platform),
			&redis.ZRangeBy{Min: low, Max: high, Count: some}).Result()
		if err != nil || len(names) == 0 {
			return refs, err
		}
		texts := make([]*redis.StringCmd, len(names))
		err = l.exec(ctx, func(p redis.Pipeliner) {
			for i, name := range names {
				texts[i] = p.Get(ctx, base.slice(src.platform, name))
			}
		})
		if err != nil {
			return nil, err
		}
		for i, name := range names {
			if len(refs) < n {
				refs = append(refs, refsOfSlice(src, name, texts[i].Val(), from, to)...)
			}
		}
		high = "(" + names[len(names)-1]
	}
	return refs[:n], nil
}

// minutesBetween are the scores between which the slices of a range lie.
func minutesBetween(from, to string) (high, low string) {
	high, low = "+inf", "-inf"
	if from != "" {
		high = strconv.FormatInt(instantOf(from)/minute, 10)
	}
	if to != beyond {
		low = strconv.FormatInt((instantOf(to)+1)/minute, 10)
	}
	return high, low
}

// refsOfSlice reads one minute, newest first.
func refsOfSlice(src source, name, text, from, to string) []ref {
	begin, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return nil
	}
	refs := make([]ref, 0, len(text)/sliceEntry)
	for ; len(text) >= sliceEntry; text = text[sliceEntry:] {
		within := binary.BigEndian.Uint16([]byte(text[:2]))
		member := invertedMS(min(begin*minute+int64(within), lastInstant)) + text[2:sliceEntry]
		if from <= member && member < to {
			refs = append(refs, ref{src, member})
		}
	}
	slices.SortFunc(refs, ref.compare)
	return refs
}
