package redisstore

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// mostOfCall is how many entries of one call are read. Nobody's call has a tenth
// of it; a test that uses one call id for everything may.
const mostOfCall = 10_000

// Call joins what is known of a call: the order in which it came does not
// matter.
func (s *Store) Call(ctx context.Context, p call.Platform, callID string) (store.CallLog, error) {
	refs, err := s.refsOfCall(ctx, p, callID)
	if err != nil {
		return store.CallLog{}, unavailable("finding a call", err)
	}
	found, err := s.documents(ctx, refs)
	if err != nil {
		return store.CallLog{}, unavailable("reading a call", err)
	}
	joined, err := joinCall(p, callID, found)
	if err != nil {
		return store.CallLog{}, unavailable("reading a call", err)
	}
	return joined, nil
}

// refsOfCall finds the entries of a call.
func (s *Store) refsOfCall(ctx context.Context, p call.Platform, callID string) ([]ref, error) {
	f := call.CallFingerprint(p, callID)
	partition := s.partitionOfCall(callID, f, f)
	places, err := s.client.HGet(ctx, s.keys.partition(partition).key("c"), string(joined(callID, f))).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, err
	}
	var refs []ref
	for ; len(places) >= placeLength && len(refs) < mostOfCall; places = places[placeLength:] {
		refs = append(refs, ref{source{partition: partition}, strings.Repeat("\x00", timeLength) + places[:placeLength]})
	}
	return refs, nil
}

// timed is a document with what it is sorted by.
type timed struct {
	kept
	times documentTimes
}

// joinCall sorts documents into a call.
func joinCall(p call.Platform, callID string, found []kept) (joined store.CallLog, err error) {
	var all []timed
	for _, d := range found {
		if h, err := headOf(d.document); err != nil || h.Platform != p || h.CallID != callID {
			continue // another call in the same place
		}
		times, err := timesOf(d.json)
		if err != nil {
			return joined, err
		}
		all = append(all, timed{d, times})
	}
	slices.SortFunc(all, func(a, b timed) int {
		return cmp.Or(a.times.at().Compare(b.times.at()), bytes.Compare(a.json, b.json))
	})
	var reached []call.Stage
	for _, d := range all {
		switch d.sort {
		case sortQuery:
			joined.Queries = append(joined.Queries, d.json)
			reached = append(reached, call.StageOf(call.Outcome(d.times.Decision)))
		case sortEvent:
			joined.Events = append(joined.Events, d.json)
			reached = append(reached, d.times.Stage)
		case sortRecord:
			joined.Records = append(joined.Records, d.json)
			reached = append(reached, call.StageEnded)
		}
	}
	joined.Stage = call.Furthest(reached...)
	return joined, nil
}
