package redisstore

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
)

// The codec of bindings, for tests outside.
var (
	EncodeBody = encodeBody
	DecodeBody = decodeBody
)

// Limits of the gatherer.
const (
	Lanes       = lanes
	SpareLanes  = spareLanes
	LaneLate    = laneLate
	LaneQueries = laneQueries
)

// Gatherer is the one that shares round trips.
type Gatherer struct{ g *gatherer }

// NewGatherer makes a gatherer whose round trips are exec.
func NewGatherer(exec func(context.Context, func(redis.Pipeliner)) error) Gatherer {
	return Gatherer{newGatherer(exec)}
}

// Do shares a round trip.
func (g Gatherer) Do(ctx context.Context, fill func(redis.Pipeliner)) error { return g.g.do(ctx, fill) }

// Close ends the lanes.
func (g Gatherer) Close() { g.g.close() }

// Pack packs a document as an entry of the journal.
func Pack(t testing.TB, document []byte) string {
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	return string(p.pack(document))
}

// Unpack reads an entry of the journal.
func Unpack(t testing.TB, entry string) string {
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	document, err := p.unpack(entry)
	if err != nil {
		t.Fatal(err)
	}
	return string(document)
}

// Unchunk reads an entry of the journal.
func Unchunk(t testing.TB, entry string) (documents [][]byte, err error) {
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	list, err := p.unchunk(entry)
	for _, d := range list {
		documents = append(documents, d.json)
	}
	return documents, err
}

// ForgetVersion has a store that looked at its server believe that it is an old
// one, until a new connection makes it look again.
func ForgetVersion(s *Store) {
	s.durable.waitAOF.Store(false)
	s.durable.confirmed.Store(s.durable.dials.Load() + 1)
}
