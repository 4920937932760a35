package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"time"

	"xmode/bench/internal/lab"
)

// result is what bench/load prints.
type result struct {
	Requests int
	Rate     float64
	P50, P99 float64
}

// target is an endpoint that answers queries.
type target struct {
	name, address string
	results       []result
}

// measure lets the load generator run against the target once.
func (t *target) measure(ctx context.Context, load string, connections int, duration time.Duration) error {
	cmd := exec.CommandContext(ctx, load, "-address", t.address,
		"-connections", strconv.Itoa(connections), "-duration", duration.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	var r result
	if err := json.Unmarshal(out, &r); err != nil {
		return err
	}
	t.results = append(t.results, r)
	return nil
}

// started is everything that runs while queries are measured.
type started struct {
	load    string // the load generator
	targets []*target
	stops   []func()
}

// stop ends the processes, the last one first.
func (s *started) stop() {
	for i := len(s.stops) - 1; i >= 0; i-- {
		s.stops[i]()
	}
}

// build compiles programs of this module and returns their paths by package.
func build(ctx context.Context, dir string, pkgs ...string) (map[string]string, error) {
	programs := make(map[string]string)
	for _, pkg := range pkgs {
		program, err := lab.Build(ctx, dir, pkg)
		if err != nil {
			return nil, err
		}
		programs[pkg] = program
	}
	return programs, nil
}

// start builds the programs and starts Redis and the targets of the queries. What
// it returns has to be stopped, also beside an error.
func start(ctx context.Context, dir string) (*started, error) {
	s := &started{}
	programs, err := build(ctx, dir, "./bench/baseline", "./bench/load", "./cmd/xmode")
	if err != nil {
		return s, err
	}
	s.load = programs["./bench/load"]

	redis, err := lab.StartRedis(ctx, dir)
	if err != nil {
		return s, err
	}
	s.stops = append(s.stops, redis.Stop)
	baseline := programs["./bench/baseline"]
	if err := s.addBaseline(ctx, "a  by hand, two Redis calls", baseline, "-redis", redis.Address); err != nil {
		return s, err
	}
	if err := s.addBaseline(ctx, "b  by hand, no Redis", baseline); err != nil {
		return s, err
	}
	return s, s.addXMode(ctx, "c  xmode serve", programs["./cmd/xmode"], redis.Address)
}

func (s *started) addBaseline(ctx context.Context, name, program string, args ...string) error {
	address, err := lab.FreeAddress()
	if err != nil {
		return err
	}
	p, err := lab.Start(ctx, nil, program, append(args, "-listen", address)...)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, p.Stop)
	s.targets = append(s.targets, &target{name: name, address: address})
	return lab.AwaitTCP(ctx, address)
}

func (s *started) addXMode(ctx context.Context, name, program, redis string) error {
	x, err := lab.StartXMode(ctx, program, redis)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, x.Stop)
	s.targets = append(s.targets, &target{name: name, address: x.Public})
	return x.Provision(ctx)
}
