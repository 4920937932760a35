package redisstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// A server that does not answer costs each caller their whole budget. Once that is
// known, nobody is sent there any more: the circuit is open. It is probed, and closes
// by itself as soon as the server answers again. Each server has a circuit of its own,
// so that the others of a Cluster go on.

const (
	// missesToOpen is how many round trips in a row bring nothing back before a
	// circuit opens: one alone may be a lost connection.
	missesToOpen = 3
	// probeEvery is the pause between two probes of a server that is away.
	probeEvery = 200 * time.Millisecond
	// probePatience is when a probe counts as unanswered, unless Config says more.
	probePatience = 400 * time.Millisecond
	// connectPatience is what opening a connection may take besides: dialling, TLS,
	// logging in.
	connectPatience = 2500 * time.Millisecond
)

// errOpen: the server is known to be away, and was not asked.
var errOpen = errors.New("circuit open: the server does not answer")

// circuits are those of all servers that a store reaches.
type circuits struct {
	patience time.Duration
	told     func(way string, open bool)
	probes   context.Context // ends with the store
	stop     context.CancelFunc
	work     sync.WaitGroup
	mu       sync.Mutex // a probe that begins must not miss the end
}

func newCircuits(patience time.Duration, told func(string, bool)) *circuits {
	if told == nil {
		told = func(string, bool) {}
	}
	c := &circuits{patience: patience, told: told}
	c.probes, c.stop = context.WithCancel(context.Background())
	return c
}

// watch gives each server that the client reaches a circuit.
func (c *circuits) watch(way string, client redis.UniversalClient) {
	switch client := client.(type) {
	case *redis.ClusterClient:
		client.OnNewNode(func(node *redis.Client) {
			node.AddHook(&circuit{circuits: c, way: way, server: node, moved: client.ReloadState})
		})
	case *redis.Client:
		client.AddHook(&circuit{circuits: c, way: way, server: client, moved: func(context.Context) {}})
	}
}

// close ends the probes.
func (c *circuits) close() {
	c.mu.Lock()
	c.stop()
	c.mu.Unlock()
	c.work.Wait()
}

// circuit is that of one server. It sees each round trip as a hook of the server's
// client.
type circuit struct {
	*circuits
	way    string
	server *redis.Client
	// moved has the client of a Cluster learn who has the slots now: nobody else
	// finds out while the server that had them is not asked.
	moved  func(context.Context)
	misses atomic.Int32
	open   atomic.Bool
	// refusal is what callers get while the circuit is open: errOpen, and in words
	// what the server was last found to lack.
	refusal atomic.Pointer[error]
}

// probing marks the context of a probe, which an open circuit lets through.
type probing struct{}

// shut reports whether a command has to stay out.
func (c *circuit) shut(ctx context.Context) bool {
	return c.open.Load() && ctx.Value(probing{}) == nil
}

// heed learns from the end of a round trip. Any word of the server counts as an
// answer; a caller who gave up, or found no connection free, says nothing.
func (c *circuit) heed(err error) {
	switch {
	case err == nil || isReply(err):
		if c.misses.Load() != 0 {
			c.misses.Store(0)
		}
	case errors.Is(err, context.Canceled) || errors.Is(err, redis.ErrClosed) || errors.Is(err, redis.ErrPoolTimeout):
	case c.misses.Add(1) >= missesToOpen:
		c.trip(err)
	}
}

// trip opens the circuit and has the server probed.
func (c *circuit) trip(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.probes.Err() != nil || c.open.Load() {
		return
	}
	c.blame(err)
	c.open.Store(true)
	c.told(c.way, true)
	c.work.Go(c.probe)
}

// blame has callers told why the server is not asked: else nobody would learn whether it
// refuses connections, is too slow, or cannot be reached for want of files. It is not
// wrapped: that somebody's deadline has passed is not so of the one who is told.
func (c *circuit) blame(err error) {
	refusal := fmt.Errorf("%w: %v", errOpen, err)
	c.refusal.Store(&refusal)
}

// probe closes the circuit once the server answers, or is none of the Cluster's any
// more.
func (c *circuit) probe() {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for !c.answers() {
		c.moved(c.probes)
		select {
		case <-c.probes.Done():
			return
		case <-tick.C:
		}
	}
	c.misses.Store(0)
	c.open.Store(false)
	c.told(c.way, false)
}

// answers reports whether the server is there and quick. To open a connection may take
// its time, and what it took is not lost: only then it counts how long an answer takes.
func (c *circuit) answers() bool { return c.ping(connectPatience) && c.ping(c.patience) }

func (c *circuit) ping(patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.WithValue(c.probes, probing{}, true), patience)
	defer cancel()
	err := c.server.Ping(ctx).Err()
	if err == nil || isReply(err) || errors.Is(err, redis.ErrClosed) {
		return true
	}
	c.blame(err)
	return false
}

// DialHook changes nothing.
func (c *circuit) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook keeps a command out, or learns from its end.
func (c *circuit) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if c.shut(ctx) {
			return *c.refusal.Load()
		}
		err := next(ctx, cmd)
		c.heed(err)
		return err
	}
}

// ProcessPipelineHook keeps a pipeline out, or learns from its end.
func (c *circuit) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if c.shut(ctx) {
			refusal := *c.refusal.Load()
			for _, cmd := range cmds {
				cmd.SetErr(refusal)
			}
			return refusal
		}
		err := next(ctx, cmds)
		c.heed(err)
		return err
	}
}
