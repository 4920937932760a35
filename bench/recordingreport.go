package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// What recordings are measured against.
const (
	leastRate  = 0.70     // of what curl fetches a second
	mostGrowth = 64 << 20 // bytes
)

// reportRecordings prints the medians of both sides, their ratios, and how far the
// rounds lie apart.
func reportRecordings(w io.Writer, b recordingBench, curl, xmode []fetched) {
	mib := float64(b.recordingSize*int64(b.recordings)) / (1 << 20)
	served := func(f fetched) float64 { return mib / f.served.Seconds() }
	kept := func(f fetched) float64 { return mib / f.kept.Seconds() }
	fmt.Fprintf(w, "\n%-18s %12s %12s %9s %12s\n", "", "MiB/s served", "MiB/s kept", "CPU s", "platform's")
	for _, s := range []struct {
		name    string
		results []fetched
	}{{"a  curl", curl}, {"b  xmode serve", xmode}} {
		fmt.Fprintf(w, "%-18s %12.0f %12.0f %9.2f %12.2f   served in each round:%s\n", s.name, median(s.results, served), median(s.results, kept),
			median(s.results, fetchCPU), median(s.results, platformCPU), each(s.results, served))
	}
	fmt.Fprintln(w, "served: as the platform saw it, from the first request to the end of the last answer")
	fmt.Fprintln(w, "kept: until every file is on the disk: curl, then fsync of each file; xmode, until the last is archived")
	fmt.Fprintln(w, "CPU s: of who fetches and of the platform; curl computes in one thread, and neither sums up, syncs nor reports what it fetched")

	rate := median(xmode, served) / median(curl, served)
	fmt.Fprintf(w, "\nserved  b/a %.2f (goal: at least %.2f; %s)\n", rate, leastRate, verdict(rate >= leastRate))
	fmt.Fprintf(w, "kept    b/a %.2f   b kept / a served %.2f\n", median(xmode, kept)/median(curl, kept), median(xmode, kept)/median(curl, served))
	most := slices.MaxFunc(xmode, func(a, b fetched) int { return cmp.Compare(a.growth, b.growth) }).growth
	fmt.Fprintf(w, "memory  b grew by %.1f MiB at most (goal: less than %d MiB; %s)\n", float64(most)/(1<<20), mostGrowth>>20, verdict(most < mostGrowth))
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}

// each lists one measure of all rounds.
func each(results []fetched, of func(fetched) float64) string {
	text := ""
	for _, f := range results {
		text += fmt.Sprintf(" %.0f", of(f))
	}
	return text
}

func fetchCPU(f fetched) float64    { return f.cpu.Seconds() }
func platformCPU(f fetched) float64 { return f.platformCPU.Seconds() }
