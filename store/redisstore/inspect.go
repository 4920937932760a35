package redisstore

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/store"
)

// clockSamples is how often a clock is asked: the quickest answer tells best.
const clockSamples = 3

// Inspect asks all masters how they are set up, on the connections of the
// background.
func (s *Store) Inspect(ctx context.Context) (store.Inspection, error) {
	seen := store.Inspection{Topology: s.topology()}
	var err error
	if cluster, ok := s.background.(*redis.ClusterClient); ok {
		seen.Nodes, err = s.inspectMasters(ctx, cluster)
		seen.Shards = shardsOf(ctx, cluster)
	} else {
		seen.Nodes = []store.Node{s.inspectNode(ctx, s.background, "")}
	}
	if err == nil && !slices.ContainsFunc(seen.Nodes, func(n store.Node) bool { return n.Away == "" }) {
		err = noAnswer(seen.Nodes)
	}
	if err != nil {
		return seen, unavailable("inspecting", err)
	}
	text, _ := s.background.Get(ctx, s.keys.partitions()).Result()
	seen.Partitions, _ = strconv.Atoi(text) // 0 where there is nothing yet
	return seen, nil
}

// noAnswer is the error of servers none of which could be asked.
func noAnswer(nodes []store.Node) error {
	if len(nodes) == 0 {
		return errors.New("no server is known")
	}
	return errors.New(nodes[0].Away)
}

func (s *Store) topology() string {
	switch client := s.background.(type) {
	case *redis.ClusterClient:
		return store.Cluster
	case *redis.Client:
		if client.Options().Addr == failoverAddr {
			return store.Sentinel
		}
	}
	return store.Standalone
}

// failoverAddr is what a client has for an address that asks sentinels for it.
const failoverAddr = "FailoverClient"

// inspectMasters asks all masters of a cluster beside each other.
func (s *Store) inspectMasters(ctx context.Context, cluster *redis.ClusterClient) ([]store.Node, error) {
	var mu sync.Mutex
	var nodes []store.Node
	err := cluster.ForEachMaster(ctx, func(ctx context.Context, one *redis.Client) error {
		node := s.inspectNode(ctx, one, one.Options().Addr)
		mu.Lock()
		defer mu.Unlock()
		nodes = append(nodes, node)
		return nil
	})
	slices.SortFunc(nodes, func(a, b store.Node) int { return cmp.Compare(a.Name, b.Name) })
	return nodes, err
}

// shardsOf is what a cluster says of itself; nil: it says nothing.
func shardsOf(ctx context.Context, cluster *redis.ClusterClient) *store.Shards {
	text, err := cluster.ClusterInfo(ctx).Result()
	if err != nil {
		return nil
	}
	info := parseInfo(text)
	return &store.Shards{
		OK: info["cluster_state"] == "ok", Assigned: int(info.number("cluster_slots_assigned")),
		Failing: int(info.number("cluster_slots_fail") + info.number("cluster_slots_pfail")),
	}
}

// inspectNode asks one server. Without a name it goes by the address that it was
// asked at.
func (s *Store) inspectNode(ctx context.Context, one redis.UniversalClient, name string) store.Node {
	node := store.Node{Name: name}
	fail := func(err error) store.Node { node.Away = classOf(err); return node }
	if client, ok := one.(*redis.Client); ok && name == "" && client.Options().Addr != failoverAddr {
		node.Name = client.Options().Addr
	}
	if err := s.readClock(ctx, one, &node); err != nil {
		return fail(err)
	}
	pipe := one.Pipeline()
	info := pipe.Info(ctx)
	kept, file, rewrite := pipe.ConfigGet(ctx, "save"), pipe.ConfigGet(ctx, "appendfsync"), pipe.ConfigGet(ctx, "no-appendfsync-on-rewrite")
	_, _ = pipe.Exec(ctx) // each command has its own error
	if info.Err() != nil {
		return fail(info.Err())
	}
	fill(&node, parseInfo(info.Val()))
	node.Hidden = kept.Err() != nil || file.Err() != nil || rewrite.Err() != nil
	if !node.Hidden {
		node.Snapshots = kept.Val()["save"] != ""
		node.Fsync = file.Val()["appendfsync"]
		node.LazyRewrite = rewrite.Val()["no-appendfsync-on-rewrite"] == "yes"
	}
	return node
}

// readClock compares clocks: the server read its own half-way through the
// quickest of some questions, as far as anybody knows.
func (s *Store) readClock(ctx context.Context, one redis.UniversalClient, node *store.Node) error {
	for i := range clockSamples {
		before := s.now()
		there, err := one.Time(ctx).Result()
		if err != nil {
			return err
		}
		doubt := s.now().Sub(before) / 2
		if i == 0 || doubt < node.Doubt {
			node.Doubt, node.Offset = doubt, there.Sub(before.Add(doubt)).Round(time.Microsecond)
		}
	}
	return nil
}

// info is what a server says of itself, by name.
type info map[string]string

func parseInfo(text string) info {
	all := info{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			all[name] = value
		}
	}
	return all
}

// number is a value that is one; 0: there is none.
func (i info) number(name string) int64 {
	n, _ := strconv.ParseInt(i[name], 10, 64)
	return n
}

// fill takes what INFO tells, which servers tell that hide their configuration.
func fill(node *store.Node, i info) {
	node.Run, node.Version = i["run_id"], i["redis_version"]
	node.Replica, node.Clustered = i["role"] == "slave", i["cluster_enabled"] == "1"
	node.Policy = i["maxmemory_policy"]
	node.Used, node.Limit, node.Machine = i.number("used_memory"), i.number("maxmemory"), i.number("total_system_memory")
	node.Log = i["aof_enabled"] == "1"
	node.LogFailed = node.Log && i["aof_last_write_status"] == "err"
	node.SnapshotFailed = i["rdb_last_bgsave_status"] == "err"
	for n := range i.number("connected_slaves") {
		if strings.Contains(i["slave"+strconv.FormatInt(n, 10)], "state=online") {
			node.Replicas++
		}
	}
}
