package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"xmode/simulator/load"
	"xmode/simulator/verify"
)

// summary is what came of a load.
type summary struct {
	Load load.Report `json:"load"`
	// Breaches of the platform's contract in what the endpoint asked its APIs for.
	Breaches []string `json:"breaches,omitempty"`
	// Verdict on what the endpoint has; null: it was not looked at.
	Verdict *verify.Verdict `json:"verified"`
}

// failed says why the command does, if it does.
func (s summary) failed(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return errors.New("simulate: interrupted: what is above is what there was until then")
	case s.Load.Faults():
		return errors.New("simulate: calls or records were lost, or a wrong signature was taken")
	case len(s.Breaches) > 0:
		return errors.New("simulate: the endpoint breaks the contract of the platform's APIs")
	case s.Verdict != nil && !s.Verdict.OK():
		return errors.New("simulate: the endpoint does not have what it must have")
	}
	return nil
}

// write prints it.
func (s summary) write(w io.Writer, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(s)
	}
	return writeLoad(w, s)
}

func writeLoad(w io.Writer, s summary) error {
	r := s.Load
	text := &strings.Builder{}
	fmt.Fprintf(text, "%s, seed %d: %d calls and texts in %.1f s, %d messages (%.0f/s)\n", r.Platform, r.Seed, r.Begun, r.Seconds, r.Messages, perSecond(r))
	fmt.Fprintf(text, "connected %d, turned away %d, given up at the extension %d, lost %d", r.Connected, r.Rejected, r.Asked, r.Lost)
	if open := r.Begun - r.Ended; open > 0 {
		fmt.Fprintf(text, ", not ended %d", open)
	}
	fmt.Fprint(text, "\n\n")
	writeKinds(text, r.Kinds)
	writeTrouble(text, r.Trouble)
	writeFindings(text, r.Findings)
	fmt.Fprintf(text, "\nthe endpoint must have %d records, %d of them with a recording\n", r.Records, r.Recordings)
	for _, breach := range s.Breaches {
		fmt.Fprintf(text, "fault: the platform's APIs: %s\n", breach)
	}
	if s.Verdict != nil {
		fmt.Fprintf(text, "\n%s\n", s.Verdict)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func perSecond(r load.Report) float64 {
	if r.Seconds == 0 {
		return 0
	}
	return float64(r.Messages) / r.Seconds
}

func writeKinds(w io.Writer, kinds []load.KindReport) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "message\tsent\ttaken\trefused as due\tto repeat\tgiven up\tp50 ms\tp95 ms\tp99 ms\tmax ms\t")
	for _, k := range kinds {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t\n", k.Kind, k.Sent, k.Taken, k.Refused, k.Repeats, k.GaveUp, k.P50, k.P95, k.P99, k.Max)
	}
	_ = table.Flush() // to memory
}

func writeTrouble(w io.Writer, trouble map[string]int) {
	if len(trouble) == 0 {
		return
	}
	fmt.Fprint(w, "\ntrouble on purpose:")
	for i, name := range slices.Sorted(maps.Keys(trouble)) {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, " %s %d", strings.ReplaceAll(name, "_", " "), trouble[name])
	}
	fmt.Fprintln(w)
}

func writeFindings(w io.Writer, findings []load.Found) {
	if len(findings) > 0 {
		fmt.Fprintln(w)
	}
	for _, f := range findings {
		fmt.Fprintf(w, "%s: %s: %s: %d times", f.Level, f.Kind, f.Text, f.Count)
		if f.CallID != "" {
			fmt.Fprintf(w, ", first with %s", f.CallID)
		}
		fmt.Fprintln(w)
	}
}
