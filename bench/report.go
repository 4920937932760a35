package main

import (
	"fmt"
	"io"
	"slices"
)

// report prints the medians of the query targets a, b and c, and their ratios.
func report(w io.Writer, targets []*target) {
	a, b, c := targets[0], targets[1], targets[2]
	fmt.Fprintf(w, "\n%-28s %12s %9s %9s\n", "", "requests/s", "p50 ms", "p99 ms")
	for _, t := range targets {
		fmt.Fprintf(w, "%-28s %12.0f %9.2f %9.2f\n", t.name, t.median(rate), t.median(p50), t.median(p99))
	}
	ratio := func(of func(result) float64, x, y *target) float64 { return x.median(of) / y.median(of) }
	fmt.Fprintf(w, "\nrequests/s  c/a %.2f (goal: at least 1.30)  c/b %.2f (goal: at least 0.45)\n",
		ratio(rate, c, a), ratio(rate, c, b))
	fmt.Fprintf(w, "p50         c/a %.2f (goal: at most 1.00)\n", ratio(p50, c, a))
	fmt.Fprintf(w, "p99         c/a %.2f\n", ratio(p99, c, a))
}

func rate(r result) float64 { return r.Rate }
func p50(r result) float64  { return r.P50 }
func p99(r result) float64  { return r.P99 }

// median is the middle of one measure over the rounds.
func (t *target) median(of func(result) float64) float64 { return median(t.results, of) }

// median is the middle of one measure; 0 without any.
func median[R any](results []R, of func(R) float64) float64 {
	n := len(results)
	if n == 0 {
		return 0
	}
	values := make([]float64, n)
	for i, r := range results {
		values[i] = of(r)
	}
	slices.Sort(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
