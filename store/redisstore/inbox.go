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
	v := &voyage{Store: s, delivery: d, parcels: map[int][]*parcel{}}
	defer v.release()
	for i := range d.Items {
		if i%parcelItems == 0 && ctx.Err() != nil {
			return store.Deposited{}, unavailable("reading a push", ctx.Err())
		}
		v.load(i, false)
	}
	if err := v.sail(ctx); err != nil {
		return store.Deposited{}, err
	}
	if err := v.returns(ctx); err != nil {
		return store.Deposited{}, err
	}
	return v.done, nil
}

// parcelItems is how many items one script stores.
const parcelItems = 1000

// returns goes once more with what the first voyage could not leave: items that
// the store has lost (it was wiped, or a failover forgot them) go whole, those of
// which there are too many contents already into the quarantine.
func (v *voyage) returns(ctx context.Context) error {
	missing, excess := v.missing, v.excess
	if len(missing)+len(excess) == 0 {
		return nil
	}
	v.release()
	v.parcels, v.missing, v.excess = map[int][]*parcel{}, nil, nil
	for _, i := range missing {
		v.load(i, true)
	}
	for _, i := range excess {
		v.packFault(i, "too many contents of one identity")
	}
	return v.sail(ctx)
}

// voyage is one push on its way into the store.
type voyage struct {
	*Store
	delivery store.Delivery
	parcels  map[int][]*parcel // by partition
	faulty   map[string]bool   // ids of what is on its way to the quarantine
	mu       sync.Mutex        // guards what count writes
	filed    bool              // the nonce has been
	bound    bool              // it belongs to another body: only what is known may come
	missing  []int             // items that were taken for known, and are not
	excess   []int             // items of which there are too many contents
	done     store.Deposited
}

// load packs an item into the parcel of its partition. One that was here
// before, byte for byte, goes as a touch, unless it has to go whole.
func (v *voyage) load(i int, whole bool) {
	key := v.recent.key(v.delivery.Platform, v.delivery.Kind, v.delivery.Items[i])
	if past, known := v.recent.get(key); known && !whole {
		p := v.parcel(past.partition)
		p.add(i, key, past, "t", past.identity[:], past.content[:])
		return
	}
	v.pack(i, key, v.delivery.Read(i))
}

func (v *voyage) release() {
	for _, list := range v.parcels {
		for _, p := range list {
			p.chunks.release()
		}
	}
}

// parcel is the one that takes the next item of a partition.
func (v *voyage) parcel(partition int) *parcel {
	list := v.parcels[partition]
	if n := len(list); n > 0 && len(list[n-1].items) < parcelItems {
		return list[n-1]
	}
	room := min(len(v.delivery.Items), parcelItems)
	p := &parcel{chunks: chunks{spare: &v.spare}, args: make([]any, 0, 16*room), items: make([]parcelItem, 0, room)}
	v.parcels[partition] = append(list, p)
	return p
}

// sail takes the parcels to their partitions.
func (v *voyage) sail(ctx context.Context) error {
	first := v.home()
	if first >= 0 {
		v.parcel(first) // without items, too: it files the nonce
		if err := v.carryAll(ctx, first); err != nil {
			return err
		}
	}
	rest := make(chan error, len(v.parcels))
	under := 0
	for partition := range v.parcels {
		if partition != first {
			under++
			go func() { rest <- v.carryAlone(ctx, partition) }()
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

// home is the partition of the nonce, as long as that has to be filed; -1: none.
func (v *voyage) home() int {
	if v.filed || v.delivery.Message == nil {
		return -1
	}
	return v.partitionOf(nonceRest(v.delivery.Platform, v.delivery.Message.Nonce))
}

// carryAlone is carryAll in a goroutine of its own, which nobody else recovers.
func (v *voyage) carryAlone(ctx context.Context, partition int) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%w: panic in a deposit", store.ErrUnavailable)
		}
	}()
	return v.carryAll(ctx, partition)
}

// carryAll takes the parcels of one partition, one after the other. What one has
// left counts, even if the next one fails: then the push comes again, and finds
// less to do.
func (v *voyage) carryAll(ctx context.Context, partition int) error {
	for _, p := range v.parcels[partition] {
		if err := v.carry(ctx, partition, p); err != nil {
			return err
		}
		v.count(p)
	}
	return nil
}

// carry runs the script of one partition, and waits until what it wrote is as
// durable as promised.
func (v *voyage) carry(ctx context.Context, partition int, p *parcel) error {
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
	if partition == v.home() {
		v.filed, v.bound = true, verdict == "known"
	}
	p.results = results
	return nil
}

// head puts before the items what goes there.
func (v *voyage) head(p *parcel) []any {
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

// count takes the results of a parcel; several partitions may be through at once.
func (v *voyage) count(p *parcel) {
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
