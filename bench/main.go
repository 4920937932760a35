// Command bench compares, in one go and on one machine, how queries are answered by
//
//	a  a handler written by hand that makes two Redis calls (bench/baseline)
//	b  the same handler without Redis, the ceiling
//	c  xmode serve, with default settings
//
// and then how batches of call records are taken by
//
//	a  a handler written by hand that makes two Redis calls for each new record
//	   (bench/baseline/inbox)
//	b  xmode serve, with default settings
//
// and how recordings are fetched from a server on this machine to its disk by
//
//	a  curl, with as many downloads at the same time
//	b  xmode serve, from the push of their records on
//
// and how fast a platform can be played to an endpoint that answers at once, beside
// wrk with as many connections.
//
// Each is a process of its own; bench starts and stops them and their Redis. The
// rounds alternate, so that a slow minute of the machine meets all, and the
// medians are printed. It fails where an answer was wrong, never because of a
// number.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	only           string
	rounds         int
	connections    int
	duration       time.Duration
	pushers        int
	recordDuration time.Duration
	recordings     int
	recordingSize  int64
	workers        int
}

func main() {
	log.SetFlags(0)
	var o options
	flag.StringVar(&o.only, "only", "", "the part to run, queries, records, recordings or simulator; empty: all")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds over all targets")
	flag.IntVar(&o.connections, "connections", 64, "connections that ask at the same time")
	flag.DurationVar(&o.duration, "duration", 4*time.Second, "time of one measurement of queries")
	flag.IntVar(&o.pushers, "pushers", 32, "connections that push records at the same time")
	flag.DurationVar(&o.recordDuration, "record-duration", 2*time.Second, "time of one measurement of record pushes")
	flag.IntVar(&o.recordings, "recordings", 1000, "recordings of one measurement")
	flag.Int64Var(&o.recordingSize, "recording-size", 1<<20, "bytes of a recording")
	flag.IntVar(&o.workers, "recording-workers", 8, "recordings that are fetched at the same time")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		stop()
		log.Fatal(err)
	}
}

// errOnly: there is no such part.
var errOnly = errors.New(`-only has to be "queries", "records", "recordings" or "simulator"`)

// part is one that can be run by itself.
type part struct {
	name string
	run  func(ctx context.Context, dir string, o options) error
}

// run runs the parts that are asked for.
func run(ctx context.Context, o options) error {
	parts := []part{{"queries", queries}, {"records", records}, {"recordings", recordings}, {"simulator", simulator}}
	if o.only != "" {
		parts = slices.DeleteFunc(parts, func(p part) bool { return p.name != o.only })
	}
	if len(parts) == 0 {
		return errOnly
	}
	dir, err := os.MkdirTemp("", "xmode-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, p := range parts {
		if err := p.run(ctx, dir, o); err != nil {
			return err
		}
	}
	return nil
}
