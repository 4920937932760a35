package redisstore

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// recordingStates are all states that a recording can be in.
func recordingStates() []call.RecordingState {
	return []call.RecordingState{
		call.RecordingPending, call.RecordingLocated, call.RecordingKept, call.RecordingExpired, call.RecordingFailed, call.RecordingUnmatched,
	}
}

// listed is a recording in one of the lists by state.
type listed struct {
	partition int
	member    string // time and id
}

func (l listed) id() string { return l.member[min(timeLength, len(l.member)):] }

// ListRecordings merges the lists of all partitions, platforms and states.
func (s *Store) ListRecordings(ctx context.Context, f store.RecordingFilter) (page []store.Recording, next string, err error) {
	from := "-"
	if f.Cursor != "" {
		member, err := hex.DecodeString(f.Cursor)
		if err != nil || len(member) <= timeLength {
			return nil, "", store.ErrCursor
		}
		from = "(" + string(member)
	}
	all, err := s.listRecordings(ctx, f, from)
	if err != nil {
		return nil, "", unavailable("listing recordings", err)
	}
	some := all[:min(f.Limit, len(all))]
	if page, err = s.readRecordings(ctx, some); err != nil {
		return nil, "", unavailable("reading recordings", err)
	}
	if len(all) > len(some) {
		next = hex.EncodeToString([]byte(some[len(some)-1].member))
	}
	return page, next, nil
}

// listRecordings gives up to one more than a page, in order.
func (s *Store) listRecordings(ctx context.Context, f store.RecordingFilter, from string) ([]listed, error) {
	type list struct {
		partition int
		cmd       *redis.StringSliceCmd
	}
	var lists []list
	err := s.exec(ctx, func(pipe redis.Pipeliner) {
		s.eachRecordingList(f.Platform, f.State, func(n int, key string) {
			cmd := pipe.ZRangeByLex(ctx, key, &redis.ZRangeBy{Min: from, Max: "+", Count: int64(f.Limit) + 1})
			lists = append(lists, list{n, cmd})
		})
	})
	var all []listed
	for _, l := range lists {
		for _, member := range l.cmd.Val() {
			all = append(all, listed{l.partition, member})
		}
	}
	slices.SortFunc(all, func(a, b listed) int {
		return cmp.Or(strings.Compare(a.member, b.member), cmp.Compare(a.partition, b.partition))
	})
	// One that two partitions have, of calls that were named differently, is one.
	return slices.CompactFunc(all, func(a, b listed) bool { return a.member == b.member }), err
}

// eachRecordingList names the lists by state.
func (s *Store) eachRecordingList(platform call.Platform, state call.RecordingState, do func(partition int, key string)) {
	for n := range s.partitions {
		for _, p := range s.known {
			for _, st := range recordingStates() {
				if (platform == "" || platform == p) && (state == "" || state == st) {
					do(n, s.keys.partition(n).recordings(p, st))
				}
			}
		}
	}
}

// readRecordings reads what is listed; what went meanwhile is left out.
func (s *Store) readRecordings(ctx context.Context, some []listed) ([]store.Recording, error) {
	cmds := make([]*redis.StringCmd, len(some))
	err := s.exec(ctx, func(pipe redis.Pipeliner) {
		for i, l := range some {
			cmds[i] = pipe.HGet(ctx, s.keys.partition(l.partition).key("v"), l.id())
		}
	})
	if err != nil {
		return nil, err
	}
	list := make([]store.Recording, 0, len(some))
	for i, cmd := range cmds {
		if cmd.Val() == "" {
			continue
		}
		if r, err := decodeRecording(some[i].id(), cmd.Val()); err == nil { // one that cannot be read hides no other
			list = append(list, r)
		}
	}
	return list, nil
}

// GetRecording looks into all partitions: which one has it only its call tells.
func (s *Store) GetRecording(ctx context.Context, id string) (store.Recording, error) {
	_, value, err := s.findRecording(ctx, id)
	if err != nil {
		return store.Recording{}, err
	}
	r, err := decodeRecording(id, value)
	return r, unavailable("reading a recording", err)
}

func (s *Store) findRecording(ctx context.Context, id string) (partition int, value string, err error) {
	values, err := s.recordingValues(ctx, id)
	if err != nil {
		return 0, "", unavailable("finding a recording", err)
	}
	for n, value := range values {
		if value != "" {
			return n, value, nil
		}
	}
	return 0, "", store.ErrNotFound
}

// recordingValues are a recording's values in all partitions; "": it is not there.
func (s *Store) recordingValues(ctx context.Context, id string) ([]string, error) {
	cmds, values := make([]*redis.StringCmd, s.partitions), make([]string, s.partitions)
	err := s.exec(ctx, func(pipe redis.Pipeliner) {
		for n := range cmds {
			cmds[n] = pipe.HGet(ctx, s.keys.partition(n).key("v"), id)
		}
	})
	for n, cmd := range cmds {
		values[n] = cmd.Val()
	}
	return values, err
}

// RetryRecording makes a recording due, unless somebody works on it.
func (s *Store) RetryRecording(ctx context.Context, id string, at time.Time) (store.Recording, error) {
	partition, value, err := s.findRecording(ctx, id)
	if err != nil {
		return store.Recording{}, err
	}
	r, err := decodeRecording(id, value)
	if err != nil {
		return r, unavailable("reading a recording", err)
	}
	r.State, r.NextTryAt, r.Asked, r.Error = call.RecordingPending, at, true, ""
	before, _, _ := strings.Cut(value, "\n")
	done, err := s.settleRecording(ctx, partition, "", before, &r)
	if err != nil {
		return r, unavailable("retrying a recording", err)
	}
	if lostUnless(done) != nil {
		return r, store.ErrBusy
	}
	return r, nil
}

// CountRecordings counts by state, and looks at those that are due.
func (s *Store) CountRecordings(ctx context.Context, p call.Platform, before time.Time) (store.RecordingCounts, error) {
	states := recordingStates()
	counts := make([][]*redis.IntCmd, s.partitions)
	oldest, early := make([]*redis.StringSliceCmd, s.partitions), make([]*redis.IntCmd, s.partitions)
	from := "[" + inverted(before.Add(-time.Millisecond))
	err := s.exec(ctx, func(pipe redis.Pipeliner) {
		for n := range s.partitions {
			base := s.keys.partition(n)
			for _, state := range states {
				counts[n] = append(counts[n], pipe.ZCard(ctx, base.recordings(p, state)))
			}
			oldest[n] = pipe.ZRange(ctx, base.recordings(p, call.RecordingPending), -1, -1)
			early[n] = pipe.ZLexCount(ctx, base.recordings(p, call.RecordingPending), from, "+")
		}
	})
	made := store.RecordingCounts{States: map[call.RecordingState]int{}}
	if err != nil {
		return made, unavailable("counting recordings", err)
	}
	for n := range s.partitions {
		for i, state := range states {
			made.States[state] += int(counts[n][i].Val())
		}
		made.Early += int(early[n].Val())
		for _, member := range oldest[n].Val() {
			if named := namedAt(member); made.Oldest.IsZero() || named.Before(made.Oldest) {
				made.Oldest = named
			}
		}
	}
	return made, nil
}

// namedAt is the time in a member of a list by state.
func namedAt(member string) time.Time {
	if len(member) < timeLength {
		return time.Time{}
	}
	return instantMS(instantOf(member))
}

// OldRecordings looks into the lists of all states, one after the other. Those still
// to be fetched come last: it may have to read many to find one that has expired.
func (s *Store) OldRecordings(ctx context.Context, before time.Time, n int) (old []store.Recording, err error) {
	states := recordingStates()
	slices.Reverse(states) // pending is the first
	for _, state := range states {
		from := "[" + inverted(before.Add(-time.Millisecond))
		for from != "" && len(old) < n {
			var some []store.Recording
			if some, from, err = s.oldRecordings(ctx, store.RecordingFilter{State: state, Limit: n - len(old)}, from); err != nil {
				return nil, unavailable("listing old recordings", err)
			}
			due := func(r store.Recording) bool { return r.Open() && !r.ExpiresAt.Before(before) }
			old = append(old, slices.DeleteFunc(some, due)...)
		}
	}
	return old, nil
}

// oldRecordings reads a part of a list, and says where to read on; "": nowhere.
func (s *Store) oldRecordings(ctx context.Context, f store.RecordingFilter, from string) (some []store.Recording, next string, err error) {
	found, err := s.listRecordings(ctx, f, from)
	if err != nil {
		return nil, "", err
	}
	if len(found) > f.Limit {
		found = found[:f.Limit]
		next = "(" + found[f.Limit-1].member
	}
	some, err = s.readRecordings(ctx, found)
	return some, next, err
}

// ForgetRecording removes one that is as it was read, and on which nobody works, in
// the partition that has it so.
func (s *Store) ForgetRecording(ctx context.Context, r store.Recording) (gone bool, err error) {
	values, err := s.recordingValues(ctx, r.ID)
	if err != nil {
		return false, unavailable("finding a recording", err)
	}
	read := appendProgress(nil, &r)
	for n, value := range values {
		now, err := decodeRecording(r.ID, value)
		if err != nil || !bytes.Equal(appendProgress(nil, &now), read) {
			continue
		}
		before, _, _ := strings.Cut(value, "\n") // which may say less than what was read of all lines
		done, err := s.settleRecording(ctx, n, "", before, &store.Recording{Recording: r.Recording, NamedAt: r.NamedAt})
		return err == nil && lostUnless(done) == nil, unavailable("forgetting a recording", err)
	}
	return false, nil
}

var (
	_ store.RecordingList      = (*Store)(nil)
	_ store.RecordingRetention = (*Store)(nil)
)
