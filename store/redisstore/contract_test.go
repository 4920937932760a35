package redisstore_test

import (
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/internal/leaktest"
	"xmode/store/redisstore"
	"xmode/store/storetest"
)

var platforms = []call.Platform{"aliyun", "huawei"}

func newStore(t testing.TB, client redis.UniversalClient, prefix string, now func() time.Time, mods ...func(*redisstore.Config)) *redisstore.Store {
	t.Helper()
	c := redisstore.Config{Client: client, Prefix: prefix, Platforms: platforms, Now: now, Lease: 2 * time.Second}
	for _, mod := range mods {
		mod(&c)
	}
	s, err := redisstore.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestMain silences the Redis client, which reports every refused connection, and looks for leaks.
func TestMain(m *testing.M) {
	redisstore.SetLog(slog.New(slog.DiscardHandler))
	os.Exit(leaktest.Run(m))
}

// opener isolates stores by their prefix.
func opener(client redis.UniversalClient, mods ...func(*redisstore.Config)) storetest.Open {
	var n atomic.Int64
	return func(t testing.TB, now func() time.Time) storetest.Store {
		return newStore(t, client, fmt.Sprintf("t%d", n.Add(1)), now, mods...)
	}
}

func realRedis(t testing.TB) redis.UniversalClient {
	t.Helper()
	client, err := redisstore.Connect("redis://" + storetest.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func embedded(t testing.TB) redis.UniversalClient {
	t.Helper()
	client, stop, err := redisstore.Embedded(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return client
}

// TestContractOnPartitions spreads records over several hash tags, and leaves the
// platform's JSON out of the stream for consumers.
func TestContractOnPartitions(t *testing.T) {
	storetest.Contract(t, opener(realRedis(t), func(c *redisstore.Config) { c.Partitions, c.LeanStream = 5, true }))
}

func TestContractOnEmbedded(t *testing.T) { storetest.Contract(t, opener(embedded(t))) }
