package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"xmode/bench/internal/lab"
)

// cases are how many pairs share an X number, and the most bytes a binding
// should take then.
var cases = []struct{ perX, goal int }{{100, 500}, {1, 900}}

// bindings imports count bindings in each case, and prints what they cost.
func bindings(ctx context.Context, dir string, count int) error {
	program, err := lab.Build(ctx, dir, "./cmd/xmode")
	if err != nil {
		return err
	}
	for _, c := range cases {
		m, err := measure(ctx, dir, program, count, c.perX)
		if err != nil {
			return fmt.Errorf("%d bindings per X number: %w", c.perX, err)
		}
		fmt.Printf("%d bindings, %3d per X number: %.0f bytes each (goal: at most %d), imported in %.1f s, %.0f a second\n",
			count, c.perX, float64(m.bytes)/float64(count), c.goal,
			m.took.Seconds(), float64(count)/m.took.Seconds())
	}
	return nil
}

// measured is what one import cost.
type measured struct {
	bytes int64
	took  time.Duration
}

// measure imports into an empty Redis.
func measure(ctx context.Context, dir, program string, count, perX int) (m measured, err error) {
	file := filepath.Join(dir, "bindings.ndjson")
	if err := write(file, count, perX); err != nil {
		return m, err
	}
	redis, err := lab.StartRedis(ctx, dir)
	if err != nil {
		return m, err
	}
	defer redis.Stop()
	x, err := lab.StartXMode(ctx, program, redis.Address)
	if err != nil {
		return m, err
	}
	defer x.Stop()

	before, err := redis.Memory(ctx)
	if err != nil {
		return m, err
	}
	start := time.Now()
	if err := importFile(ctx, program, x, file); err != nil {
		return m, err
	}
	m.took = time.Since(start)
	after, err := redis.Memory(ctx)
	m.bytes = after - before
	return m, err
}

// write makes the file to be imported.
func write(file string, count, perX int) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	for i := range count {
		fmt.Fprintln(out, lab.PairAt(i, perX).JSON())
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// importFile runs `xmode bindings import`.
func importFile(ctx context.Context, program string, x *lab.XMode, file string) error {
	cmd := exec.CommandContext(ctx, program, "bindings", "import", "--url", "http://"+x.Admin, file)
	cmd.Env = append(os.Environ(), x.ClientEnv()...)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
