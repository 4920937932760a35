// Command memory measures what things cost in memory: a pair binding in Redis,
// indexes included, with many bindings on an X number and with one (and the time
// that `xmode bindings import` takes); a call record in Redis, and the nonce of a
// push; and reading all records, in the process that streams them out.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	log.SetFlags(0)
	only := flag.String("only", "", "the part to run, bindings or records; empty: both")
	count := flag.Int("bindings", 1_000_000, "bindings to import; 0: none")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *only, *count); err != nil {
		stop()
		log.Fatal(err)
	}
}

// errOnly: there is no such part.
var errOnly = errors.New(`-only has to be "bindings" or "records"`)

func run(ctx context.Context, only string, count int) error {
	if only != "" && only != "bindings" && only != "records" {
		return errOnly
	}
	dir, err := os.MkdirTemp("", "xmode-memory-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if only != "records" && count > 0 {
		if err := bindings(ctx, dir, count); err != nil {
			return err
		}
	}
	if only != "bindings" {
		return records(ctx, dir)
	}
	return nil
}
