package redisstore

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// What platforms push is spread over partitions, each under one hash tag. All
// that belongs to a call lies in one, so that a consumer sees its records in
// order; what belongs to no call goes by its identity.

// partitionOf spreads texts over the partitions.
func (s *Store) partitionOf(text string) int {
	if s.partitions == 1 {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	return int(h.Sum32() % uint32(s.partitions))
}

// partitionOfCall is where a call and its records are; identity stands in where
// there is no call.
func (s *Store) partitionOfCall(callID string, call, identity call.Fingerprint) int {
	if callID == "" {
		return s.partitionOf(string(identity[:]))
	}
	return s.partitionOf(string(call[:]))
}

// setUp makes sure, once, that the number of partitions is that of the first
// start. The error is ErrPartitions or of the client.
func (s *Store) setUp(ctx context.Context) error {
	if s.settled.Load() {
		return nil
	}
	var cmd *redis.StatusCmd
	err := s.exec(ctx, func(p redis.Pipeliner) { cmd = s.claimPartitions(ctx, p) })
	if err != nil {
		return unavailable("reading the partitions", err)
	}
	return s.judgePartitions(cmd)
}

func (s *Store) claimPartitions(ctx context.Context, p redis.Pipeliner) *redis.StatusCmd {
	return p.SetArgs(ctx, s.keys.partitions(), s.partitions, redis.SetArgs{Mode: "NX", Get: true})
}

func (s *Store) judgePartitions(cmd *redis.StatusCmd) error {
	if was := cmd.Val(); was != "" && was != strconv.Itoa(s.partitions) {
		return fmt.Errorf("%w: %s then, %d now", store.ErrPartitions, was, s.partitions)
	}
	s.settled.Store(true)
	return nil
}

// How fingerprints, instants and places stand in keys and in sorted sets.

const (
	// callerBuckets is over how many keys the callers of a partition spread: with
	// some dozen records each stays in Redis' compact encoding.
	callerBuckets = 1 << 14

	memberLength = 10 // bytes of the fingerprint of an identity or a call
	callerLength = 8  // of a caller, beside those that chose the bucket
	timeLength   = 6
	chunkLength  = 5               // number of a chunk in the journal: enough for ten thousand a second over three years
	placeLength  = chunkLength + 1 // and the position in it
)

// beyond is after every member that begins alike: no place has so many bytes.
const beyond = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

const lastInstant = 1<<48 - 1 // ms: the year 10889

func clamped(t time.Time) int64 { return min(max(t.UnixMilli(), 0), lastInstant) }

// inverted writes an instant so that later ones sort first.
func inverted(t time.Time) string { return invertedMS(clamped(t)) }

func invertedMS(ms int64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(lastInstant-ms))
	return string(b[2:])
}

// instantOf reads what inverted wrote, from the start of a member, in ms.
func instantOf(member string) int64 {
	var b [8]byte
	copy(b[2:], member[:timeLength])
	return lastInstant - int64(binary.BigEndian.Uint64(b[:]))
}

const minute = 60_000 // ms

// minuteOf is the minute of the epoch that an instant lies in, and where in it.
func minuteOf(t time.Time) (name string, within []byte) {
	ms := clamped(t)
	return strconv.FormatInt(ms/minute, 10), binary.BigEndian.AppendUint16(nil, uint16(ms%minute))
}

// joined is the field under which the entries of a call are found; empty for no
// call.
func joined(callID string, f call.Fingerprint) []byte {
	if callID == "" {
		return []byte{}
	}
	return f[:memberLength]
}

// callerOf is where the records of a caller are found: a key, and how its members
// begin; "" and nothing for no caller.
func (p partition) callerOf(platform call.Platform, caller call.Number) (key string, start []byte) {
	if caller.IsZero() {
		return "", []byte{}
	}
	f := call.CallerFingerprint(platform, caller)
	return p.callers(binary.BigEndian.Uint16(f[:2]) % callerBuckets), f[2 : 2+callerLength]
}
