package leaktest_test

import (
	"os"
	"strings"
	"testing"

	"xmode/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }

// TestRun: what the tests say counts, and what they leave behind counts where they
// pass, until it has ended.
func TestRun(t *testing.T) {
	end, ended := make(chan struct{}), make(chan struct{})
	for _, want := range []struct {
		tests  tests
		status int
		says   string
	}{
		{func() int { return 0 }, 0, ""},
		{func() int { return 3 }, 3, ""},
		{func() int { go straggler(end, ended); return 0 }, 1, "leaktest_test.straggler"},
		{func() int { return 3 }, 3, ""},
		{func() int { close(end); <-ended; return 0 }, 0, ""},
	} {
		var said strings.Builder
		status := leaktest.RunBriefly(want.tests, &said)
		if status != want.status || !strings.Contains(said.String(), want.says) || (want.says == "") != (said.Len() == 0) {
			t.Errorf("status %d, want %d, says %q", status, want.status, said.String())
		}
	}
}

// tests are tests that do something and end with a status.
type tests func() int

func (f tests) Run() int { return f() }

func straggler(end <-chan struct{}, ended chan<- struct{}) {
	defer close(ended)
	<-end
}
