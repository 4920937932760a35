package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"xmode/store"
)

// Promise is what the servers are held against.
type Promise struct {
	// Replicas and Fsync are those of --durability; neither: memory. Assumed: a
	// server that hides its configuration is trusted.
	Replicas       int
	Fsync, Assumed bool
	// Budget is how long a push may take.
	Budget time.Duration
	// Skew is how far signed timestamps may be off.
	Skew time.Duration
	// Partitions is over how many hash tags records are to spread.
	Partitions int
}

// Servers judges what an inspection saw.
func Servers(seen store.Inspection, p Promise) (found Findings) {
	for _, n := range seen.Nodes {
		found.server(seen.Topology, n, p)
	}
	switch seen.Topology {
	case store.Cluster:
		found.cluster(seen)
	case store.Sentinel:
		found.promotable(seen.Nodes)
	}
	switch {
	case seen.Partitions == p.Partitions:
		found.add(OK, Partitions, "", "%d, as at the first start", p.Partitions)
	case seen.Partitions > 0:
		found.add(Problem, Partitions, "", "%d now, %d at the first start", p.Partitions, seen.Partitions)
	}
	return found
}

// server judges one.
func (f *Findings) server(topology string, n store.Node, p Promise) {
	if n.Away != "" {
		f.add(Problem, Redis, n.Name, "no answer: %s", n.Away)
		return
	}
	f.add(OK, Redis, n.Name, "answers")
	f.role(topology, n)
	f.version(n, p)
	f.hidden(n, p)
	f.eviction(n)
	f.memory(n)
	f.persistence(n)
	f.durability(n, p)
	f.clock(n, p.Skew)
}

func (f *Findings) role(topology string, n store.Node) {
	switch {
	case n.Replica:
		f.add(Problem, Role, n.Name, "it is a replica of another server")
	case n.Clustered && topology != store.Cluster:
		f.add(Problem, Role, n.Name, "it is part of a cluster, and the address says redis+cluster:// nowhere")
	default:
		f.add(OK, Role, n.Name, "it takes writes")
	}
}

func (f *Findings) version(n store.Node, p Promise) {
	switch {
	case !since(n.Version, 7, 0):
		f.add(Problem, Version, n.Name, "Redis %s", plain(n.Version))
	case p.Fsync && !since(n.Version, 7, 2):
		f.add(OK, Version, n.Name, "Redis %s: without WAITAOF (7.2), so that fsync takes appendfsync always", plain(n.Version))
	default:
		f.add(OK, Version, n.Name, "Redis %s", plain(n.Version))
	}
}

// since reports whether a version is that one or later; one that cannot be read
// is not.
func since(version string, major, minor int) bool {
	var a, b int
	if n, _ := fmt.Sscanf(version, "%d.%d", &a, &b); n != 2 {
		return false
	}
	return a > major || a == major && b >= minor
}

// plain is a server's word, or that there was none: a server may say anything.
func plain(word string) string {
	odd := func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-", r) }
	if word == "" || len(word) > 40 || strings.ContainsFunc(word, odd) {
		return "of an unknown kind"
	}
	return word
}

func (f *Findings) hidden(n store.Node, p Promise) {
	switch {
	case !n.Hidden:
		f.add(OK, Hidden, n.Name, "it tells its configuration")
	case p.Fsync && !p.Assumed:
		f.add(Warning, Hidden, n.Name, "it hides its configuration (CONFIG GET), and durability is fsync")
	default:
		f.add(OK, Hidden, n.Name, "it hides its configuration (CONFIG GET); what goes to disk when cannot be seen")
	}
}

func (f *Findings) eviction(n store.Node) {
	switch {
	case n.Policy == "noeviction":
		f.add(OK, Eviction, n.Name, "noeviction")
	case n.Limit == 0:
		f.add(Warning, Eviction, n.Name, "maxmemory-policy is %s, and nothing goes as long as there is no maxmemory", plain(n.Policy))
	default:
		f.add(Problem, Eviction, n.Name, "maxmemory-policy is %s: when the memory is full, data goes", plain(n.Policy))
	}
}

// How full a memory may be, in percent.
const (
	fullish = 80
	full    = 95
)

func (f *Findings) memory(n store.Node) {
	limit, whose := n.Limit, "maxmemory"
	if limit == 0 {
		limit, whose = n.Machine, "the machine's memory"
	}
	if limit <= 0 {
		f.add(OK, Memory, n.Name, "%s used", mebibytes(n.Used))
		return
	}
	percent, level := n.Used*100/limit, OK
	switch {
	case percent >= full:
		level = Problem
	case percent >= fullish:
		level = Warning
	}
	f.add(level, Memory, n.Name, "%s used, %d %% of %s (%s)", mebibytes(n.Used), percent, whose, mebibytes(limit))
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

func (f *Findings) persistence(n store.Node) {
	switch {
	case n.LogFailed:
		f.add(Problem, Persistence, n.Name, "the last write of the append-only file failed")
	case n.SnapshotFailed:
		f.add(Problem, Persistence, n.Name, "the last snapshot failed (rdb_last_bgsave_status)")
	case n.Log:
		f.add(OK, Persistence, n.Name, "an append-only file%s", where(n.Fsync != "", ", appendfsync "+n.Fsync))
	case n.Snapshots:
		f.add(OK, Persistence, n.Name, "snapshots only: a crash loses what came since the last one")
	case n.Hidden:
		f.add(OK, Persistence, n.Name, "no append-only file; whether there are snapshots is hidden")
	default:
		f.add(Warning, Persistence, n.Name, "nothing is kept on disk: neither appendonly nor save")
	}
}

func where(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

// durability holds a server against the promise.
func (f *Findings) durability(n store.Node, p Promise) {
	switch {
	case p.Replicas > 0 && n.Replicas < p.Replicas:
		f.add(Problem, Durability, n.Name, "replicas=%d, and %d are connected", p.Replicas, n.Replicas)
	case p.Replicas > 0:
		f.add(OK, Durability, n.Name, "replicas=%d, and %d are connected", p.Replicas, n.Replicas)
	case p.Fsync && !n.Log && !(n.Hidden && p.Assumed):
		f.add(Problem, Durability, n.Name, "fsync, and there is no append-only file")
	case p.Fsync && since(n.Version, 7, 2) && !p.Assumed:
		f.waiting(n, p)
	case p.Fsync:
		f.always(n, p)
	default:
		f.add(OK, Durability, n.Name, "memory: a push is acknowledged before it is on disk or on a replica")
	}
}

// waiting is for a server that each write asks whether it is on disk (WAITAOF).
func (f *Findings) waiting(n store.Node, p Promise) {
	if !n.Hidden && n.Fsync != "always" && p.Budget < 2*time.Second {
		f.add(Warning, Durability, n.Name, "fsync with appendfsync %s: a write may take a second to get to disk, and a push has %v", plain(n.Fsync), p.Budget)
		return
	}
	f.add(OK, Durability, n.Name, "fsync, confirmed for each write")
}

// always is for a server whose answer has to mean that a write is on disk.
func (f *Findings) always(n store.Node, p Promise) {
	switch {
	case n.Hidden && p.Assumed:
		f.add(OK, Durability, n.Name, "fsync=assumed: nobody can see whether the server writes before it answers")
	case n.Hidden:
		f.add(Problem, Durability, n.Name, "fsync, and the server hides whether it writes before it answers")
	case n.Fsync != "always" && p.Assumed:
		f.add(Problem, Durability, n.Name, "fsync=assumed, and appendfsync is %s: the last second may be lost", plain(n.Fsync))
	case n.Fsync != "always":
		f.add(Problem, Durability, n.Name, "fsync, and appendfsync is %s", plain(n.Fsync))
	case n.LazyRewrite:
		f.add(Problem, Durability, n.Name, "fsync, and no-appendfsync-on-rewrite is yes")
	default:
		f.add(OK, Durability, n.Name, "fsync: the server writes before it answers")
	}
}

// cluster judges what a cluster says of itself, and its masters together.
func (f *Findings) cluster(seen store.Inspection) {
	switch s := seen.Shards; {
	case s == nil:
		f.add(OK, ClusterState, "", "it does not tell its state (CLUSTER INFO); %d masters answer", len(byOffset(seen.Nodes)))
	case s.Assigned < store.Slots:
		f.add(Problem, ClusterState, "", "%d of %d slots have no server", store.Slots-s.Assigned, store.Slots)
	case !s.OK || s.Failing > 0:
		f.add(Problem, ClusterState, "", "it is down or partly down: %d slots fail", s.Failing)
	default:
		f.add(OK, ClusterState, "", "all slots are served by %d masters", len(seen.Nodes))
	}
	for _, n := range seen.Nodes {
		if n.Away == "" && n.Replicas == 0 {
			f.add(Warning, ClusterState, n.Name, "the master has no replica: when it goes, its slots go")
		}
	}
	f.shardClocks(seen.Nodes)
}

// byOffset sorts servers by their clocks, without those that did not answer.
func byOffset(nodes []store.Node) []store.Node {
	all := slices.DeleteFunc(slices.Clone(nodes), func(n store.Node) bool { return n.Away != "" })
	slices.SortFunc(all, func(a, b store.Node) int { return int(a.Offset - b.Offset) })
	return all
}

// Unreachable is what there is to say where no server is known; class says in a
// word why.
func Unreachable(class string) (found Findings) {
	found.add(Problem, Redis, "", "no answer: %s", class)
	return found
}
