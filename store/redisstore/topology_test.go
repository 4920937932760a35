package redisstore_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/store/redisstore"
	"xmode/store/storetest"
)

// TestContractOnTopologies runs the whole contract on each way to run Redis; by TLS that
// is TestDocumentedAccessSuffices. On the Cluster no script and no command may name
// keys of two slots.
func TestContractOnTopologies(t *testing.T) {
	partitions := map[string]int{"standalone": 1, "Sentinel": 1, "Cluster": 5}
	for name, start := range storetest.Topologies() {
		if n, plain := partitions[name]; plain {
			t.Run(name, func(t *testing.T) {
				storetest.Contract(t, opener(reach(t, start(t).URL), func(c *redisstore.Config) { c.Partitions = n }))
			})
		}
	}
}

// reach makes a client for an address.
func reach(t testing.TB, url string) redis.UniversalClient {
	t.Helper()
	client, err := redisstore.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// pinged is what a store over an address says of its servers.
func pinged(t testing.TB, url string) error {
	t.Helper()
	s := newStore(t, reach(t, url), "xmode", time.Now)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return s.Ping(ctx)
}
