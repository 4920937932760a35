// Command load sends signed Aliyun queries to an endpoint over keep-alive
// connections for a bounded time, checks every answer, and prints what it
// measured as one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"os"
	"time"

	"xmode/bench/internal/lab"
)

// result is what one run measured.
type result struct {
	Requests int     `json:"requests"`
	Rate     float64 `json:"rate"` // answers a second
	P50      float64 `json:"p50"`  // milliseconds
	P99      float64 `json:"p99"`
}

func main() {
	log.SetFlags(0)
	address := flag.String("address", "", "host and port of the endpoint")
	connections := flag.Int("connections", 64, "connections that ask at the same time")
	warmup := flag.Duration("warmup", 500*time.Millisecond, "time before the measurement")
	duration := flag.Duration("duration", 4*time.Second, "time of the measurement")
	limit := flag.Int("limit", 20_000, "most requests measured on one connection for each second")
	flag.Parse()

	latencies, err := run(context.Background(), *address, *connections, plan{
		from: time.Now().Add(*warmup), lasts: *duration,
		limit: *limit * int(max(1, duration.Seconds())),
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(summary(latencies, *duration)); err != nil {
		log.Fatal(err)
	}
}

// summary turns the latencies of the measured answers into a result.
func summary(latencies []time.Duration, lasts time.Duration) result {
	return result{
		Requests: len(latencies), Rate: float64(len(latencies)) / lasts.Seconds(),
		P50: lab.Quantile(latencies, 0.50), P99: lab.Quantile(latencies, 0.99),
	}
}
