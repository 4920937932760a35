package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	"xmode/bench/internal/lab"
)

// fetched is how one side fetched all recordings once.
type fetched struct {
	// served is the time from the first request that the platform saw to the end of
	// its last answer, kept that until every file is on the disk.
	served, kept time.Duration
	// cpu is what whoever fetched computed, platformCPU what the platform did.
	cpu, platformCPU time.Duration
	// growth of the memory of who fetched, in bytes.
	growth int64
}

// side fetches what a platform has into a folder. It fills in what it alone knows
// of the measurement, and says when every file was on the disk.
type side struct {
	name  string
	fetch func(ctx context.Context, p *lab.Platform, folder string, f *fetched) (kept time.Time, err error)
	// results of the rounds
	results []fetched
}

// recordingBench is what the measurements of recordings have in common.
type recordingBench struct {
	options
	dir, platform, xmode string
	// sum of all files, which are the same in every measurement; empty: not known yet
	sum string
}

// recordings measures how recordings are fetched. Who begins a round changes with
// each.
func recordings(ctx context.Context, dir string, o options) error {
	programs, err := build(ctx, dir, "./bench/load/platform", "./cmd/xmode")
	if err != nil {
		return err
	}
	b := recordingBench{options: o, dir: dir, platform: programs["./bench/load/platform"], xmode: programs["./cmd/xmode"]}
	fmt.Printf("\nrecordings: %d rounds of %d files of %d KiB, %d at a time, on %d cores\n",
		o.rounds, o.recordings, o.recordingSize>>10, o.workers, runtime.NumCPU())
	curl, xmode := &side{name: "a  curl", fetch: b.byCurl}, &side{name: "b  xmode serve", fetch: b.byXMode}
	order := []*side{curl, xmode}
	for range o.rounds {
		for _, s := range order {
			f, err := b.measure(ctx, s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			s.results = append(s.results, f)
		}
		slices.Reverse(order)
	}
	reportRecordings(os.Stdout, b, curl.results, xmode.results)
	return nil
}

// fetchTime is the most time that one measurement may take.
const fetchTime = 3 * time.Minute

// measure has one side fetch everything once, from a platform of its own into a
// folder of its own.
func (b *recordingBench) measure(ctx context.Context, s *side) (f fetched, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	folder, err := os.MkdirTemp(b.dir, "files-")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, emptyFiles(folder)) }()
	p, err := lab.StartPlatform(ctx, b.platform, b.recordings, b.recordingSize)
	if err != nil {
		return f, err
	}
	defer p.Stop()
	syscall.Sync() // what was written before is no matter of this side's
	kept, err := s.fetch(ctx, p, folder, &f)
	if err != nil {
		return f, err
	}
	if f.platformCPU, err = p.CPU(); err != nil {
		return f, err
	}
	seen, err := p.Seen(ctx)
	if err != nil {
		return f, err
	}
	f.served, f.kept = seen.Last.Sub(seen.First), kept.Sub(seen.First)
	return f, b.check(folder)
}

// check compares the files of a folder with those of the measurements before.
func (b *recordingBench) check(folder string) error {
	files, err := filesIn(folder)
	if err != nil {
		return err
	}
	sum, size, err := sumOf(files)
	if err != nil {
		return err
	}
	if len(files) != b.recordings || size != b.recordingSize*int64(b.recordings) {
		return fmt.Errorf("%w: %d files of %d bytes in all", lab.ErrWrong, len(files), size)
	}
	if b.sum != "" && sum != b.sum {
		return fmt.Errorf("%w: other bytes than before", lab.ErrWrong)
	}
	b.sum = sum
	return nil
}
