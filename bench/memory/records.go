package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"xmode/bench/internal/lab"
)

// How much is pushed: empty batches for the nonces, after some that open the
// connections, and records in batches of 50. The generator's records speak of
// 1 000 X numbers and 50 000 callers.
const (
	warmups = 500
	empties = 40_000
	pushed  = 100_000
	batch   = 50
)

// recordGoal is the most bytes that a record should take.
const recordGoal = 1.2 * 1024

// settings are those under which the records are pushed.
var settings = []struct {
	name string
	env  []string
}{
	{"default settings", nil},
	{"XMODE_STREAM_RAW=false", []string{"XMODE_STREAM_RAW=false"}},
}

// records pushes records under each setting and prints what they cost, and what
// reading them costs.
func records(ctx context.Context, dir string) error {
	l := recordLab{dir: dir}
	var err error
	if l.xmode, err = lab.Build(ctx, dir, "./cmd/xmode"); err != nil {
		return err
	}
	if l.generator, err = lab.Build(ctx, dir, "./bench/load/push"); err != nil {
		return err
	}
	for i, s := range settings {
		if err := l.measure(ctx, s.name, s.env, i == 0); err != nil {
			return fmt.Errorf("records, %s: %w", s.name, err)
		}
	}
	return nil
}

// recordLab is what the measurements have in common.
type recordLab struct{ dir, xmode, generator string }

// measure pushes into an empty Redis, and reads it if it is to.
func (l recordLab) measure(ctx context.Context, name string, env []string, read bool) error {
	redis, err := lab.StartRedis(ctx, l.dir)
	if err != nil {
		return err
	}
	defer redis.Stop()
	c, err := l.fill(ctx, redis, env)
	if err != nil {
		return err
	}
	fmt.Printf("%d records, %s: %.0f bytes each (goal: at most %.0f); the nonce of a push: %.0f bytes, %.1f a record in batches of %d\n",
		pushed, name, c.record, recordGoal, c.nonce, c.nonce/batch, batch)
	if !read {
		return nil
	}
	return l.readTwice(ctx, redis, env)
}

// costs are bytes of Redis memory.
type costs struct{ nonce, record float64 }

// fill pushes empty batches and then records. Each batch of those has a nonce,
// too, which is no part of what a record costs.
func (l recordLab) fill(ctx context.Context, redis *lab.Redis, env []string) (c costs, err error) {
	x, err := lab.StartXMode(ctx, l.xmode, redis.Address, env...)
	if err != nil {
		return c, err
	}
	defer x.Stop()
	if _, err := l.push(ctx, redis, x, 0, warmups); err != nil {
		return c, err
	}
	nonces, err := l.push(ctx, redis, x, 0, empties)
	if err != nil {
		return c, err
	}
	all, err := l.push(ctx, redis, x, batch, pushed/batch)
	if err != nil {
		return c, err
	}
	c.nonce = float64(nonces) / empties
	c.record = (float64(all) - c.nonce*pushed/batch) / pushed
	return c, stored(ctx, redis, pushed)
}

// push sends batches and returns by how much Redis has grown.
func (l recordLab) push(ctx context.Context, redis *lab.Redis, x *lab.XMode, size, batches int) (int64, error) {
	before, err := redis.Kept(ctx)
	if err != nil {
		return 0, err
	}
	p, err := lab.Push(ctx, l.generator, x.Public, "-pool", "0", "-batch", strconv.Itoa(size),
		"-batches", strconv.Itoa(batches), "-duration", pushTime.String())
	if err != nil {
		return 0, err
	}
	if p.Batches != batches {
		return 0, fmt.Errorf("%d of %d batches: %w", p.Batches, batches, errSlow)
	}
	after, err := redis.Kept(ctx)
	return after - before, err
}

// pushTime is the most time that pushing may take.
const pushTime = 30 * time.Second

// errSlow: the batches were not taken in time.
var errSlow = errors.New("not pushed in time")

// stored fails unless so many records have come into the stream.
func stored(ctx context.Context, redis *lab.Redis, records int64) error {
	entries, err := redis.Entries(ctx, lab.RecordStream)
	if err == nil && entries != records {
		err = fmt.Errorf("%w: %d records acknowledged, %d in the stream", lab.ErrWrong, records, entries)
	}
	return err
}
