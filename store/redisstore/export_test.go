package redisstore

import (
	"context"

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
