package redisstore

import (
	"context"

	"github.com/redis/go-redis/v9"

	"xmode/call"
)

// Leave writes asks and last callers in one round trip.
func (s *Store) Leave(ctx context.Context, traces []call.Trace) error {
	pipe := s.client.Pipeline()
	for _, t := range traces {
		s.leave(ctx, pipe, t)
	}
	if pipe.Len() == 0 {
		return nil
	}
	_, err := pipe.Exec(ctx)
	return unavailable("writing traces", err)
}

func (s *Store) leave(ctx context.Context, p redis.Pipeliner, t call.Trace) {
	if t.Asked() {
		key := s.keys.asks(t.Query)
		p.Append(ctx, key, string(t.Digest[:]))
		p.Expire(ctx, key, askMemory)
	}
	if t.Reached() {
		b := t.Decision.Binding
		value := t.Query.Caller.Full() + "\t" + b.ID.String()
		p.Set(ctx, s.keys.last(t.Query.X, b.A), value, s.window)
	}
}
