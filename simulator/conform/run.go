package conform

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"
)

// Config says what to run, and how.
type Config struct {
	// Target is the endpoint's address, for the reports.
	Target string
	// Clauses in the order of the report.
	Clauses []Clause
	// Given are the flags and variables that are there; a clause that needs
	// another one is skipped.
	Given map[string]bool
	// Parallel is how many clauses run beside each other; 0: one.
	Parallel int
	// Now is a clock; required.
	Now func() time.Time
	// Done hears of each clause that has a verdict, one at a time; nil: nobody does.
	Done func(Result)
}

// Run runs all clauses, those that measure time last and alone. When the context
// ends, the report has what there is until then.
func Run(ctx context.Context, c Config) Report {
	r := runner{c: c, results: make([]Result, len(c.Clauses))}
	report := Report{Target: c.Target, Started: c.Now()}
	work := make(chan int)
	var lanes sync.WaitGroup
	for range max(1, c.Parallel) {
		lanes.Go(func() {
			for i := range work {
				r.one(ctx, i)
			}
		})
	}
	for i, clause := range c.Clauses {
		if !clause.Alone {
			work <- i
		}
	}
	close(work)
	lanes.Wait()
	for i, clause := range c.Clauses {
		if clause.Alone {
			r.one(ctx, i)
		}
	}
	report.Results = r.results
	report.Took = c.Now().Sub(report.Started)
	return report
}

// runner is one run.
type runner struct {
	c       Config
	results []Result
	mu      sync.Mutex // around Done
}

// one runs a clause.
func (r *runner) one(ctx context.Context, i int) {
	clause := r.c.Clauses[i]
	result := Result{Clause: clause}
	var missing []string
	for _, need := range clause.Needs {
		if !r.c.Given[need] {
			missing = append(missing, need)
		}
	}
	switch {
	case len(missing) > 0:
		result.Verdict, result.Detail = Skipped, "needs "+strings.Join(missing, " and ")
	case ctx.Err() != nil:
		result.Verdict = Unfinished
	default:
		start := r.c.Now()
		err := check(ctx, clause.Check)
		result.Took = r.c.Now().Sub(start)
		result.Verdict, result.Detail = verdict(ctx, err)
	}
	r.results[i] = result
	if r.c.Done != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.c.Done(result)
	}
}

// check calls a check, which must not end the run whatever it meets.
func check(ctx context.Context, c Check) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the check itself broke: %v", cause)
		}
	}()
	return c(ctx)
}

// verdict reads what a check returned.
func verdict(ctx context.Context, err error) (Verdict, string) {
	note, noted := errors.AsType[Note](err)
	switch {
	case noted:
		return Passed, string(note)
	case err == nil:
		return Passed, ""
	case ctx.Err() != nil:
		return Unfinished, ""
	}
	return Failed, err.Error()
}

// ErrPattern: a pattern is malformed, or no clause matches it.
var ErrPattern = errors.New("no clause has such a name")

// Select returns the clauses that match a pattern such as "ALI-SIG-*", or several
// separated by commas; the empty one matches all. The error is [ErrPattern].
func Select(clauses []Clause, pattern string) ([]Clause, error) {
	if pattern == "" {
		return clauses, nil
	}
	chosen := make([]bool, len(clauses))
	for one := range strings.SplitSeq(pattern, ",") {
		found := false
		for i, c := range clauses {
			if ok, _ := path.Match(strings.ToUpper(strings.TrimSpace(one)), c.Name); ok {
				chosen[i], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("%q: %w", one, ErrPattern)
		}
	}
	var list []Clause
	for i, c := range clauses {
		if chosen[i] {
			list = append(list, c)
		}
	}
	return list, nil
}
