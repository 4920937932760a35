package redisstore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/store/redisstore"
	"xmode/store/storetest"
)

// TestContractOnTopologies runs the whole contract on each way to run Redis. On the
// Cluster no script and no command may name keys of two slots.
func TestContractOnTopologies(t *testing.T) {
	for name, start := range storetest.Topologies() {
		t.Run(name, func(t *testing.T) {
			client := reach(t, start(t).URL)
			for _, partitions := range []int{1, 5} {
				t.Run(fmt.Sprintf("%d partitions", partitions), func(t *testing.T) {
					storetest.Contract(t, opener(client, func(c *redisstore.Config) {
						c.Partitions, c.Prefix = partitions, fmt.Sprintf("%s-%d", c.Prefix, partitions)
					}))
				})
				if name != "Cluster" {
					break // partitions on one server are told from one another elsewhere
				}
			}
		})
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
