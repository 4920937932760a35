package main

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"xmode/bench/internal/lab"
)

// plan bounds a run in time and count.
type plan struct {
	from  time.Time     // answers before are not measured
	lasts time.Duration // from then on
	limit int           // most answers measured on one connection
}

// run asks over n connections and returns the latencies of all measured answers.
// The first wrong answer ends it.
func run(ctx context.Context, address string, n int, p plan) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	parts := make([][]time.Duration, n)
	for i := range n {
		wg.Go(func() {
			var err error
			if parts[i], err = ask(ctx, address, i, p); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	var all []time.Duration
	for _, part := range parts {
		all = append(all, part...)
	}
	return all, context.Cause(ctx)
}

// ask is one connection: a query, its answer, the next query.
func ask(ctx context.Context, address string, nth int, p plan) ([]time.Duration, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(p.from.Add(p.lasts + 5*time.Second)); err != nil {
		return nil, err
	}
	requests, answers := newRequests(address, nth), lab.NewAnswers(conn)
	latencies := make([]time.Duration, 0, 4096)
	for i := nth; ctx.Err() == nil && len(latencies) < p.limit; i++ {
		pair := lab.PairAt(i%lab.Pairs, lab.PerX)
		request := requests.next(pair)
		sent := time.Now()
		if _, err := conn.Write(request); err != nil {
			return nil, err
		}
		if err := connects(answers, pair.A); err != nil {
			return nil, fmt.Errorf("answer to query %d: %w", i-nth+1, err)
		}
		if sent.After(p.from.Add(p.lasts)) {
			break
		}
		if sent.After(p.from) {
			latencies = append(latencies, time.Since(sent))
		}
	}
	return latencies, nil
}
