package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// maxShown is how many faults of lines are shown; the others are counted.
const maxShown = 100

// errSomeFailed ends an import whose summary has been given.
var errSomeFailed = errors.New("some lines were not imported")

// tally counts what became of the lines of an import and tells of faults.
type tally struct {
	mu         sync.Mutex
	ok, failed int
	bar        *bar
	err        io.Writer
}

// newTally makes a tally, with a bar where somebody is looking.
func newTally(std streams, read *countingReader, size int64) *tally {
	t := &tally{err: std.err}
	if std.terminal {
		t.bar = newBar(std.err, func(elapsed time.Duration) string { return importText(t.lines(), read.count(), size, elapsed) })
	}
	return t
}

// done counts a line that was imported.
func (t *tally) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ok++
}

// fail counts a line that was not, and says why.
func (t *tally) fail(line int, why string) {
	t.mu.Lock()
	t.failed++
	shown := t.failed
	t.mu.Unlock()
	t.bar.clear()
	switch {
	case shown <= maxShown:
		fmt.Fprintf(t.err, "line %d: %s\n", line, why)
	case shown == maxShown+1:
		fmt.Fprintln(t.err, "further faults are counted only")
	}
}

// lines is how many lines have an outcome.
func (t *tally) lines() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ok + t.failed
}

// close ends the bar.
func (t *tally) close() { t.bar.close() }

// sum writes the summary. Any line that failed is an error.
func (t *tally) sum(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "imported %d, failed %d\n", t.ok, t.failed); err != nil {
		return err
	}
	if t.failed > 0 {
		return errSomeFailed
	}
	return nil
}

// countingReader counts what is read through it.
type countingReader struct {
	in io.Reader
	n  atomic.Int64
}

// Read reads and counts.
func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// count is the number of bytes so far.
func (c *countingReader) count() int64 { return c.n.Load() }
