package redisstore

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// fileBatch is of how many pushes one script files the recordings, and fileEnough how
// many recordings: Redis serves nobody else meanwhile, and a query that comes then waits.
// fileRounds is how many such scripts run in a row.
const (
	fileBatch  = 8
	fileEnough = 25
	fileRounds = 5000
)

// FileRecordings files what pushes named.
func (s *Store) FileRecordings(ctx context.Context) error {
	for n := range s.partitions {
		for range fileRounds {
			cmd, err := s.askNode(ctx, s.background, s.scripts.file, n, []any{fileBatch, fileEnough})
			if err != nil {
				return unavailable("filing recordings", err)
			}
			if cmd.Val() == int64(0) {
				break
			}
		}
	}
	return nil
}

// ClaimRecordings claims what is due, partition by partition, each time from
// another one on.
func (s *Store) ClaimRecordings(ctx context.Context, p call.Platform, n int) (claims []store.Claim, err error) {
	start := int(s.claimAt.Add(1) % uint64(s.partitions))
	for i := range s.partitions {
		if len(claims) == n {
			break
		}
		some, err := s.claim(ctx, p, (start+i)%s.partitions, n-len(claims))
		if err != nil {
			if len(claims) > 0 { // they are ours already
				return claims, nil
			}
			return nil, unavailable("claiming recordings", err)
		}
		claims = append(claims, some...)
	}
	return claims, nil
}

// claim claims in one partition.
func (s *Store) claim(ctx context.Context, p call.Platform, partition, n int) ([]store.Claim, error) {
	base := string(s.keys.partition(partition))
	node, err := nodeOf(ctx, s.background, base)
	if err != nil {
		return nil, err
	}
	var cmd *redis.Cmd
	err = execOn(ctx, node, s.scripts, func(pipe redis.Pipeliner) {
		s.scripts.file.call(ctx, pipe, []string{base}, fileBatch, fileEnough)
		cmd = s.scripts.claim.call(ctx, pipe, []string{base}, string(p), s.now().UnixMilli(), s.lease.Milliseconds(), n)
	})
	if err != nil {
		return nil, err
	}
	values, err := cmd.Slice()
	if err != nil {
		return nil, err
	}
	const parts = 4
	var claims []store.Claim
	reply := reply{values: values}
	for i := 0; i+parts <= len(values); i += parts {
		c := store.Claim{Taken: reply.text(i+2) != "", Place: partition}
		token, _ := values[i+1].(int64)
		c.Token = uint64(token)
		if c.Recording, err = decodeRecording(reply.text(i), reply.text(i+3)); err != nil {
			continue // and keep the others from their work no longer
		}
		claims = append(claims, c)
	}
	return claims, reply.err
}

// HoldRecording begins the lease anew.
func (s *Store) HoldRecording(ctx context.Context, c store.Claim) error {
	cmd, err := s.askNode(ctx, s.background, s.scripts.hold, c.Place,
		[]any{c.ID, string(c.Platform), c.Token, s.lease.Milliseconds()})
	if err != nil {
		return unavailable("holding a recording", err)
	}
	return lostUnless(cmd.Val())
}

// SettleRecording ends a claim.
func (s *Store) SettleRecording(ctx context.Context, c store.Claim, r store.Recording) error {
	done, err := s.settleRecording(ctx, c.Place, strconv.FormatUint(c.Token, 10), "", &r)
	if err != nil {
		return unavailable("settling a recording", err)
	}
	return lostUnless(done)
}

// settleRecording writes how far a recording has come, under a claim's token or, without
// one, where nobody has a claim and its first line is what it was.
func (s *Store) settleRecording(ctx context.Context, partition int, token, before string, r *store.Recording) (done any, err error) {
	due := ""
	if !r.NextTryAt.IsZero() {
		due = strconv.FormatInt(r.NextTryAt.UnixMilli(), 10)
	}
	cmd, err := s.askNode(ctx, s.background, s.scripts.settle, partition, []any{
		r.ID, string(r.Platform), recordingMember(r.ID, r.NamedAt), token, before,
		string(r.State), appendProgress(nil, r), due,
	})
	if err != nil {
		return nil, err
	}
	return cmd.Val(), nil
}

// lostUnless reads the result of a script: 1 is done.
func lostUnless(result any) error {
	if result != int64(1) {
		return store.ErrLost
	}
	return nil
}

// AdmitAsk takes one of the questions of this second.
func (s *Store) AdmitAsk(ctx context.Context, p call.Platform, perSecond int) (time.Duration, error) {
	cmd, err := s.askNode(ctx, s.background, s.scripts.admit, 0, []any{string(p), perSecond})
	if err != nil {
		return 0, unavailable("admitting a question", err)
	}
	ms, ok := cmd.Val().(int64)
	if !ok {
		return 0, unavailable("admitting a question", fmt.Errorf("result is %T", cmd.Val()))
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// PauseAsks lets nobody ask a platform for a while.
func (s *Store) PauseAsks(ctx context.Context, p call.Platform, d time.Duration) error {
	key := s.keys.partition(0).key("vp:" + string(p))
	return unavailable("pausing questions", s.background.Set(ctx, key, "", d).Err())
}

var _ store.RecordingWork = (*Store)(nil)
