package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"xmode/simulator"
	"xmode/store/storetest"
)

// TestRecordingWorkersKilled kills the endpoint with SIGKILL at random moments, whatever
// it is doing, and starts it again.
func TestRecordingWorkersKilled(t *testing.T) {
	t.Parallel()
	for seed := range *seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			const n = 60
			slow, err := simulator.NewTrouble(simulator.TroubleConfig{Slow: 1})
			if err != nil {
				t.Fatal(err)
			}
			redis, folder := "XMODE_REDIS=redis://"+storetest.Redis(t), t.TempDir()
			s := newStock(newClouds(t, cloudConfig{downloads: slow}), n, 100_000)
			run := func() *endpoint { return serve(t, s.env(redis), s.flags("--recordings=file://"+folder)...) }
			e := run()
			s.push(e)
			at := moments(rand.New(rand.NewPCG(uint64(seed), 5)), 3, n-10)
			slices.Sort(at)
			for _, begun := range at {
				within(t, 30*time.Second, "downloads", func() bool { return s.downloads() >= begun })
				e.kill()
				e = run()
			}
			s.archived(e, 3*leaseTime)
			s.holds(e, folder)
			s.neverTwiceAtOnce(t)
			s.checked(t, s.fees...)
			t.Logf("killed after %v downloads, %d in all", at, s.downloads())
		})
	}
}

// downloads is how many were begun.
func (s *stock) downloads() (n int64) {
	for _, tally := range s.storage.Tallies() {
		n += int64(tally.Begun)
	}
	return n
}

// TestRecordingWorkerComesBackLate: one that is frozen in the middle of downloads, for
// longer than its lease, finds on its return that others did its work, and has nothing
// of its own count.
func TestRecordingWorkerComesBackLate(t *testing.T) {
	t.Parallel()
	redis, folder := "XMODE_REDIS=redis://"+storetest.Redis(t), t.TempDir()
	c, p := slowClouds(t)
	s := newStock(c, 16, 200_000)
	flags := c.flags("--recordings=file://" + folder)
	late := serve(t, c.env(redis), flags...)
	s.push(late)
	halfway(t, p, folder, 2*workers)
	_ = late.cmd.Process.Signal(syscall.SIGSTOP)
	p.open()
	other := serve(t, c.env(redis), flags...)
	s.archived(other, 2*leaseTime)
	before := other.recordings("")
	_ = late.cmd.Process.Signal(syscall.SIGCONT)
	within(t, time.Minute, "the late one to be through with its claims", func() bool {
		return late.metric("xmode_recording_attempts_total") >= 2*workers
	})
	if lost := late.metric("xmode_recording_attempts_total", `result="lost"`); lost != 2*workers {
		t.Errorf("%v claims lost:\n%s", lost, late.get("http://"+late.admin+"/metrics").body)
	}
	s.holds(late, folder)
	s.begun(t, 2*workers)
	for id, r := range late.recordings("") {
		if r != before[id] {
			t.Errorf("%+v, before %+v", r, before[id])
		}
	}
	if n := late.metric("xmode_recording_attempts_total", `result="archived"`) + other.metric("xmode_recording_attempts_total", `result="archived"`); n != 16 {
		t.Errorf("%v archived", n)
	}
	if n := late.metric("xmode_recording_bytes_total"); n != 0 {
		t.Errorf("%v bytes counted by the late one", n)
	}
}
