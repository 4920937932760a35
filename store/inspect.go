package store

import (
	"context"
	"time"
)

// Inspector tells how the servers behind a store are set up, and how they are.
type Inspector interface {
	// Inspect asks every server that takes writes, and writes nothing. What one
	// of them hides or refuses is in its Node; the error is ErrUnavailable where
	// nobody could be asked.
	Inspect(ctx context.Context) (Inspection, error)
}

// The ways in which servers stand together.
const (
	Standalone = "standalone"
	Sentinel   = "sentinel"
	Cluster    = "cluster"
)

// Inspection is what an [Inspector] saw.
type Inspection struct {
	// Topology is Standalone, Sentinel or Cluster: how they are spoken to.
	Topology string
	// Nodes are the servers that take writes, by their names.
	Nodes []Node
	// Shards is what a cluster says of itself; nil: it is none.
	Shards *Shards
	// Partitions is over how many hash tags records spread since the first
	// start; 0: nobody started yet.
	Partitions int
}

// Shards is what a cluster says of itself.
type Shards struct {
	// OK: it takes commands for all slots.
	OK bool
	// Assigned of Slots have a server, Failing of them one that does not answer.
	Assigned, Failing int
}

// Slots is how many slots a cluster has.
const Slots = 16384

// Watcher is a sentinel that an address names.
type Watcher struct {
	// Name is its address.
	Name string
	// Away says in a word why it could not be asked, or knows no such master;
	// empty: it answered.
	Away string
	// Others are the sentinels that watch the same master, Down those of them that
	// it takes for dead.
	Others, Down int
}

// Node is one server.
type Node struct {
	// Name is its address as it names itself or is dialled, host:port.
	Name string
	// Away says in a word why it could not be asked; empty: it answered.
	Away string
	// Run changes when the server starts anew.
	Run string
	// Version as it tells, "7.2.4".
	Version string
	// Replica: it follows another server, and takes no writes. Clustered: it is
	// part of a cluster.
	Replica, Clustered bool
	// Offset is its clock minus ours, Doubt how far that may be off: half of what
	// the question took.
	Offset, Doubt time.Duration
	// Policy is what goes when the memory is full, "noeviction".
	Policy string
	// Used and Limit are its memory in bytes; no Limit: 0. Machine is that of the
	// machine, 0 where it is not told.
	Used, Limit, Machine int64
	// Log is set where writes go to an append-only file (appendonly).
	Log bool
	// LogFailed and SnapshotFailed: the last write of that kind did not succeed.
	LogFailed, SnapshotFailed bool
	// Replicas are those that are connected and up to date, whatever they lag.
	Replicas int
	// Hidden: the server does not tell its configuration; what follows is empty.
	Hidden bool
	// Fsync is when the append-only file goes to disk: always, everysec or no.
	Fsync string
	// LazyRewrite: it does not go to disk while it is rewritten.
	LazyRewrite bool
	// Snapshots is set where the data set is written to disk now and then (save).
	Snapshots bool
}
