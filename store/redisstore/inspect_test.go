package redisstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"xmode/store"
	"xmode/store/redisstore"
	"xmode/store/storetest"
)

// TestInspect: on each way to run Redis every master is seen, and nothing is
// written.
func TestInspect(t *testing.T) {
	for name, want := range map[string]struct {
		topology string
		masters  int
		replicas int
	}{
		"standalone": {store.Standalone, 1, 0}, "Sentinel": {store.Sentinel, 1, 1}, "Cluster": {store.Cluster, 3, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start, ok := storetest.Topologies()[name]
			if !ok {
				t.Fatal("no such topology")
			}
			s := newStore(t, reach(t, start(t).URL), "inspected", time.Now)
			seen, err := s.Inspect(t.Context())
			if err != nil || seen.Topology != want.topology || len(seen.Nodes) != want.masters || seen.Partitions != 0 {
				t.Fatalf("%+v, %v", seen, err)
			}
			for _, n := range seen.Nodes {
				if n.Away != "" || n.Run == "" || !strings.HasPrefix(n.Version, "7.") || n.Policy != "noeviction" || n.Replica || n.Hidden ||
					n.Replicas != want.replicas || n.Used == 0 || n.Machine == 0 || n.Fsync == "" || n.Offset.Abs() > n.Doubt+time.Second {
					t.Errorf("%+v", n)
				}
			}
			if c := seen.Shards; (c != nil) != (name == "Cluster") || c != nil && *c != (store.Shards{OK: true, Assigned: store.Slots}) {
				t.Errorf("%+v", c)
			}
		})
	}
}

// TestInspectWithDocumentedAccess: the user of docs/REDIS.md sees all but the
// configuration, and what a cluster says of itself.
func TestInspectWithDocumentedAccess(t *testing.T) {
	url := storetest.Secured(t, storetest.Authorise(t), documentedRule(t, "~xmode:*")).URL
	seen, err := newStore(t, reach(t, url), "xmode", time.Now).Inspect(t.Context())
	if err != nil || len(seen.Nodes) != 1 {
		t.Fatalf("%+v, %v", seen, err)
	}
	if n := seen.Nodes[0]; n.Away != "" || !n.Hidden || n.Policy != "noeviction" || n.Fsync != "" {
		t.Errorf("%+v", n)
	}
}

// TestInspectReadsPartitions of whoever started first.
func TestInspectReadsPartitions(t *testing.T) {
	client := realRedis(t)
	first := newStore(t, client, "p", time.Now, func(c *redisstore.Config) { c.Partitions = 4 })
	if err := first.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen, err := newStore(t, client, "p", time.Now).Inspect(t.Context())
	if err != nil || seen.Partitions != 4 {
		t.Errorf("%+v, %v", seen, err)
	}
}

// TestInspectWithNobodyThere ends in time, and says so without the password.
func TestInspectWithNobodyThere(t *testing.T) {
	for _, url := range []string{"redis://:hushhush@127.0.0.1:1", "redis+sentinel://:hushhush@127.0.0.1:1/m", "redis+cluster://:hushhush@127.0.0.1:1"} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := newStore(t, reach(t, url), "n", time.Now).Inspect(ctx)
		if !errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v, %v", url, err, ctx.Err())
		}
	}
}

func TestReachOf(t *testing.T) {
	for url, want := range map[string]redisstore.Reach{
		"redis://127.0.0.1:6379":                     {Local: true},
		"redis://localhost":                          {Local: true},
		"redis://[::1]:6379":                         {Local: true},
		"redis://redis:6379/0":                       {},
		"rediss://u:hush@10.0.0.1":                   {TLS: true, Password: "hush"},
		"redis+cluster://:hush@127.0.0.1:1,h:2":      {Password: "hush"},
		"redis+sentinel://127.0.0.1:1,127.0.0.2:2/m": {Local: true},
		"redis+sentinel://:hush@10.0.0.1:1/master/0": {Password: "hush"},
	} {
		if got, err := redisstore.ReachOf(url); err != nil || got != want {
			t.Errorf("%s: %+v, %v", url, got, err)
		}
	}
	if _, err := redisstore.ReachOf("http://h"); !errors.Is(err, redisstore.ErrURL) {
		t.Error(err)
	}
}

// TestWatchers: each sentinel that an address names says who else watches, by the
// login of sentinels, and what does not help says why.
func TestWatchers(t *testing.T) {
	p := storetest.Sentinel(t, storetest.Access{Data: storetest.Password, Sentinels: "storetest-sentinels-59"})
	all, err := redisstore.Watchers(t.Context(), p.URL)
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	for i, w := range all {
		if w != (store.Watcher{Name: p.Sentinels[i].Addr, Others: 2}) {
			t.Errorf("%+v", w)
		}
	}
	p.Sentinels[2].Kill()
	waitFor(t, func() bool {
		all, err := redisstore.Watchers(t.Context(), p.URL)
		return err == nil && all[2].Away == "connection" && all[0].Down == 1 && all[1].Down == 1
	})
	for url, away := range map[string]string{
		strings.Replace(p.URL, "storetest-sentinels-59", "wrong", 1):      "WRONGPASS",
		strings.Replace(p.URL, "/"+masterOf(p.URL), "/another-master", 1): "it knows no master of that name",
		"redis+sentinel://127.0.0.1:1/m":                                  "connection",
	} {
		all, err := redisstore.Watchers(t.Context(), url)
		if err != nil || len(all) == 0 || all[0].Away != away {
			t.Errorf("%s: %+v, %v", away, all, err)
		}
	}
	if all, err := redisstore.Watchers(t.Context(), "redis://127.0.0.1:1"); err != nil || all != nil {
		t.Errorf("%+v, %v", all, err)
	}
}

// masterOf is what an address calls the master.
func masterOf(url string) string {
	_, path, _ := strings.Cut(strings.SplitN(url, "://", 2)[1], "/")
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '?' })[0]
}
