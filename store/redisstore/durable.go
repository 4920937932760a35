package redisstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/store"
)

// Durability is how safe a push has to be before it is acknowledged. The zero
// value is memory: as safe as Redis is set up to keep it.
type Durability struct {
	// Replicas that must have it (WAIT).
	Replicas int
	// Fsync: it must be on disk: WAITAOF from Redis 7.2 on; before, a server
	// that writes before it answers (appendfsync always).
	Fsync bool
	// Assumed: with Fsync, the server hides its configuration and is trusted.
	Assumed bool
	// Patience is how long replicas or the disk may take, at least a
	// millisecond.
	Patience time.Duration
}

// ErrDurability: the text names no durability.
var ErrDurability = errors.New("must be memory, replicas=N (1 to 16), fsync or fsync=assumed")

// ParseDurability reads memory, replicas=N, fsync or fsync=assumed.
func ParseDurability(text string) (d Durability, err error) {
	mode, value, _ := strings.Cut(text, "=")
	switch {
	case text == "memory":
	case text == "fsync":
		d.Fsync = true
	case text == "fsync=assumed":
		d.Fsync, d.Assumed = true, true
	case mode == "replicas":
		d.Replicas, err = strconv.Atoi(value)
		if err != nil || d.Replicas < 1 || d.Replicas > 16 {
			return d, ErrDurability
		}
	default:
		return d, ErrDurability
	}
	return d, nil
}

// durable runs what has to be durable, and knows whether the servers still are
// what was promised. A new connection may lead to another server, a promoted
// one, so that it takes a new look before anything is acknowledged.
type durable struct {
	Durability
	client redis.UniversalClient

	dials     atomic.Int64 // connections made so far
	confirmed atomic.Int64 // how many there were at the last good look, plus one
	waitAOF   atomic.Bool  // all servers know WAITAOF
	fault     atomic.Pointer[error]
}

func newDurable(client redis.UniversalClient, d Durability) *durable {
	made := &durable{Durability: d, client: client}
	if cluster, ok := client.(*redis.ClusterClient); ok {
		cluster.OnNewNode(func(node *redis.Client) { node.AddHook(dialHook{made}) })
	} else {
		client.AddHook(dialHook{made})
	}
	return made
}

// exec runs a script in one round trip on the node that has the key, with the
// wait for replicas or for the disk behind it on the same connection. A nil
// error says that it is durable.
func (d *durable) exec(ctx context.Context, s *Store, key string, fill func(redis.Pipeliner)) error {
	if err := d.known(ctx); err != nil {
		return err
	}
	node, err := nodeOf(ctx, d.client, key)
	if err != nil {
		return unavailable("finding the node", err)
	}
	var waited redis.Cmder
	err = execOn(ctx, node, s.scripts, func(p redis.Pipeliner) {
		fill(p)
		waited = d.wait(ctx, p)
	})
	if waited != nil && isReply(waited.Err()) { // appendonly is off, say
		return fmt.Errorf("%w: the wait was refused", store.ErrNotDurable)
	}
	if err != nil {
		d.moved(ctx, err)
		return unavailable("storing a push", err)
	}
	if err := d.reached(waited); err != nil {
		return err
	}
	if err := d.known(ctx); err != nil { // the connection may have been a new one
		return err
	}
	if waited == nil && d.looks() && d.waitAOF.Load() {
		return fmt.Errorf("%w: the server is another one than before", store.ErrNotDurable)
	}
	return nil
}

// nodeOf is the client of the one server that has a key.
func nodeOf(ctx context.Context, client redis.UniversalClient, key string) (redis.UniversalClient, error) {
	if cluster, ok := client.(*redis.ClusterClient); ok {
		return cluster.MasterForKey(ctx, key)
	}
	return client, nil
}

// moved has the client learn where the slots are now, if that was the fault: the
// push comes again, and has to find the right node then.
func (d *durable) moved(ctx context.Context, err error) {
	cluster, ok := d.client.(*redis.ClusterClient)
	if ok && isReply(err) && (strings.HasPrefix(err.Error(), "MOVED ") || strings.HasPrefix(err.Error(), "READONLY ")) {
		cluster.ReloadState(ctx)
	}
}

// wait queues the wait; nil where none is due.
func (d *durable) wait(ctx context.Context, p redis.Pipeliner) redis.Cmder {
	patience := max(d.Patience, time.Millisecond).Milliseconds() // the context may end it before
	var args []any
	switch {
	case d.Replicas > 0:
		args = []any{"wait", d.Replicas, patience}
	case d.Fsync && d.waitAOF.Load():
		args = []any{"waitaof", 1, 0, patience}
	default:
		return nil
	}
	return p.Do(ctx, args...)
}

// reached says whether a wait brought what was asked for.
func (d *durable) reached(waited redis.Cmder) error {
	cmd, ok := waited.(*redis.Cmd)
	if !ok {
		return nil
	}
	if d.Replicas > 0 {
		n, err := cmd.Int()
		if err != nil || n < d.Replicas {
			return fmt.Errorf("%w: %d of %d replicas have it", store.ErrNotDurable, n, d.Replicas)
		}
		return nil
	}
	n, err := cmd.Slice()
	if err != nil || len(n) == 0 || fmt.Sprint(n[0]) != "1" {
		return fmt.Errorf("%w: not on disk in time", store.ErrNotDurable)
	}
	return nil
}

// known takes a look at the servers if there was none since the last dial.
func (d *durable) known(ctx context.Context) error {
	if !d.looks() {
		return nil
	}
	if d.confirmed.Load() == d.dials.Load()+1 {
		return d.lastFault()
	}
	return d.look(ctx)
}

// looks reports whether there is anything to look at.
func (d *durable) looks() bool { return d.Fsync && !d.Assumed }

func (d *durable) lastFault() error {
	if fault := d.fault.Load(); fault != nil {
		return *fault
	}
	return nil
}

// look asks all masters. Looking may itself dial, hence a second turn.
func (d *durable) look(ctx context.Context) error {
	for range 3 {
		dials := d.dials.Load()
		err := d.ask(ctx)
		if errors.Is(err, store.ErrUnavailable) {
			return err // says nothing about the servers
		}
		d.fault.Store(&err)
		if d.dials.Load() == dials {
			d.confirmed.Store(dials + 1)
			return err
		}
	}
	return fmt.Errorf("%w: the servers change too fast to look at them", store.ErrNotDurable)
}

// ask holds the masters against the promise: all of them know WAITAOF, by which
// each write asks for itself, or all have settings under which an answer means
// that it is on disk.
func (d *durable) ask(ctx context.Context) error {
	var old atomic.Bool
	err := d.each(ctx, func(ctx context.Context, node redis.UniversalClient) error {
		info, err := node.Info(ctx, "server").Result()
		if err != nil {
			return unavailable("looking at the durability", err)
		}
		if !knowsWaitAOF(info) {
			old.Store(true)
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.waitAOF.Store(!old.Load())
	if d.waitAOF.Load() {
		return nil
	}
	return d.each(ctx, d.settings)
}

// each asks all masters.
func (d *durable) each(ctx context.Context, one func(context.Context, redis.UniversalClient) error) error {
	cluster, ok := d.client.(*redis.ClusterClient)
	if !ok {
		return one(ctx, d.client)
	}
	return cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return one(ctx, node) })
}

// settings are those of one server.
func (d *durable) settings(ctx context.Context, node redis.UniversalClient) error {
	pipe := node.Pipeline()
	file, rewrite := pipe.ConfigGet(ctx, "append*"), pipe.ConfigGet(ctx, "no-appendfsync-on-rewrite")
	if _, err := pipe.Exec(ctx); err != nil {
		if isReply(err) {
			return fmt.Errorf("%w: the server hides its configuration (fsync=assumed trusts it)", store.ErrNotDurable)
		}
		return unavailable("looking at the durability", err)
	}
	if file.Val()["appendonly"] != "yes" || file.Val()["appendfsync"] != "always" || rewrite.Val()["no-appendfsync-on-rewrite"] != "no" {
		return fmt.Errorf("%w: before Redis 7.2 it takes appendonly yes, appendfsync always and no-appendfsync-on-rewrite no", store.ErrNotDurable)
	}
	return nil
}

// isReply reports whether an error is the server's own word.
func isReply(err error) bool {
	var reply redis.Error
	return errors.As(err, &reply)
}

// knowsWaitAOF reads the version from INFO: 7.2 and later.
func knowsWaitAOF(info string) bool {
	_, rest, _ := strings.Cut(info, "redis_version:")
	var major, minor int
	if n, _ := fmt.Sscanf(rest, "%d.%d", &major, &minor); n != 2 {
		return false
	}
	return major > 7 || major == 7 && minor >= 2
}

// CheckDurability asks every master, whatever was known before, and makes a
// write on each that has a partition wait as a push would.
func (s *Store) CheckDurability(ctx context.Context) error {
	if s.durable.looks() {
		if err := s.durable.look(ctx); err != nil {
			return err
		}
	}
	if s.durable.Replicas == 0 && !s.durable.waitAOF.Load() {
		return nil
	}
	keys := map[redis.UniversalClient]string{} // one on each master
	for n := range s.partitions {
		key := s.keys.partition(n).key("ping")
		node, err := nodeOf(ctx, s.durable.client, key)
		if err != nil {
			return unavailable("finding the node", err)
		}
		keys[node] = key
	}
	results := make(chan error, len(keys))
	for _, key := range keys {
		go func() {
			results <- s.durable.exec(ctx, s, key, func(p redis.Pipeliner) { p.Set(ctx, key, "", pingMemory) })
		}()
	}
	var failed error
	for range keys {
		failed = cmp.Or(failed, <-results)
	}
	return failed
}

// dialHook counts connections.
type dialHook struct{ *durable }

// DialHook counts a connection once it is made.
func (h dialHook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		defer h.dials.Add(1)
		return next(ctx, network, addr)
	}
}

// ProcessHook changes nothing.
func (h dialHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

// ProcessPipelineHook changes nothing.
func (h dialHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
