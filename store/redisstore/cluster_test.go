package redisstore_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"xmode/store/redisstore"
	"xmode/store/storetest"
)

// TestContractOnCluster runs the whole contract on a Redis Cluster of three
// masters: no script and no command may name keys of two slots.
func TestContractOnCluster(t *testing.T) {
	client := cluster(t)
	for _, partitions := range []int{1, 5} {
		t.Run(fmt.Sprintf("%d partitions", partitions), func(t *testing.T) {
			storetest.Contract(t, opener(client, func(c *redisstore.Config) {
				c.Partitions, c.Prefix = partitions, fmt.Sprintf("%s-%d", c.Prefix, partitions)
			}))
		})
	}
}

// cluster starts three masters that share the slots.
func cluster(t *testing.T) redis.UniversalClient {
	t.Helper()
	const masters, slots = 3, 16384
	var addrs []string
	for range masters {
		addrs = append(addrs, storetest.Redis(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000"))
	}
	for i, addr := range addrs {
		node := connect(t, addr)
		if err := node.ClusterAddSlotsRange(t.Context(), i*slots/masters, (i+1)*slots/masters-1).Err(); err != nil {
			t.Fatal(err)
		}
		for _, other := range addrs {
			host, port, _ := net.SplitHostPort(other)
			if err := node.ClusterMeet(t.Context(), host, port).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, addr := range addrs {
		node := connect(t, addr)
		waitFor(t, func() bool {
			info := node.ClusterInfo(t.Context()).Val()
			return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:3")
		})
	}
	client, err := redisstore.Connect("redis+cluster://" + strings.Join(addrs, ","))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}
