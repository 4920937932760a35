package e2e_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// extent is how much of the promises is played. They want the machine for themselves, so
// that the ordinary run leaves them out.
var extent = flag.String("promises", "", "tests of promises to play: short (some minutes) or full (three quarters of an hour)")

// playsAll reports whether promises are played in full length.
func playsAll() bool { return *extent == "full" }

// promised begins the test of one promise of docs/PROMISES.md. fault is its row there,
// what is what has to hold.
func promised(t *testing.T, fault, what string) {
	t.Helper()
	if *extent == "" {
		t.Skip("a promise: make promises, or make chaos")
	}
	p := kept.begin(t.Name(), fault, what)
	t.Cleanup(func() { kept.end(p, !t.Failed()) })
}

// atLength leaves a promise about ratios to the full length: those of some seconds are
// chance.
func atLength(t *testing.T) {
	t.Helper()
	if !playsAll() {
		t.Skip("a promise about ratios: make chaos")
	}
}

// measured notes a figure of the promise whose test is running, for the table.
func measured(t *testing.T, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	t.Log(text)
	kept.note(t.Name(), text)
}

// promise is a row of the table.
type promise struct {
	test, fault, what string
	figures           []string
	played, met       bool
	began             time.Time
	took              time.Duration
}

// promises are those of this run, in the order in which they were played.
type promises struct {
	mu   sync.Mutex
	rows []*promise
}

// kept is filled by the tests and printed when all of them have ended.
var kept promises

func (p *promises) begin(test, fault, what string) *promise {
	p.mu.Lock()
	defer p.mu.Unlock()
	row := &promise{test: test, fault: fault, what: what, began: time.Now()}
	p.rows = append(p.rows, row)
	return row
}

func (p *promises) end(row *promise, met bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	row.played, row.met, row.took = true, met, time.Since(row.began)
	fmt.Fprintf(os.Stderr, "%-8s %s (%v)\n", row.state(), row.test, row.took.Round(time.Second))
}

// state is whether the promise is met.
func (row *promise) state() string {
	if row.played && row.met {
		return "met"
	}
	return "NOT MET"
}

// note adds a figure to the row of a test, or of the test that it is a part of.
func (p *promises) note(test, figure string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, row := range slices.Backward(p.rows) {
		if test == row.test || strings.HasPrefix(test, row.test+"/") {
			row.figures = append(row.figures, figure)
			return
		}
	}
}

// print writes the table; nothing when no promise was played.
func (p *promises) print(out io.Writer) {
	if len(p.rows) == 0 {
		return
	}
	unmet := 0
	for _, row := range p.rows {
		if row.state() != "met" {
			unmet++
		}
		fmt.Fprintf(out, "\n%-8s %s\n         promise:  %s\n         test:     %s (%v)\n", row.state(), row.fault, row.what, row.test, row.took.Round(time.Second))
		for _, figure := range row.figures {
			fmt.Fprintf(out, "         measured: %s\n", figure)
		}
	}
	fmt.Fprintf(out, "\n%d of %d promises met\n\n", len(p.rows)-unmet, len(p.rows))
}
