package server

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/platform"
	"xmode/store"
	"xmode/store/redisstore"
)

// embedded is the value of XMODE_REDIS that asks for a store in this process.
const embedded = "embedded"

// Store is all that the server needs of a store.
type Store = store.Store

// openStore opens the store that the settings name, without waiting for it to
// answer: an endpoint that starts while Redis is away is ready once it is back.
// circuit is told when one of its servers is found away, and when it is back.
func openStore(s *Settings, now func() time.Time, log *slog.Logger, circuit func(way string, open bool)) (Store, func() error, error) {
	redisstore.SetLog(log)
	durability, err := redisstore.ParseDurability(s.Durability)
	if err != nil {
		return nil, nil, fmt.Errorf("open the store: %w", err)
	}
	durability.Patience = s.PushBudget - s.PushBudget/10 // a wait that ends by itself costs no connection
	clients, err := connect(s.Redis.Reveal(), now)
	if err != nil {
		return nil, nil, err
	}
	opened, err := redisstore.New(redisstore.Config{
		Client: clients.others, Queries: clients.queries, Pushes: clients.pushes, Background: clients.background,
		Prefix: s.RedisPrefix, CallbackWindow: s.CallbackWindow, Probe: s.DecisionBudget * 4 / 5, Circuit: circuit,
		Durability: durability, Partitions: s.RecordPartitions, LeanStream: !s.StreamRaw,
		Platforms: platformNames(), Now: now,
	})
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open the store: %w", err), clients.close())
	}
	return opened, func() error { opened.Close(); return clients.close() }, nil
}

// clients are four ways to one Redis: pushes may wait for replicas or a disk, a list
// may be long, and they and the work in the background must not keep queries from their
// connections.
type clients struct {
	queries, pushes, others, background redis.UniversalClient
	close                               func() error
}

// connect makes the Redis clients and what closes them.
func connect(url string, now func() time.Time) (clients, error) {
	if url == embedded {
		client, stop, err := redisstore.Embedded(now)
		return clients{client, client, client, client, func() error { stop(); return nil }}, err
	}
	var c clients
	var open []redis.UniversalClient
	c.close = func() (err error) {
		for _, client := range open {
			err = errors.Join(err, client.Close())
		}
		return err
	}
	for _, way := range []*redis.UniversalClient{&c.queries, &c.pushes, &c.others, &c.background} {
		client, err := redisstore.Connect(url)
		if err != nil {
			return clients{}, errors.Join(fmt.Errorf("connect to Redis: %w", err), c.close())
		}
		*way, open = client, append(open, client)
	}
	return c, nil
}

// checkRedis looks at the store's address.
func checkRedis(url platform.Secret) error {
	if !url.IsSet() || url.Reveal() == embedded {
		return nil
	}
	return redisstore.CheckURL(url.Reveal())
}
