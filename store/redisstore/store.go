// Package redisstore keeps bindings, nonces, what decisions leave behind and what
// platforms push in Redis: standalone, Sentinel or Cluster, version 7.0 or later.
//
// What one decision needs about an X number lies under the X number's hash tag,
// so that a write is one atomic script on one shard and a look-up one round
// trip, with ten bindings on the number or a million. The indexes by id and by
// owner lie under other tags. They are written before the atomic step and
// tidied after it, by the one holder of the id's lease; a writer that dies in
// between leaves an id that is due for repair, and nothing worse.
//
// What platforms push lies in partitions, each under one hash tag, and one script
// stores a push in one of them: see [Store.Deposit].
package redisstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// Config says how to keep things.
type Config struct {
	// Client reaches Redis for what has time: bindings, lists, records. [Store.Close]
	// closes none of the clients.
	Client redis.UniversalClient
	// Queries reaches Redis for what a caller waits for, on connections of its own;
	// default Client.
	Queries redis.UniversalClient
	// Prefix is the first part of every key; default "xmode".
	Prefix string
	// CallbackWindow is how long a last caller is remembered; default 72 h.
	CallbackWindow time.Duration
	// Platforms are the names that bindings may be bound to.
	Platforms []call.Platform
	// Pushes reaches Redis for what has to be durable, on connections of its
	// own, since some wait for replicas or a disk; default Client.
	Pushes redis.UniversalClient
	// Background reaches Redis for what nobody waits for; default Client.
	Background redis.UniversalClient
	// Lease is how long a claim of a recording lasts unless it is held; default
	// DefaultLease.
	Lease time.Duration
	// Probe is how long a server that was found away may take to answer before it
	// counts as back; at least 400 ms.
	Probe time.Duration
	// Circuit is told when a server is found away (open) and when it is back, with
	// the way on which that was found: "queries", "pushes", "others", "background".
	// It must not block; nil: nobody listens.
	Circuit func(way string, open bool)
	// Durability is how safe a push is before it is acknowledged.
	Durability Durability
	// Partitions is over how many hash tags records spread, 1-1024; default 1.
	Partitions int
	// LeanStream leaves the platform's JSON out of the stream for consumers.
	LeanStream bool
	// Now is the clock, for leases and repairs.
	Now func() time.Time
}

// Store implements the roles of package store on Redis.
type Store struct {
	client    redis.UniversalClient
	hot       redis.UniversalClient // for queries
	circuits  *circuits
	keys      keys
	scripts   scripts
	window    time.Duration
	platforms string // each with a tab behind it, as apply.lua wants them
	now       func() time.Time
	gatherer  *gatherer // nil on Cluster
	queries   func(context.Context, func(redis.Pipeliner)) error
	sweepAt   atomic.Uint64 // next bucket to sweep

	background redis.UniversalClient
	lease      time.Duration
	claimAt    atomic.Uint64 // partition in which the next claim looks first

	known      []call.Platform
	partitions int
	settled    atomic.Bool // the number of partitions is the right one
	leanStream bool
	durable    *durable
	packer     *packer
	recent     *recent
	spare      spare
	large      chan struct{} // held by the one large push that is being stored
}

// DefaultLease is long enough for a worker to hold its claims anew many times, and
// short enough for what a dead one leaves.
const DefaultLease = 15 * time.Second

// maxPartitions is far more than shards anybody runs.
const maxPartitions = 1024

var _ store.Store = (*Store)(nil)

// New makes a Store. It does not talk to Redis yet.
func New(c Config) (*Store, error) {
	var faults []error
	if c.Client == nil {
		faults = append(faults, errors.New("redisstore: Client is missing"))
	}
	if c.Now == nil {
		faults = append(faults, errors.New("redisstore: Now is missing"))
	}
	if strings.ContainsAny(c.Prefix, "{}") {
		faults = append(faults, errors.New("redisstore: Prefix holds a brace"))
	}
	if c.Partitions < 0 || c.Partitions > maxPartitions {
		faults = append(faults, fmt.Errorf("redisstore: Partitions must be 1 to %d", maxPartitions))
	}
	packer, err := newPacker()
	if err := errors.Join(append(faults, err)...); err != nil {
		return nil, err
	}
	if c.Queries == nil {
		c.Queries = c.Client
	}
	if c.Pushes == nil {
		c.Pushes = c.Client
	}
	if c.Background == nil {
		c.Background = c.Client
	}
	s := &Store{
		client: c.Client, hot: c.Queries, circuits: newCircuits(max(c.Probe, probePatience), c.Circuit), background: c.Background, lease: cmp.Or(c.Lease, DefaultLease), keys: keys{or(c.Prefix, "xmode")}, scripts: readScripts(),
		window: cmp.Or(c.CallbackWindow, 72*time.Hour), now: c.Now,
		known: c.Platforms, partitions: max(c.Partitions, 1), leanStream: c.LeanStream,
		durable: newDurable(c.Pushes, c.Durability), packer: packer, recent: newRecent(),
		large: make(chan struct{}, 1),
	}
	s.watch(c)
	s.queries = s.execHot
	if _, cluster := c.Queries.(*redis.ClusterClient); !cluster {
		// On Cluster one slow shard would hold up the queries of all others.
		s.gatherer = newGatherer(s.execHot)
		s.queries = s.gatherer.do
	}
	for _, p := range c.Platforms {
		s.platforms += string(p) + "\t"
	}
	return s, nil
}

// watch gives each client's servers circuits, a client that has several ways once.
func (s *Store) watch(c Config) {
	seen := map[redis.UniversalClient]bool{}
	for _, way := range []struct {
		name   string
		client redis.UniversalClient
	}{{"queries", c.Queries}, {"pushes", c.Pushes}, {"others", c.Client}, {"background", c.Background}} {
		if !seen[way.client] {
			seen[way.client] = true
			s.circuits.watch(way.name, way.client)
		}
	}
}

// Close ends the store's own goroutines. Nobody may use it any more.
func (s *Store) Close() {
	s.circuits.close()
	if s.gatherer != nil {
		s.gatherer.close()
	}
	s.packer.close()
}

// Ping returns nil when Redis does what queries need and its records are spread
// over as many partitions as ours (else ErrPartitions): it has the scripts, so
// that no query waits for them to be loaded, and it takes a write of the kind
// that files nonces, which one that is full or a replica refuses.
func (s *Store) Ping(ctx context.Context) error {
	var known *redis.BoolSliceCmd
	var partitions *redis.StatusCmd
	err := s.execHot(ctx, func(p redis.Pipeliner) {
		partitions = s.claimPartitions(ctx, p)
		known = p.ScriptExists(ctx, s.scripts.digests()...)
		p.SetArgs(ctx, s.keys.ping(), "", redis.SetArgs{Mode: "NX", Get: true, TTL: pingMemory})
	})
	if err == nil && slices.Contains(known.Val(), false) {
		err = s.scripts.load(ctx, s.hot)
	}
	if err != nil {
		return unavailable("ping", err)
	}
	return s.judgePartitions(partitions)
}

// unavailable makes an error of the client an ErrUnavailable; nil stays nil.
func unavailable(doing string, err error) error {
	if err == nil {
		return nil
	}
	return &store.Failure{Class: classOf(err), Err: fmt.Errorf("%w: %s: %w", store.ErrUnavailable, doing, err)}
}

// classOf is the word by which a server's reply begins, "OOM" or "MOVED", or where
// there was none what took its place.
func classOf(err error) string {
	switch {
	case errors.Is(err, errOpen):
		return "circuit"
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline"
	case !isReply(err):
		return "connection"
	}
	word, _, _ := strings.Cut(err.Error(), " ")
	if strings.ContainsFunc(word, func(r rune) bool { return r < 'A' || 'Z' < r }) {
		return "reply"
	}
	return word
}
