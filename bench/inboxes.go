package main

import (
	"context"
	"fmt"

	"xmode/bench/internal/lab"
)

// inbox is an endpoint that takes call records. It is started anew for each
// measurement, on a Redis server of its own, so that every one begins with the
// same memory and none pays for what another one left.
type inbox struct {
	name string
	// stream gets an entry for each record that is new.
	stream string
	start  func(ctx context.Context, redis string) (address string, stop func(), err error)
}

// inboxes are a and b.
func inboxes(baseline, xmode string) []inbox {
	return []inbox{{
		name: "a  by hand", stream: "baseline:records",
		start: func(ctx context.Context, redis string) (string, func(), error) {
			return startBaseline(ctx, baseline, redis)
		},
	}, {
		name: "b  xmode serve", stream: lab.RecordStream,
		start: func(ctx context.Context, redis string) (string, func(), error) {
			x, err := lab.StartXMode(ctx, xmode, redis)
			if err != nil {
				return "", nil, err
			}
			return x.Public, x.Stop, nil
		},
	}}
}

func startBaseline(ctx context.Context, program, redis string) (string, func(), error) {
	address, err := lab.FreeAddress()
	if err != nil {
		return "", nil, err
	}
	p, err := lab.Start(ctx, nil, program, "-redis", redis, "-listen", address)
	if err != nil {
		return "", nil, err
	}
	if err := lab.AwaitTCP(ctx, address); err != nil {
		p.Stop()
		return "", nil, err
	}
	return address, p.Stop, nil
}

// measure runs the generator once, and counts what has come of it.
func (i inbox) measure(ctx context.Context, dir, generator string, args ...string) (lab.Pushed, error) {
	redis, err := lab.StartRedis(ctx, dir)
	if err != nil {
		return lab.Pushed{}, err
	}
	defer redis.Stop()
	address, stop, err := i.start(ctx, redis.Address)
	if err != nil {
		return lab.Pushed{}, err
	}
	defer stop()
	pushed, err := lab.Push(ctx, generator, address, args...)
	if err != nil {
		return pushed, err
	}
	entries, err := redis.Entries(ctx, i.stream)
	if err == nil && entries != int64(pushed.Distinct) {
		err = fmt.Errorf("%w: %d records acknowledged, %d in the stream", lab.ErrWrong, pushed.Distinct, entries)
	}
	return pushed, err
}
