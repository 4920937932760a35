package main

import (
	"context"
	"io"
	"time"

	"xmode/simulator/load"
)

// Run runs a command line on the given streams.
func Run(ctx context.Context, args, environ []string, in io.Reader, out, err io.Writer, terminal bool) int {
	return run(ctx, args, environ, streams{in: in, out: out, err: err, terminal: terminal})
}

// BarText is one state of the progress bar.
func BarText(lines int, read, size int64, elapsed time.Duration) string {
	return importText(lines, read, size, elapsed)
}

// NewBar draws a bar until it is closed.
func NewBar(out io.Writer, text func(elapsed time.Duration) string) (closed func()) {
	return newBar(out, text).close
}

// LoadText is the line that shows how far a load is.
func LoadText(progress func() load.Progress) func(elapsed time.Duration) string {
	return (&loadText{progress: progress}).next
}

// ClausesPage is docs/CLAUSES.md.
func ClausesPage() (string, error) { return clausesPage() }
