package main

import (
	"fmt"
	"io"

	"xmode/bench/internal/lab"
)

// reportRecords prints the medians of a and b, and their ratios.
func reportRecords(w io.Writer, loads []*workload) {
	fmt.Fprintf(w, "\n%-18s %23s %19s %19s\n", "", "records/s", "p50 ms", "p99 ms")
	fmt.Fprintf(w, "%-18s %11s %11s %9s %9s %9s %9s   %s\n", "", "a by hand", "b xmode", "a", "b", "a", "b", "records/s b/a")
	for _, l := range loads {
		a, b := l.results[0], l.results[1]
		fmt.Fprintf(w, "%-18s %11.0f %11.0f %9.1f %9.1f %9.1f %9.1f   %.2f%s\n", l.name,
			median(a, recordRate), median(b, recordRate), median(a, batchP50), median(b, batchP50),
			median(a, batchP99), median(b, batchP99),
			median(b, recordRate)/median(a, recordRate), goal(l.goal))
	}
	for _, l := range loads {
		reportRefused(w, l)
	}
	first, last := loads[0], loads[len(loads)-1]
	fmt.Fprintf(w, "\nrecords/s  b on %s / a on %s %.2f\n", last.name, first.name,
		median(last.results[1], recordRate)/median(first.results[0], recordRate))
}

func goal(least float64) string {
	if least == 0 {
		return ""
	}
	return fmt.Sprintf(" (goal: at least %.2f)", least)
}

// reportHalf prints how long a batch takes at half of the highest load.
func reportHalf(w io.Writer, half *workload) {
	fmt.Fprintf(w, "\nat half of the highest load, %s\n", half.name)
	for i, name := range []string{"a by hand", "b xmode"} {
		r := half.results[i]
		fmt.Fprintf(w, "%-18s %8.0f records/s  p50 %.1f ms  p99 %.1f ms", name,
			median(r, recordRate), median(r, batchP50), median(r, batchP99))
		if i == 1 {
			fmt.Fprint(w, " (goal: less than 100)")
		}
		fmt.Fprintln(w)
	}
	reportRefused(w, half)
}

// reportRefused says how often an endpoint wanted a batch again, which costs it
// records a second but is no wrong answer.
func reportRefused(w io.Writer, l *workload) {
	for i, name := range []string{"a by hand", "b xmode"} {
		refused := 0
		for _, p := range l.results[i] {
			refused += p.Refused
		}
		if refused > 0 {
			fmt.Fprintf(w, "%s refused %d pushes (503) of %s, which were repeated\n", name, refused, l.name)
		}
	}
}

func recordRate(p lab.Pushed) float64 { return p.Rate }
func batchP50(p lab.Pushed) float64   { return p.P50 }
func batchP99(p lab.Pushed) float64   { return p.P99 }
