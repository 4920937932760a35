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

// partItems is how many items one script stores, and are in memory at a time.
const partItems = 1000

// Deposit stores a push: one script, and so one round trip, for each partition
// that it touches. The partition of the nonce goes first where there are
// several, since it has to say whether the others may store anything. A push of
// thousands of items goes a thousand at a time, since Redis serves nobody else
// while a script runs: where the time does not suffice, what is stored stays,
// and the push that comes again finds less to do.
func (s *Store) Deposit(ctx context.Context, d store.Delivery) (store.Deposited, error) {
	if err := s.setUp(ctx); err != nil {
		return store.Deposited{}, err
	}
	if len(d.Items) > partItems { // one after the other: together they would all be too late
		select {
		case s.large <- struct{}{}:
			defer func() { <-s.large }()
		case <-ctx.Done():
			return store.Deposited{}, unavailable("waiting behind another large push", ctx.Err())
		}
	}
	v := &depositing{Store: s, delivery: d}
	all := make([]int, len(d.Items))
	for i := range all {
		all[i] = i
	}
	err := v.store(ctx, all, v.load)
	if err == nil {
		err = v.again(ctx)
	}
	if err != nil {
		return store.Deposited{}, err
	}
	return v.done, nil
}

// depositing is one push on its way into the store.
type depositing struct {
	*Store
	delivery store.Delivery
	parts    map[int]*part    // by partition, of what is in memory
	faulty   map[itemKey]bool // what went to the quarantine
	mu       sync.Mutex       // guards what count writes
	filed    bool             // the nonce has been
	bound    bool             // it belongs to another body: only what is known may come
	missing  []int            // items that were taken for known, and are not
	excess   []int            // items of which there are too many contents
	done     store.Deposited
}

// store takes items into the store, a part at a time. Without items it files the
// nonce, if that is due.
func (v *depositing) store(ctx context.Context, items []int, load func(int)) error {
	for first := true; first || len(items) > 0; first = false {
		some := items[:min(partItems, len(items))]
		items = items[len(some):]
		if err := v.storePart(ctx, some, load); err != nil {
			return err
		}
	}
	return nil
}

func (v *depositing) storePart(ctx context.Context, items []int, load func(int)) error {
	if ctx.Err() != nil {
		return unavailable("storing a push", ctx.Err())
	}
	v.parts = map[int]*part{}
	defer v.release()
	for _, i := range items {
		load(i)
	}
	return v.send(ctx)
}

// again deposits what could not be the first time: items that the store has lost
// (it was wiped, or a failover forgot them) go whole, those of which there are too
// many contents already into the quarantine.
func (v *depositing) again(ctx context.Context) error {
	missing, excess := v.missing, v.excess
	v.missing, v.excess = nil, nil
	if len(missing) > 0 {
		if err := v.store(ctx, missing, v.loadWhole); err != nil {
			return err
		}
	}
	if len(excess) == 0 {
		return nil
	}
	return v.store(ctx, excess, func(i int) { v.packFault(i, v.key(i), "too many contents of one identity") })
}

// key stands for the text of an item.
func (v *depositing) key(i int) itemKey {
	return v.recent.key(v.delivery.Platform, v.delivery.Kind, v.delivery.Items[i])
}

// load puts an item into a part of its partition. One that was here before, byte
// for byte, goes as a touch.
func (v *depositing) load(i int) {
	key := v.key(i)
	past, known := v.recent.get(key)
	switch {
	case v.faulty[key]: // the same text twice in one push
		v.done.Quarantined++
	case !known:
		v.pack(i, key, v.delivery.Read(i))
	case past.quarantined:
		v.aside(key)
		v.partFor(0).add(i, key, past, "u", quarantineID(v.delivery.Platform, v.delivery.Kind, v.delivery.Items[i]))
	default:
		v.partFor(past.partition).add(i, key, past, "t", past.identity[:], past.content[:])
	}
}

// aside notes what goes to the quarantine: the same text counts once in a push.
func (v *depositing) aside(key itemKey) {
	if v.faulty == nil {
		v.faulty = map[itemKey]bool{}
	}
	v.faulty[key] = true
}

// loadWhole is load for what the store turned out not to have.
func (v *depositing) loadWhole(i int) { v.pack(i, v.key(i), v.delivery.Read(i)) }

// release gives the memory of the parts back.
func (v *depositing) release() {
	for _, p := range v.parts {
		p.chunks.release()
	}
}

// partFor is the part of a partition.
func (v *depositing) partFor(partition int) *part {
	p := v.parts[partition]
	if p == nil {
		room := min(len(v.delivery.Items), partItems)
		p = &part{chunks: chunks{spare: &v.spare}, args: make([]any, 0, 16*room), items: make([]partItem, 0, room)}
		v.parts[partition] = p
	}
	return p
}

// send takes the parts to their partitions.
func (v *depositing) send(ctx context.Context) error {
	first := v.nonceHome()
	if first >= 0 {
		if err := v.sendPart(ctx, first, v.partFor(first)); err != nil { // without items, too: it files the nonce
			return err
		}
	}
	rest := make(chan error, len(v.parts))
	under := 0
	for partition, p := range v.parts {
		if partition != first {
			under++
			go func() { rest <- v.sendAside(ctx, partition, p) }()
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

// sendAside is sendPart in a goroutine of its own, which nobody else recovers.
func (v *depositing) sendAside(ctx context.Context, partition int, p *part) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%w: panic in a deposit", store.ErrUnavailable)
		}
	}()
	return v.sendPart(ctx, partition, p)
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
	v.count(p)
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
	args := make([]any, 0, 8+len(packed)+len(p.args))
	args = append(args, nonce, value, ttl, bound, kind, v.delivery.At.UnixMilli(), len(packed), p.named)
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
		if item.sort == "q" || item.sort == "u" {
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
