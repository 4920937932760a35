package doctor_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"xmode/doctor"
	"xmode/platform"
	"xmode/store"
)

var update = flag.Bool("update", false, "write docs/DOCTOR.md instead of comparing it")

// good is a server with which all is in order.
func good() store.Node {
	return store.Node{Name: "r:1", Version: "7.2.4", Policy: "noeviction", Used: 1 << 20, Limit: 1 << 30, Log: true, Fsync: "always", Replicas: 1}
}

func promise() doctor.Promise {
	return doctor.Promise{Fsync: true, Budget: 500 * time.Millisecond, Skew: 5 * time.Minute, Partitions: 1}
}

// bad lists what is not in order, "level check where: found".
func bad(found doctor.Findings) (lines []string) {
	for _, f := range found {
		if f.Level > doctor.OK {
			lines = append(lines, fmt.Sprintf("%s %s %s: %s", f.Level, f.Check, f.Where, f.Found))
		}
		if f.Level > doctor.OK && (f.Why == "" || f.Do == "") {
			lines = append(lines, f.Check+" does not say why, or what to do")
		}
	}
	return lines
}

func expect(t *testing.T, found doctor.Findings, want string) {
	t.Helper()
	if got := strings.Join(bad(found), "\n"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestServers(t *testing.T) {
	const mib = 1 << 20
	for name, c := range map[string]struct {
		change func(*store.Node, *doctor.Promise)
		want   string
	}{
		"all in order": {func(*store.Node, *doctor.Promise) {}, ""},
		"away":         {func(n *store.Node, _ *doctor.Promise) { n.Away = "NOAUTH" }, "problem redis r:1: no answer: NOAUTH"},
		"replica":      {func(n *store.Node, _ *doctor.Promise) { n.Replica = true }, "problem redis-role r:1: it is a replica of another server"},
		"of a cluster": {func(n *store.Node, _ *doctor.Promise) { n.Clustered = true },
			"problem redis-role r:1: it is part of a cluster, and the address says redis+cluster:// nowhere"},
		"old": {func(n *store.Node, p *doctor.Promise) { n.Version = "6.2.14" }, "problem redis-version r:1: Redis 6.2.14"},
		"unknown version": {func(n *store.Node, _ *doctor.Promise) { n.Version = "13800000021 <>" },
			"problem redis-version r:1: Redis of an unknown kind"},
		"7.0 that writes": {func(n *store.Node, _ *doctor.Promise) { n.Version = "7.0.15" }, ""},
		"evicts": {func(n *store.Node, _ *doctor.Promise) { n.Policy = "volatile-lru" },
			"problem eviction r:1: maxmemory-policy is volatile-lru: when the memory is full, data goes"},
		"would evict": {func(n *store.Node, _ *doctor.Promise) { n.Policy, n.Limit = "allkeys-lru", 0 },
			"warning eviction r:1: maxmemory-policy is allkeys-lru, and nothing goes as long as there is no maxmemory"},
		"fullish": {func(n *store.Node, _ *doctor.Promise) { n.Used, n.Limit = 80*mib, 100*mib },
			"warning memory r:1: 80.0 MiB used, 80 % of maxmemory (100.0 MiB)"},
		"full machine": {func(n *store.Node, _ *doctor.Promise) { n.Used, n.Limit, n.Machine = 95*mib, 0, 100*mib },
			"problem memory r:1: 95.0 MiB used, 95 % of the machine's memory (100.0 MiB)"},
		"log failed": {func(n *store.Node, _ *doctor.Promise) { n.LogFailed = true }, "problem persistence r:1: the last write of the append-only file failed"},
		"snapshot failed": {func(n *store.Node, _ *doctor.Promise) { n.SnapshotFailed = true },
			"problem persistence r:1: the last snapshot failed (rdb_last_bgsave_status)"},
		"nothing on disk, memory": {func(n *store.Node, p *doctor.Promise) { n.Log, p.Fsync = false, false },
			"warning persistence r:1: nothing is kept on disk: neither appendonly nor save"},
		"snapshots, memory": {func(n *store.Node, p *doctor.Promise) { n.Log, n.Snapshots, p.Fsync = false, true, false }, ""},
		"no log, fsync": {func(n *store.Node, _ *doctor.Promise) { n.Log, n.Snapshots = false, true },
			"problem durability r:1: fsync, and there is no append-only file"},
		"everysec, 7.0": {func(n *store.Node, _ *doctor.Promise) { n.Version, n.Fsync = "7.0.15", "everysec" },
			"problem durability r:1: fsync, and appendfsync is everysec"},
		"lazy, 7.0": {func(n *store.Node, _ *doctor.Promise) { n.Version, n.LazyRewrite = "7.0.15", true },
			"problem durability r:1: fsync, and no-appendfsync-on-rewrite is yes"},
		"everysec, 7.2": {func(n *store.Node, _ *doctor.Promise) { n.Fsync = "everysec" },
			"warning durability r:1: fsync with appendfsync everysec: a write may take a second to get to disk, and a push has 500ms"},
		"hidden, 7.0": {func(n *store.Node, _ *doctor.Promise) { n.Version, n.Fsync, n.Hidden = "7.0.15", "", true },
			"warning redis-config r:1: it hides its configuration (CONFIG GET), and durability is fsync\n" +
				"problem durability r:1: fsync, and the server hides whether it writes before it answers"},
		"hidden, assumed": {func(n *store.Node, p *doctor.Promise) {
			n.Version, n.Fsync, n.Hidden, p.Assumed = "7.0.15", "", true, true
		}, ""},
		"assumed too much": {func(n *store.Node, p *doctor.Promise) { n.Fsync, p.Assumed = "everysec", true },
			"problem durability r:1: fsync=assumed, and appendfsync is everysec: the last second may be lost"},
		"no replica": {func(n *store.Node, p *doctor.Promise) { p.Fsync, p.Replicas = false, 2 },
			"problem durability r:1: replicas=2, and 1 are connected"},
		"ahead": {func(n *store.Node, _ *doctor.Promise) { n.Offset, n.Doubt = 2*time.Second, 20*time.Millisecond },
			"warning clock r:1: Redis' clock is 2s ahead of ours, give or take 20ms; signed times may be off by 5m0s"},
		"far behind": {func(n *store.Node, _ *doctor.Promise) { n.Offset = -10 * time.Minute },
			"problem clock r:1: Redis' clock is 10m0s behind ours, give or take 0s; signed times may be off by 5m0s"},
		"asked slowly": {func(n *store.Node, _ *doctor.Promise) { n.Offset, n.Doubt = 2*time.Second, 1500*time.Millisecond }, ""},
		"partitions":   {func(_ *store.Node, p *doctor.Promise) { p.Partitions = 4 }, "problem partitions : 4 now, 1 at the first start"},
	} {
		t.Run(name, func(t *testing.T) {
			n, p := good(), promise()
			c.change(&n, &p)
			expect(t, doctor.Servers(store.Inspection{Topology: store.Standalone, Nodes: []store.Node{n}, Partitions: 1}, p), c.want)
		})
	}
}

func TestClusters(t *testing.T) {
	nodes := func(change func(n *store.Node)) []store.Node {
		a, b := good(), good()
		a.Name, b.Name, a.Clustered, b.Clustered = "a:1", "b:2", true, true
		change(&b)
		return []store.Node{a, b}
	}
	same := func(*store.Node) {}
	all := &store.Shards{OK: true, Assigned: store.Slots}
	for name, c := range map[string]struct {
		shards *store.Shards
		change func(n *store.Node)
		want   string
	}{
		"all in order": {all, same, ""},
		"silent":       {nil, same, ""},
		"slots lost":   {&store.Shards{Assigned: store.Slots - 10}, same, "problem cluster : 10 of 16384 slots have no server"},
		"slots fail":   {&store.Shards{Assigned: store.Slots, Failing: 5}, same, "problem cluster : it is down or partly down: 5 slots fail"},
		"no replica":   {all, func(n *store.Node) { n.Replicas = 0 }, "warning cluster b:2: the master has no replica: when it goes, its slots go"},
		"a clock": {all, func(n *store.Node) { n.Offset = 3 * time.Second },
			"warning clock b:2: Redis' clock is 3s ahead of ours, give or take 0s; signed times may be off by 5m0s\n" +
				"warning shard-clocks : the clock of b:2 is 3s ahead of that of a:1"},
		"one away": {all, func(n *store.Node) { n.Away = "connection" }, "problem redis b:2: no answer: connection"},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, doctor.Servers(store.Inspection{Topology: store.Cluster, Shards: c.shards, Nodes: nodes(c.change), Partitions: 1}, promise()), c.want)
		})
	}
}

func TestSecrets(t *testing.T) {
	for text, want := range map[string]string{
		"example-signing-key":              "problem weak-secret S: it is, or reads like, an example of the documentation",
		"KEY-FROM-THE-PLATFORM":            "problem weak-secret S: it is, or reads like, an example of the documentation",
		"MyPassword12345678":               "problem weak-secret S: it is, or reads like, an example of the documentation",
		"k7Gq2xz":                          "problem weak-secret S: it has fewer than 8 characters",
		"aaaaaaaaaaaaaaaaaaaaaaaa":         "problem weak-secret S: it has hardly any different characters",
		"0123456789abcdef":                 "warning weak-secret S: its characters follow each other in a row",
		"k7Gq2xzPk7Gq2xzP":                 "warning weak-secret S: it is one piece, repeated",
		"k7Gq2xzPwM":                       "warning weak-secret S: it has fewer than 16 characters",
		"aaaaaaaaaaaaaaaabcd1e2aaaaa":      "warning weak-secret S: there is little in it to guess",
		"3f9a1c44e07b5d2286d1c0b9f7a3e815": "",
		"e2e-signing-key-5d1f":             "",
	} {
		t.Run(text, func(t *testing.T) {
			found := doctor.Secrets([]doctor.Secret{{Where: "S", Text: platform.NewSecret(text)}})
			expect(t, found, want)
			if written, _ := json.Marshal(found); bytes.Contains(written, []byte(text)) {
				t.Errorf("the secret is in %s", written)
			}
		})
	}
	random := platform.NewSecret("3f9a1c44e07b5d2286d1c0b9f7a3e815")
	expect(t, doctor.Secrets([]doctor.Secret{{Where: "A", Text: random}, {Where: "B, entry 2", Text: random}}), "problem shared-secret B, entry 2: the same as A")
}

func TestSettings(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	valid := func(d time.Duration) func(*doctor.Setup) {
		return func(s *doctor.Setup) {
			s.Certificates = []doctor.Validity{{Where: "C", From: now.Add(-time.Hour), Until: now.Add(d)}}
		}
	}
	for name, c := range map[string]struct {
		change func(*doctor.Setup)
		want   string
	}{
		"all in order": {func(*doctor.Setup) {}, ""},
		"fault":        {func(s *doctor.Setup) { s.Faults = []doctor.Fault{{Name: "XMODE_X", Text: "is no setting"}} }, "problem settings XMODE_X: is no setting"},
		"no platform":  {func(s *doctor.Setup) { s.Platforms = false }, "warning platforms : no platform has keys"},
		"no keys":      {func(s *doctor.Setup) { s.Keys = false }, "warning api-keys : there are none"},
		"readable": {func(s *doctor.Setup) { s.Files = []doctor.File{{Where: "F"}, {Where: "G", Readable: true}} },
			"warning secret-file G: everybody on this machine can read the file"},
		"writable": {func(s *doctor.Setup) { s.Files = []doctor.File{{Where: "F", Readable: true, Writable: true}} },
			"problem secret-file F: everybody on this machine can write the file"},
		"expired":    {valid(-time.Second), "problem certificate C: expired at 2026-03-04T05:06:06Z"},
		"in 2 days":  {valid(48 * time.Hour), "problem certificate C: expires at 2026-03-06T05:06:07Z"},
		"in 13 days": {valid(13 * 24 * time.Hour), "warning certificate C: expires at 2026-03-17T05:06:07Z"},
		"in 15 days": {valid(15 * 24 * time.Hour), ""},
		"to come": {func(s *doctor.Setup) {
			s.Certificates = []doctor.Validity{{Where: "C", From: now.Add(time.Hour), Until: now.AddDate(1, 0, 0)}}
		}, "problem certificate C: not valid before 2026-03-04T06:06:07Z"},
		"public":         {func(s *doctor.Setup) { s.PublicOpen = true }, ""},
		"admin in clear": {func(s *doctor.Setup) { s.AdminInClear = true }, "warning admin-listener : it leaves loopback without TLS"},
		"archive":        {func(s *doctor.Setup) { s.HasArchive, s.ArchiveFault = true, "no folder" }, "problem archive : no folder"},
		"embedded":       {func(s *doctor.Setup) { s.Embedded = true }, "warning persistence : the store is in the process of the endpoint, and is gone when it stops"},
		"far":            {func(s *doctor.Setup) { s.RedisLocal = false }, "warning redis-access : beyond this machine, without password and TLS"},
		"far, password":  {func(s *doctor.Setup) { s.RedisLocal, s.RedisPassword = false, true }, "warning redis-access : beyond this machine, without TLS"},
		"far, both":      {func(s *doctor.Setup) { s.RedisLocal, s.RedisPassword, s.RedisTLS = false, true, true }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := doctor.Setup{Platforms: true, Keys: true, HasRedis: true, RedisLocal: true}
			c.change(&s)
			expect(t, s.Judge(now), c.want)
		})
	}
}

// TestPage holds docs/DOCTOR.md against the checks.
func TestPage(t *testing.T) {
	var page strings.Builder
	page.WriteString("<!-- Generated from the code by `make generate`; do not edit. -->\n\n# What `xmode doctor` looks at\n\n" +
		"A problem loses or leaks data as things are, or keeps the endpoint from its work, and ends the command with 1; a warning is worth\n" +
		"a look (`--strict`: 1 as well). A running endpoint looks too, every ten seconds, and logs what is new and what is gone.\n\n" +
		"| check | looks at | why | what to do |\n|---|---|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "*", `\*`)
	for _, c := range doctor.Checks() {
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", c.Name, cell.Replace(c.Looks), cell.Replace(c.Why), cell.Replace(c.Do))
	}
	const name = "../docs/DOCTOR.md"
	if *update {
		if err := os.WriteFile(name, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != page.String() {
		t.Errorf("docs/DOCTOR.md is stale, run `make generate` (%v)", err)
	}
}

func TestSentinels(t *testing.T) {
	for name, c := range map[string]struct {
		all  []store.Watcher
		want string
	}{
		"all in order": {[]store.Watcher{{Name: "a", Others: 2}, {Name: "b", Others: 2}}, ""},
		"none":         {[]store.Watcher{{Name: "a", Away: "connection"}}, "warning sentinel a: the sentinel does not help: connection\nproblem sentinel : none of 1 sentinels answers"},
		"one":          {[]store.Watcher{{Name: "a"}}, "warning sentinel : 1 watch the master and live: when it dies, they may not agree"},
		"one down":     {[]store.Watcher{{Name: "a", Others: 2, Down: 1}}, "warning sentinel : 2 watch the master and live: when it dies, they may not agree"},
	} {
		t.Run(name, func(t *testing.T) { expect(t, doctor.Watchers(c.all), c.want) })
	}
	n := good()
	n.Name, n.Replicas = "", 0
	expect(t, doctor.Servers(store.Inspection{Topology: store.Sentinel, Nodes: []store.Node{n}, Partitions: 1}, promise()),
		"warning sentinel : the master has no replica: nobody can take its place")
}
