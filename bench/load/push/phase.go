package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"xmode/bench/internal/lab"
)

// patience is how long the last answers of a phase may take.
const patience = 10 * time.Second

// phase bounds what the connections do together.
type phase struct {
	batches    int           // no more than these
	lasts      time.Duration // nor longer
	duplicates int           // in each batch
	every      time.Duration // a batch is due each time this has passed; 0: at once
}

// measured are the latencies of a phase's batches, how often one was refused
// and pushed again, and the time it took.
type measured struct {
	latencies []time.Duration
	refused   int
	took      time.Duration
}

// pusher is one connection: a batch, its answer, the next batch.
type pusher struct {
	conn    net.Conn
	push    *push
	answers *lab.Answers
}

type pushers []*pusher

// dial opens all connections; nothing happens on them after the deadline.
func dial(ctx context.Context, o options, s *source, deadline time.Time) (pushers, error) {
	var all pushers
	for range o.connections {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", o.address)
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, &pusher{conn: conn, push: newPush(o.address, o.batch, s), answers: lab.NewAnswers(conn)})
		if err := conn.SetDeadline(deadline); err != nil {
			all.close()
			return nil, err
		}
	}
	return all, nil
}

func (all pushers) close() {
	for _, p := range all {
		p.conn.Close()
	}
}

// run shares a phase's batches out among the connections: the next one goes to
// whoever is free. The first wrong answer ends it.
func (all pushers) run(ctx context.Context, ph phase) (measured, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	var taken atomic.Int64
	start := time.Now()
	parts := make([]measured, len(all))
	for i, p := range all {
		wg.Go(func() {
			var err error
			if parts[i], err = p.run(ctx, ph, start, &taken); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	m := measured{took: time.Since(start)}
	for _, part := range parts {
		m.latencies = append(m.latencies, part.latencies...)
		m.refused += part.refused
	}
	return m, context.Cause(ctx)
}

// run pushes until the phase is over. The latency of a batch counts from when
// it was due, so that one that had to wait for a free connection is as late as
// its sender sees it.
func (p *pusher) run(ctx context.Context, ph phase, start time.Time, taken *atomic.Int64) (m measured, err error) {
	for ctx.Err() == nil {
		nth := int(taken.Add(1)) - 1
		due := start.Add(time.Duration(nth) * ph.every)
		if nth >= ph.batches || max(time.Since(start), due.Sub(start)) > ph.lasts {
			break
		}
		request := p.push.next(ph.duplicates)
		if ph.every == 0 {
			due = time.Now()
		}
		time.Sleep(time.Until(due))
		refused, err := p.deliver(request)
		m.refused += refused
		if err != nil {
			return m, fmt.Errorf("batch %d: %w", nth+1, err)
		}
		p.push.acknowledged()
		m.latencies = append(m.latencies, time.Since(due))
	}
	return m, nil
}

// repeats is how often a batch is pushed again before that is taken for wrong.
const repeats = 50

// deliver pushes a batch until it is acknowledged, as the platform does, and
// says how often it was refused.
func (p *pusher) deliver(request []byte) (refused int, err error) {
	for {
		if _, err := p.conn.Write(request); err != nil {
			return refused, err
		}
		switch err = p.acknowledged(); {
		case !errors.Is(err, errRefused):
			return refused, err
		case refused == repeats:
			return refused, fmt.Errorf("%d times: %w", refused, err)
		}
		refused++
	}
}

// errRefused: the push was not stored, and is to be repeated.
var errRefused = errors.New("not stored")

// acknowledged reads one answer, which has to be a 200 with an empty body; a 503
// is no wrong answer either.
func (p *pusher) acknowledged() error {
	status, body, err := p.answers.Read()
	switch {
	case err != nil:
		return err
	case bytes.HasPrefix(status, []byte("HTTP/1.1 503 ")):
		return errRefused
	case string(status) != "HTTP/1.1 200 OK" || len(body) > 0:
		return fmt.Errorf("%w: %s %s", lab.ErrWrong, status, body)
	}
	return nil
}
