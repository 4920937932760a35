package main

import (
	"context"
	"fmt"
	"os"
)

// queries measures how queries are answered.
func queries(ctx context.Context, dir string, o options) error {
	all, err := start(ctx, dir)
	defer all.stop()
	if err != nil {
		return err
	}
	fmt.Printf("queries: %d rounds of %v at %d connections\n", o.rounds, o.duration, o.connections)
	for range o.rounds {
		for _, t := range all.targets {
			if err := t.measure(ctx, all.load, o.connections, o.duration); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	report(os.Stdout, all.targets)
	return nil
}
