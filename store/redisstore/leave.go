package redisstore

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// Leave writes the log of decisions, asks and last callers: in one round trip,
// on Cluster in two waves.
func (s *Store) Leave(ctx context.Context, traces []call.Trace) error {
	if len(traces) == 0 {
		return nil
	}
	logs := s.logged(traces)
	if _, cluster := s.client.(*redis.ClusterClient); cluster {
		for partition, args := range logs {
			if err := s.onNode(ctx, s.scripts.log, partition, args); err != nil {
				return unavailable("logging decisions", err)
			}
		}
		logs = nil
	}
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for partition, args := range logs {
			s.scripts.log.call(ctx, p, []string{string(s.keys.partition(partition))}, args...)
		}
		for _, t := range traces {
			s.leave(ctx, p, t)
		}
	})
	if logs != nil && errors.Is(err, errOpen) { // the only round trip, and it was not made
		return store.ErrUnsent
	}
	return unavailable("writing traces", err)
}

// onNode runs a script on the node that has a partition, and nowhere else: while
// its slot moves, the client of a Cluster would follow to the other node, where
// the script would begin the partition anew.
func (s *Store) onNode(ctx context.Context, sc script, partition int, args []any) error {
	_, err := s.askNode(ctx, s.client, sc, partition, args)
	return err
}

// askNode is onNode for a script whose result matters.
func (s *Store) askNode(ctx context.Context, client redis.UniversalClient, sc script, partition int, args []any) (cmd *redis.Cmd, err error) {
	base := string(s.keys.partition(partition))
	node, err := nodeOf(ctx, client, base)
	if err != nil {
		return nil, err
	}
	err = execOn(ctx, node, s.scripts, func(p redis.Pipeliner) { cmd = sc.call(ctx, p, []string{base}, args...) })
	return cmd, err
}

// logged are the arguments of the log's script, by partition.
func (s *Store) logged(traces []call.Trace) map[int][]any {
	logs, items := make(map[int]*chunks, 1), make(map[int][]any, 1)
	for i := range traces {
		q := &traces[i].Query
		f := call.CallFingerprint(q.Platform, q.CallID)
		n := s.partitionOfCall(q.CallID, f, f)
		if logs[n] == nil {
			logs[n] = &chunks{spare: &s.spare}
		}
		chunk, position, _ := logs[n].add(sortQuery, func(dst []byte) []byte { return store.AppendQuery(dst, &traces[i]) })
		items[n] = append(items[n], chunk, position, joined(q.CallID, f))
	}
	args := make(map[int][]any, len(logs))
	for n, log := range logs {
		packed := log.pack(s.packer)
		log.release()
		args[n] = append(append(append(make([]any, 0, 1+len(packed)+len(items[n])), len(packed)), packed...), items[n]...)
	}
	return args
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
