package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"xmode/bench/internal/lab"
)

// workload is a kind of load of record pushes.
type workload struct {
	name       string
	duplicates int             // per cent
	goal       float64         // times the records a second of a; 0: none
	results    [2][]lab.Pushed // of a and b
}

// records measures how batches of 50 call records are taken: as many as possible
// of each workload, and then new ones at half of what each endpoint could take.
func records(ctx context.Context, dir string, o options) error {
	programs, err := build(ctx, dir, "./bench/baseline/inbox", "./bench/load/push", "./cmd/xmode")
	if err != nil {
		return err
	}
	b := recordBench{
		options: o, dir: dir, generator: programs["./bench/load/push"],
		inboxes: inboxes(programs["./bench/baseline/inbox"], programs["./cmd/xmode"]),
	}
	fmt.Printf("\nrecords: %d rounds of %v, batches of 50 at %d connections\n", o.rounds, o.recordDuration, o.pushers)
	loads := []*workload{
		{name: "all new", goal: 2},
		{name: "20 % duplicates", duplicates: 20},
		{name: "100 % duplicates", duplicates: 100, goal: 4},
	}
	if err := b.alternate(ctx, loads, func(int) float64 { return 0 }); err != nil {
		return err
	}
	reportRecords(os.Stdout, loads)

	half := &workload{name: "all new"}
	err = b.alternate(ctx, []*workload{half}, func(inbox int) float64 {
		return median(loads[0].results[inbox], recordRate) / 2
	})
	if err == nil {
		reportHalf(os.Stdout, half)
	}
	return err
}

// recordBench is what the measurements of record pushes have in common.
type recordBench struct {
	options
	dir, generator string
	inboxes        []inbox
}

// alternate goes over all workloads and inboxes in each round, at a number of
// records a second for each inbox; 0: as many as it takes.
func (b recordBench) alternate(ctx context.Context, loads []*workload, rate func(inbox int) float64) error {
	for range b.rounds {
		for _, w := range loads {
			for i, in := range b.inboxes {
				p, err := in.measure(ctx, b.dir, b.generator,
					"-connections", strconv.Itoa(b.pushers), "-duration", b.recordDuration.String(),
					"-duplicates", strconv.Itoa(w.duplicates), "-rate", fmt.Sprintf("%.0f", rate(i)))
				if err != nil {
					return fmt.Errorf("%s, %s: %w", in.name, w.name, err)
				}
				w.results[i] = append(w.results[i], p)
			}
		}
	}
	return nil
}
