package e2e_test

import (
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
)

// TestRecordingsAreNamedInAnyOrder: the receipt of a recording may come before that of its
// call, several times, and while the recording is fetched; it is one recording, and is
// asked for once it can be there.
func TestRecordingsAreNamedInAnyOrder(t *testing.T) {
	t.Parallel()
	c, p := slowClouds(t)
	folder := t.TempDir()
	s := newStock(c, 8, 200_000)
	e := serve(t, c.env(), c.flags("--recordings=file://"+folder)...)
	e.bind(pairBinding)
	e.calls(s.calls...)
	for _, call := range s.calls {
		e.report(sim.SecretRecording, call.Recording(), call.Recording())
	}
	within(t, 10*time.Second, "all to be put off: nobody knows when their calls ended", func() bool {
		all := e.recordings("")
		for _, call := range s.calls {
			if r := all[call.CallID]; r.State != "pending" || r.Attempts > 0 || !waits(r, fileDelay) {
				return false
			}
		}
		return true
	})
	if n := len(c.aliyun.Requests()); n > 0 {
		t.Errorf("asked %d times", n)
	}
	e.fees(s.fees...)
	e.reported(s.calls...) // every other one tells an address, and with it when its file is due
	halfway(t, p, folder, workers+2)
	e.fees(s.fees...)
	e.reported(s.calls...)
	p.open()
	within(t, 20*time.Second, "those that are due", func() bool { return e.count("archived") == 6 })
	for _, r := range e.recordings("state=pending") {
		e.retry(r.ID)
	}
	s.archived(e, 20*time.Second)
	s.holds(e, folder)
	s.neverTwiceAtOnce(t)
	s.begun(t, 0)
	s.checked(t, s.fees...)
}

// waits reports whether a recording is due a time after it was named, and not before.
func waits(r recorded, d time.Duration) bool {
	named, err := time.Parse(time.RFC3339, r.NamedAt)
	due, fault := time.Parse(time.RFC3339, r.NextTryAt)
	return err == nil && fault == nil && due.Sub(named.Add(d)).Abs() < 30*time.Second
}
