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
}

func main() {
	log.SetFlags(0)
	var o options
	flag.StringVar(&o.only, "only", "", "the part to run, queries or records; empty: both")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds over all targets")
	flag.IntVar(&o.connections, "connections", 64, "connections that ask at the same time")
	flag.DurationVar(&o.duration, "duration", 4*time.Second, "time of one measurement of queries")
	flag.IntVar(&o.pushers, "pushers", 32, "connections that push records at the same time")
	flag.DurationVar(&o.recordDuration, "record-duration", 2*time.Second, "time of one measurement of record pushes")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		stop()
		log.Fatal(err)
	}
}

// errOnly: there is no such part.
var errOnly = errors.New(`-only has to be "queries" or "records"`)

func run(ctx context.Context, o options) error {
	if o.only != "" && o.only != "queries" && o.only != "records" {
		return errOnly
	}
	dir, err := os.MkdirTemp("", "xmode-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if o.only != "records" {
		if err := queries(ctx, dir, o); err != nil {
			return err
		}
	}
	if o.only != "queries" {
		return records(ctx, dir, o)
	}
	return nil
}
