package redisstore

import (
	"context"
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
				refs = append(refs, refsOfSlice(src, name, texts[i].Val(), from, to, n-len(refs))...)
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

// refsOfSlice reads the first n of one minute, newest first. A busy minute has tens of
// thousands, of which a page wants some: what comes behind those that were found already
// is neither kept nor sorted. The text is read from its end, where the newest are.
func refsOfSlice(src source, name, text, from, to string, n int) []ref {
	begin, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return nil
	}
	text = text[:len(text)/sliceEntry*sliceEntry]
	refs := make([]ref, 0, min(len(text)/sliceEntry, 2*n))
	var member [timeLength + placeLength]byte
	for ; len(text) > 0; text = text[:len(text)-sliceEntry] {
		entry := text[len(text)-sliceEntry:]
		within := int64(entry[0])<<8 | int64(entry[1])
		copy(member[:], invertedMS(min(begin*minute+within, lastInstant)))
		copy(member[timeLength:], entry[2:])
		if string(member[:]) < from || string(member[:]) >= to {
			continue
		}
		if refs = append(refs, ref{src, string(member[:])}); len(refs) == 2*n {
			slices.SortFunc(refs, ref.compare)
			refs = refs[:n]
			to = refs[n-1].member
		}
	}
	slices.SortFunc(refs, ref.compare)
	return refs[:min(n, len(refs))]
}
