// Command push sends signed batches of Huawei call records to an endpoint over
// keep-alive connections, checks every answer, and prints what it measured as
// one line of JSON. Every record has an identity of its own; a duplicate is one
// of the records acknowledged last, with the text that it had then, in another
// batch. It stops after a time or a number of batches, whichever comes first.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"xmode/bench/internal/lab"
)

// options are the flags.
type options struct {
	address     string
	connections int
	batch       int           // records of a push
	duplicates  int           // per cent of a batch
	pool        int           // records pushed first, and how many the duplicates are drawn from
	rate        float64       // records a second; 0: as fast as the endpoint answers
	duration    time.Duration // most time of the measurement
	batches     int           // most batches of the measurement
}

func main() {
	log.SetFlags(0)
	var o options
	flag.StringVar(&o.address, "address", "", "host and port of the endpoint")
	flag.IntVar(&o.connections, "connections", 32, "connections that push at the same time")
	flag.IntVar(&o.batch, "batch", 50, "records of a push, 0 to 1000")
	flag.IntVar(&o.duplicates, "duplicates", 0, "per cent of the records of a batch that were pushed before")
	flag.IntVar(&o.pool, "pool", 20_000, "new records pushed before the measurement; duplicates are drawn from as many pushed last")
	flag.Float64Var(&o.rate, "rate", 0, "records a second, batches sent when due; 0: as fast as they are answered")
	flag.DurationVar(&o.duration, "duration", 3*time.Second, "most time of the measurement")
	flag.IntVar(&o.batches, "batches", 50_000, "most batches of the measurement")
	flag.Parse()

	r, err := measure(context.Background(), o)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		log.Fatal(err)
	}
}

// Errors of wrong flags.
var (
	errBatch = errors.New("-batch has to be 0 to 1000, -duplicates 0 to 100, and a duplicate needs a -pool of at least two batches")
	errPace  = errors.New("-rate needs records")
)

func (o options) check() error {
	if o.batch < 0 || o.batch > 1000 || o.duplicates < 0 || o.duplicates > 100 ||
		o.duplicates > 0 && o.pool < 2*o.batch {
		return errBatch
	}
	if o.rate > 0 && o.batch == 0 {
		return errPace
	}
	return nil
}

// fillTime is the most time that filling the pool may take.
const fillTime = time.Minute

// measure fills the pool and then runs what is to be measured, over the same
// connections.
func measure(ctx context.Context, o options) (result, error) {
	if err := o.check(); err != nil {
		return result{}, err
	}
	if o.batch > 0 {
		o.pool -= o.pool % o.batch // so that filling it fills all of it
	}
	source := newSource(o.pool)
	pushers, err := dial(ctx, o, source, time.Now().Add(fillTime+o.duration+patience))
	if err != nil {
		return result{}, err
	}
	defer pushers.close()
	if o.batch > 0 {
		if _, err := pushers.run(ctx, phase{batches: o.pool / o.batch, lasts: fillTime}); err != nil {
			return result{}, fmt.Errorf("before the measurement: %w", err)
		}
	}
	p := phase{batches: o.batches, lasts: o.duration, duplicates: o.batch * o.duplicates / 100}
	if o.rate > 0 {
		p.every = time.Duration(float64(o.batch) / o.rate * float64(time.Second))
	}
	m, err := pushers.run(ctx, p)
	if err != nil {
		return result{}, err
	}
	return summary(m, o.batch, source.given()), nil
}

// result is what one run measured.
type result struct {
	Batches  int     `json:"batches"`
	Rate     float64 `json:"rate"`     // records a second, duplicates included
	Refused  int     `json:"refused"`  // answers 503, after which a batch was pushed again
	Distinct int     `json:"distinct"` // records that were acknowledged, those before the measurement included
	P50      float64 `json:"p50"`      // of a batch, milliseconds
	P99      float64 `json:"p99"`
}

func summary(m measured, batch, distinct int) result {
	return result{
		Batches: len(m.latencies), Refused: m.refused, Distinct: distinct,
		Rate: float64(len(m.latencies)*batch) / m.took.Seconds(),
		P50:  lab.Quantile(m.latencies, 0.50), P99: lab.Quantile(m.latencies, 0.99),
	}
}
