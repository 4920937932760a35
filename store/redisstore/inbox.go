package redisstore

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/store"
)

// Deposit stores a push: one script, and so one round trip, for each partition
// that it touches. The partition of the nonce goes first where there are
// several, since it has to say whether the others may store anything. A push of
// thousands of items takes more scripts, one after the other: Redis serves
// nobody else while one runs.
func (s *Store) Deposit(ctx context.Context, d store.Delivery) (store.Deposited, error) {
	if err := s.setUp(ctx); err != nil {
		return store.Deposited{}, err
	}
	v := &depositing{Store: s, delivery: d, parts: map[int][]*part{}}
	defer v.release()
	for i := range d.Items {
		if i%partItems == 0 && ctx.Err() != nil {
			return store.Deposited{}, unavailable("reading a push", ctx.Err())
		}
		v.load(i, false)
	}
	if err := v.send(ctx); err != nil {
		return store.Deposited{}, err
	}
	if err := v.again(ctx); err != nil {
		return store.Deposited{}, err
	}
	return v.done, nil
}

// partItems is how many items one script stores.
const partItems = 1000

// again deposits what could not be the first time: items that the store has lost
// (it was wiped, or a failover forgot them) go whole, those of which there are too
// many contents already into the quarantine.
func (v *depositing) again(ctx context.Context) error {
	missing, excess := v.missing, v.excess
	if len(missing)+len(excess) == 0 {
		return nil
	}
	v.release()
	v.parts, v.missing, v.excess = map[int][]*part{}, nil, nil
	for _, i := range missing {
		v.load(i, true)
	}
	for _, i := range excess {
		v.packFault(i, "too many contents of one identity")
	}
	return v.send(ctx)
}

// depositing is one push on its way into the store, cut into parts.
type depositing struct {
	*Store
	delivery store.Delivery
	parts    map[int][]*part // by partition
	faulty   map[string]bool // ids of what is on its way to the quarantine
	mu       sync.Mutex      // guards what count writes
	filed    bool            // the nonce has been
	bound    bool            // it belongs to another body: only what is known may come
	missing  []int           // items that were taken for known, and are not
	excess   []int           // items of which there are too many contents
	done     store.Deposited
}

// load puts an item into a part of its partition. One that was here before, byte
// for byte, goes as a touch, unless it has to go whole.
func (v *depositing) load(i int, whole bool) {
	key := v.recent.key(v.delivery.Platform, v.delivery.Kind, v.delivery.Items[i])
	if past, known := v.recent.get(key); known && !whole {
		p := v.partFor(past.partition)
		p.add(i, key, past, "t", past.identity[:], past.content[:])
		return
	}
	v.pack(i, key, v.delivery.Read(i))
}

// release gives the memory of the parts back.
func (v *depositing) release() {
	for _, list := range v.parts {
		for _, p := range list {
			p.chunks.release()
		}
	}
}

// partFor is the part that takes the next item of a partition.
func (v *depositing) partFor(partition int) *part {
	list := v.parts[partition]
	if n := len(list); n > 0 && len(list[n-1].items) < partItems {
		return list[n-1]
	}
	room := min(len(v.delivery.Items), partItems)
	p := &part{chunks: chunks{spare: &v.spare}, args: make([]any, 0, 16*room), items: make([]partItem, 0, room)}
	v.parts[partition] = append(list, p)
	return p
}

// send takes the parts to their partitions.
func (v *depositing) send(ctx context.Context) error {
	first := v.nonceHome()
	if first >= 0 {
		v.partFor(first) // without items, too: it files the nonce
		if err := v.sendTo(ctx, first); err != nil {
			return err
		}
	}
	rest := make(chan error, len(v.parts))
	under := 0
	for partition := range v.parts {
		if partition != first {
			under++
			go func() { rest <- v.sendAside(ctx, partition) }()
		}
	}
	var failed error
	for range under {
		if err := <-rest; err != nil {
			failed = err
		}
	}
	return failed
}

// nonceHome is the partition of the nonce, as long as that has to be filed; -1: none.
func (v *depositing) nonceHome() int {
	if v.filed || v.delivery.Message == nil {
		return -1
	}
	return v.partitionOf(nonceRest(v.delivery.Platform, v.delivery.Message.Nonce))
}

// sendAside is sendTo in a goroutine of its own, which nobody else recovers.
func (v *depositing) sendAside(ctx context.Context, partition int) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%w: panic in a deposit", store.ErrUnavailable)
		}
	}()
	return v.sendTo(ctx, partition)
}

// sendTo takes the parts of one partition, one after the other. What one has
// left counts, even if the next one fails: then the push comes again, and finds
// less to do.
func (v *depositing) sendTo(ctx context.Context, partition int) error {
	for _, p := range v.parts[partition] {
		if err := v.sendPart(ctx, partition, p); err != nil {
			return err
		}
		v.count(p)
	}
	return nil
}

// sendPart runs the script of one partition, and waits until what it wrote is as
// durable as promised.
func (v *depositing) sendPart(ctx context.Context, partition int, p *part) error {
	args := v.head(p)
	base := v.keys.partition(partition)
	var cmd *redis.Cmd
	err := v.durable.exec(ctx, v.Store, string(base), func(pipe redis.Pipeliner) {
		cmd = v.scripts.deposit.call(ctx, pipe, []string{string(base)}, args...)
	})
	if err != nil {
		return err
	}
	values, err := cmd.Slice()
	if err != nil {
		return unavailable("storing a push", err)
	}
	reply := reply{values: values}
	verdict, results := reply.text(0), reply.text(1)
	switch {
	case reply.err != nil:
		return unavailable("storing a push", reply.err)
	case verdict == "replayed":
		return store.ErrReplayed
	case len(results) != len(p.items):
		return unavailable("storing a push", fmt.Errorf("%d results for %d items", len(results), len(p.items)))
	}
	if partition == v.nonceHome() {
		v.filed, v.bound = true, verdict == "known"
	}
	p.results = results
	return nil
}

// head puts before the items what goes there.
func (v *depositing) head(p *part) []any {
	nonce, value, ttl, bound, kind := "", []byte{}, int64(0), "", "record"
	if m := v.delivery.Message; m != nil && !v.filed {
		nonce, value, ttl = nonceRest(v.delivery.Platform, m.Nonce), nonceValue(m), max(nonceTTL(m).Milliseconds(), 1)
	}
	if v.bound {
		bound = "known"
	}
	if v.delivery.Requeued {
		kind = "requeued"
	}
	packed := p.chunks.pack(v.packer)
	args := make([]any, 0, 7+len(packed)+len(p.args))
	args = append(args, nonce, value, ttl, bound, kind, v.delivery.At.UnixMilli(), len(packed))
	return append(append(args, packed...), p.args...)
}

// count takes the results of a part; several partitions may be through at once.
func (v *depositing) count(p *part) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for j, item := range p.items {
		switch p.results[j] {
		case 'm':
			v.missing = append(v.missing, item.index)
			continue
		case 'o':
			v.excess = append(v.excess, item.index)
			continue
		case 'd':
			v.done.Duplicates++
		case 'c':
			v.done.Conflicts++
		default:
			v.done.Fresh++
		}
		if item.sort == "q" {
			if p.results[j] == 'd' {
				v.done.Duplicates--
			} else {
				v.done.Fresh--
			}
			v.done.Quarantined++
		}
		if item.past.partition >= 0 {
			v.recent.put(item.key, item.past)
		}
	}
}

// nonceValue is what a nonce's key holds: the digest, and when it was used.
func nonceValue(m *store.Message) []byte {
	return binary.BigEndian.AppendUint64(m.Digest[:len(m.Digest):len(m.Digest)], uint64(m.At.UnixMilli()))
}

// nonceTTL is how long a nonce is remembered.
func nonceTTL(m *store.Message) time.Duration { return max(m.Until.Sub(m.At), 0) + store.RetryWindow }
