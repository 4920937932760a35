package main

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/bench/internal/lab"
)

// nonceMemory is how long a nonce is kept.
const nonceMemory = 10 * time.Minute

// memory is a lookup without Redis; it files no nonce.
type memory map[string]binding

func newMemory() memory {
	m := make(memory, lab.Pairs)
	for i := range lab.Pairs {
		p := lab.PairAt(i, lab.PerX)
		m[p.X+p.Peer] = binding{id: strconv.Itoa(i + 1), called: p.A}
	}
	return m
}

func (m memory) find(_ context.Context, _, x, caller string) (binding, error) {
	b, ok := m[x+caller]
	if !ok {
		return binding{}, errNoBinding
	}
	return b, nil
}

// redisLookup makes two calls, one after the other.
type redisLookup struct{ client *redis.Client }

// newRedis opens a pool with a connection for each client, and files the pairs.
func newRedis(ctx context.Context, address string) (redisLookup, error) {
	client := redis.NewClient(&redis.Options{Addr: address, PoolSize: 64})
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range lab.Pairs {
			pair := lab.PairAt(i, lab.PerX)
			p.HSet(ctx, bindingKey(pair.X, pair.Peer), "id", i+1, "called", pair.A, "record", 0)
		}
		return nil
	})
	return redisLookup{client}, err
}

func bindingKey(x, caller string) string { return "baseline:b:" + x + ":" + caller }

func (r redisLookup) find(ctx context.Context, nonce, x, caller string) (binding, error) {
	fresh, err := r.client.SetNX(ctx, "baseline:n:"+nonce, 1, nonceMemory).Result()
	if err != nil {
		return binding{}, err
	}
	if !fresh {
		return binding{}, errReplayed
	}
	fields, err := r.client.HGetAll(ctx, bindingKey(x, caller)).Result()
	if err != nil {
		return binding{}, err
	}
	if len(fields) == 0 {
		return binding{}, errNoBinding
	}
	return binding{id: fields["id"], called: fields["called"], record: fields["record"] == "1"}, nil
}
