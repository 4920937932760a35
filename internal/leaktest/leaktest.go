// Package leaktest runs the tests of a package and fails them when goroutines
// outlive them. Every package that has tests hands it its TestMain; a test of the
// project as a whole keeps that so.
package leaktest

import (
	"fmt"
	"io"
	"net/http"
	"os"

	"go.uber.org/goleak"
)

// attempts is how often it is looked, each time for some half a second, before what
// still runs counts as leaked: on a busy machine what was told to end takes its time.
const attempts = 20

// Tests is what a TestMain is given.
type Tests interface{ Run() int }

// Run runs the tests and returns the status to exit with: theirs, or 1 where they
// pass and leave goroutines behind. Goroutines in one of the functions theirs are not
// counted: those of a library of the tests, which has no way to end them.
func Run(tests Tests, theirs ...string) int { return run(tests, attempts, os.Stderr, theirs...) }

func run(tests Tests, attempts int, w io.Writer, theirs ...string) int {
	status := tests.Run()
	if status != 0 {
		return status // what failed may well have left something
	}
	if err := leaked(attempts, theirs); err != nil {
		_, _ = fmt.Fprintf(w, "goroutines outlive the tests: %v\n", err)
		return 1
	}
	return 0
}

// leaked waits for the goroutines of others to end; the error names those that do not.
func leaked(attempts int, theirs []string) (err error) {
	var ignored []goleak.Option
	for _, function := range theirs {
		ignored = append(ignored, goleak.IgnoreAnyFunction(function))
	}
	for range attempts {
		// The connections that the client of nobody in particular keeps are no leak.
		http.DefaultClient.CloseIdleConnections()
		if err = goleak.Find(ignored...); err == nil {
			return nil
		}
	}
	return err
}
