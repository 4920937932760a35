package server

import (
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
func openStore(s *Settings, now func() time.Time, log *slog.Logger) (Store, func() error, error) {
	redisstore.SetLog(log)
	client, closing, err := connect(s.Redis.Reveal(), now)
	if err != nil {
		return nil, nil, err
	}
	opened, err := redisstore.New(redisstore.Config{
		Client: client, Prefix: s.RedisPrefix, CallbackWindow: s.CallbackWindow,
		Platforms: platformNames(), Now: now,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("open the store: %w", err)
	}
	return opened, func() error { opened.Close(); return closing() }, nil
}

// connect makes the Redis client and what closes it.
func connect(url string, now func() time.Time) (redis.UniversalClient, func() error, error) {
	if url == embedded {
		client, stop, err := redisstore.Embedded(now)
		return client, func() error { stop(); return nil }, err
	}
	client, err := redisstore.Connect(url)
	if err != nil {
		return nil, nil, fmt.Errorf("connect to Redis: %w", err)
	}
	return client, client.Close, nil
}

// checkRedis looks at the store's address.
func checkRedis(url platform.Secret) error {
	if !url.IsSet() || url.Reveal() == embedded {
		return nil
	}
	return redisstore.CheckURL(url.Reveal())
}
