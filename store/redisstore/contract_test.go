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
	"xmode/store/redisstore"
	"xmode/store/storetest"
)

var platforms = []call.Platform{"aliyun", "huawei"}

func newStore(t testing.TB, client redis.UniversalClient, prefix string, now func() time.Time) *redisstore.Store {
	t.Helper()
	s, err := redisstore.New(redisstore.Config{Client: client, Prefix: prefix, Platforms: platforms, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestMain silences the Redis client, which reports every refused connection.
func TestMain(m *testing.M) {
	redisstore.SetLog(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// opener isolates stores by their prefix.
func opener(client redis.UniversalClient) storetest.Open {
	var n atomic.Int64
	return func(t testing.TB, now func() time.Time) storetest.Store {
		return newStore(t, client, fmt.Sprintf("t%d", n.Add(1)), now)
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

func TestContractOnRedis(t *testing.T) { storetest.Contract(t, opener(realRedis(t))) }

func TestContractOnEmbedded(t *testing.T) { storetest.Contract(t, opener(embedded(t))) }
