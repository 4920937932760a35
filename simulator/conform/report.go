package conform

import (
	"fmt"
	"time"
)

// Verdict is what became of a clause.
type Verdict string

// The verdicts.
const (
	Passed Verdict = "passed"
	Failed Verdict = "failed"
	// Skipped: something that it needs was not given.
	Skipped Verdict = "skipped"
	// Unfinished: the run ended before.
	Unfinished Verdict = "unfinished"
)

// Result is a clause and what became of it.
type Result struct {
	Clause  Clause
	Verdict Verdict
	// Detail is why it failed, what it needs, or what there is to note.
	Detail string
	// Took is how long the check took.
	Took time.Duration
}

// Report is what a run found, in the order of the clauses.
type Report struct {
	Target  string
	Started time.Time
	Took    time.Duration
	Results []Result
}

// Count is how many results have a verdict.
func (r Report) Count(v Verdict) int {
	n := 0
	for _, result := range r.Results {
		if result.Verdict == v {
			n++
		}
	}
	return n
}

// FailedMusts is how many clauses failed that an endpoint must keep.
func (r Report) FailedMusts() int {
	n := 0
	for _, result := range r.Results {
		if result.Verdict == Failed && result.Clause.Basis.Level() == Must {
			n++
		}
	}
	return n
}

// Conforms reports whether everything was looked at that could be, and no must
// failed.
func (r Report) Conforms() bool { return r.FailedMusts() == 0 && r.Count(Unfinished) == 0 }

// Summary is the run in a line.
func (r Report) Summary() string {
	text := fmt.Sprintf("%d clauses: %d passed, %d failed", len(r.Results), r.Count(Passed), r.Count(Failed))
	if r.Count(Failed) > 0 {
		text += fmt.Sprintf(" (%d must)", r.FailedMusts())
	}
	text += fmt.Sprintf(", %d skipped", r.Count(Skipped))
	if n := r.Count(Unfinished); n > 0 {
		text += fmt.Sprintf(", %d not finished", n)
	}
	return text
}
