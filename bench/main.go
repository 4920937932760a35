// Command bench compares, in one go and on one machine:
//
//	a  a handler written by hand that makes two Redis calls (bench/baseline)
//	b  the same handler without Redis, the ceiling
//	c  xmode serve, with default settings
//
// Each is a process of its own; a and c share a Redis server, which bench starts
// and stops. The rounds alternate, so that a slow minute of the machine meets all
// three, and the medians are printed. It fails where an answer was wrong, never
// because of a number.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 3, "rounds over all targets")
	duration := flag.Duration("duration", 4*time.Second, "time of one measurement")
	connections := flag.Int("connections", 64, "connections that ask at the same time")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *rounds, *connections, *duration); err != nil {
		stop()
		log.Fatal(err)
	}
}

func run(ctx context.Context, rounds, connections int, duration time.Duration) error {
	dir, err := os.MkdirTemp("", "xmode-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	all, err := start(ctx, dir)
	defer all.stop()
	if err != nil {
		return err
	}
	fmt.Printf("%d rounds of %v at %d connections\n", rounds, duration, connections)
	for range rounds {
		for _, t := range all.targets {
			if err := t.measure(ctx, all.load, connections, duration); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	report(os.Stdout, all.targets)
	return nil
}
