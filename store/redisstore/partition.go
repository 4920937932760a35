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

// How fingerprints and instants stand in keys and in sorted sets.

const (
	fingerprintBuckets = 1 << 14
	memberLength       = 10 // bytes of a fingerprint within its bucket
	timeLength         = 6
	suffixLength       = 10 // hexadecimal digits of a number in the journal
)

// placed is where a fingerprint is found: a bucket, which with some dozen
// members stays in Redis' compact encoding, and the member in it.
type placed struct {
	bucket uint16
	member [memberLength]byte
}

func placeOf(f call.Fingerprint) placed {
	return placed{binary.BigEndian.Uint16(f[:2]) % fingerprintBuckets, [memberLength]byte(f[2 : 2+memberLength])}
}

const lastInstant = 1<<48 - 1 // ms: the year 10889

// inverted writes an instant so that later ones sort first.
func inverted(t time.Time) string {
	ms := min(max(t.UnixMilli(), 0), lastInstant)
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(lastInstant-ms))
	return string(b[2:])
}

// instantOf reads what inverted wrote, from the start of a member.
func instantOf(member string) int64 {
	var b [8]byte
	copy(b[2:], member[:timeLength])
	return lastInstant - int64(binary.BigEndian.Uint64(b[:]))
}

// minuteOf is the minute of the epoch, which names a slice.
func minuteOf(t time.Time) string {
	return strconv.FormatInt(min(max(t.UnixMilli(), 0), lastInstant)/60_000, 10)
}

// callOf is where the entries of a call are found; "" and nothing for no call.
func (p partition) callOf(callID string, f call.Fingerprint) (key string, member []byte) {
	if callID == "" {
		return "", []byte{}
	}
	at := placeOf(f)
	return p.calls(at.bucket), at.member[:]
}
