package main

import (
	"context"
	"fmt"
	"time"

	"xmode/bench/internal/lab"
)

// readTwice reads the records, and then twice as many: constant memory is what
// does not grow from the first to the second time.
func (l recordLab) readTwice(ctx context.Context, redis *lab.Redis, env []string) error {
	if err := l.read(ctx, redis, env, pushed); err != nil {
		return err
	}
	if err := l.more(ctx, redis, env); err != nil {
		return err
	}
	return l.read(ctx, redis, env, 2*pushed)
}

// more pushes as many records again.
func (l recordLab) more(ctx context.Context, redis *lab.Redis, env []string) error {
	x, err := lab.StartXMode(ctx, l.xmode, redis.Address, env...)
	if err != nil {
		return err
	}
	defer x.Stop()
	if _, err := l.push(ctx, redis, x, batch, pushed/batch); err != nil {
		return err
	}
	return stored(ctx, redis, 2*pushed)
}

// read streams all records out of a process that did nothing before, whose
// memory nothing else has stretched, and prints how it grew.
func (l recordLab) read(ctx context.Context, redis *lab.Redis, env []string, records int) error {
	x, err := lab.StartXMode(ctx, l.xmode, redis.Address, env...)
	if err != nil {
		return err
	}
	defer x.Stop()
	before, err := x.Resident()
	if err != nil {
		return err
	}
	start := time.Now()
	watched := watch(x.Process)
	lines, err := x.StreamRecords(ctx)
	took, peak := time.Since(start), watched()
	if err != nil {
		return err
	}
	if lines != records {
		return fmt.Errorf("%w: %d lines of %d records", lab.ErrWrong, lines, records)
	}
	after, err := x.Resident()
	if err != nil {
		return err
	}
	const mib = 1 << 20
	fmt.Printf("%d records read as NDJSON in %.1f s: resident %.1f MiB before, at most %.1f while reading (grown by %.1f), %.1f after\n",
		records, took.Seconds(), float64(before)/mib, float64(peak)/mib, float64(peak-before)/mib, float64(after)/mib)
	return nil
}

// watch looks at a process's memory until the function that it returns is
// called, which tells the most that was seen.
func watch(p *lab.Process) (stop func() int64) {
	done, most := make(chan struct{}), make(chan int64)
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		var peak int64
		for {
			// A process that is gone fails where it is read from.
			if now, err := p.Resident(); err == nil {
				peak = max(peak, now)
			}
			select {
			case <-done:
				most <- peak
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-most
	}
}
