package e2e_test

import (
	"syscall"
	"testing"
	"time"

	"xmode/store/storetest"
)

// leaseTime is how long a recording stays with a worker of whom nothing is heard.
const leaseTime = 15 * time.Second

// workers is how many recordings of a platform an endpoint fetches at a time.
const workers = 4

// halfway waits until that many downloads are under way, and have left something that
// is not yet whole in the archive.
func halfway(t testing.TB, p *tap, folder string, n int) {
	t.Helper()
	within(t, 20*time.Second, "downloads to be under way", func() bool {
		return p.waiting.Load() == int64(n) && len(partial(t, folder)) == n
	})
}

// neverTwiceAtOnce asserts that no recording was ever downloaded by two workers at the
// same time.
func (s *stock) neverTwiceAtOnce(t testing.TB) {
	t.Helper()
	for _, tally := range s.storage.Tallies() {
		if tally.AtOnce != 1 {
			t.Errorf("%+v", tally)
		}
	}
}

// TestRecordingWorkerKilled: of two endpoints on one store and one archive, the one
// that is in the middle of downloads is killed. The other one finishes them.
func TestRecordingWorkerKilled(t *testing.T) {
	t.Parallel()
	redis, folder := "XMODE_REDIS=redis://"+storetest.Redis(t), t.TempDir()
	c, p := slowClouds(t)
	s := newStock(c, 40, 200_000)
	flags := c.flags("--recordings=file://" + folder)
	doomed := serve(t, c.env(redis), flags...)
	s.push(doomed)
	halfway(t, p, folder, 2*workers)
	other := serve(t, c.env(redis), flags...)
	halfway(t, p, folder, 4*workers)
	doomed.kill()
	killed := time.Now()
	within(t, 10*time.Second, "the storage to see that nobody reads", func() bool { return p.waiting.Load() == 2*workers })
	if left := partial(t, folder); len(left) != 4*workers {
		t.Errorf("the killed worker's files are not there any more: %q", left)
	}
	p.open()
	s.archived(other, 2*leaseTime)
	t.Logf("archived %v after the kill", time.Since(killed).Round(time.Millisecond))
	s.holds(other, folder)
	s.neverTwiceAtOnce(t)
	s.begun(t, 2*workers)
	s.checked(t, s.fees...)
}

// begun asserts that just these many recordings were downloaded a second time.
func (s *stock) begun(t testing.TB, again int) {
	t.Helper()
	twice := 0
	for _, tally := range s.storage.Tallies() {
		if tally.Begun == 2 {
			twice++
		} else if tally.Begun != 1 {
			t.Errorf("%+v", tally)
		}
	}
	if twice != again {
		t.Errorf("%d recordings were downloaded twice, want %d", twice, again)
	}
}

// TestRecordingsOfAWorkerThatStops: SIGTERM in the middle of downloads ends the process
// in time and leaves nothing half-done; what it had claimed is somebody else's at once,
// and not only when its lease ends.
func TestRecordingsOfAWorkerThatStops(t *testing.T) {
	t.Parallel()
	redis, folder := "XMODE_REDIS=redis://"+storetest.Redis(t), t.TempDir()
	c, p := slowClouds(t)
	s := newStock(c, 16, 200_000)
	flags := c.flags("--recordings=file://" + folder)
	leaving := serve(t, c.env(redis), flags...)
	s.push(leaving)
	halfway(t, p, folder, 2*workers)
	other := serve(t, c.env(redis), flags...)
	halfway(t, p, folder, 4*workers)
	asked := time.Now()
	if err := leaving.stop(); err != nil {
		t.Errorf("exit: %v\n%s", err, leaving.log)
	}
	stopped := time.Since(asked)
	if left := partial(t, folder); len(left) != 2*workers {
		t.Errorf("%d files are not yet whole, want the other's %d", len(left), 2*workers)
	}
	p.open()
	s.archived(other, leaseTime)
	took := time.Since(asked)
	t.Logf("stopped within %v, all archived within %v", stopped.Round(time.Millisecond), took.Round(time.Millisecond))
	if took >= leaseTime || stopped >= leaseTime/2 {
		t.Errorf("stopped within %v, all archived within %v, no sooner than the lease ends", stopped, took)
	}
	s.holds(other, folder)
	s.neverTwiceAtOnce(t)
	s.begun(t, 2*workers)
	for _, r := range other.recordings("") {
		if r.Attempts != 1 {
			t.Errorf("that somebody stopped counts as an attempt: %+v", r)
		}
	}
}

// TestRecordingsWhileRedisIsAway: what was under way is not taken for done, and not
// lost.
func TestRecordingsWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ leaves, returns func(*server) }{
		"killed and started again": {(*server).kill, (*server).start},
		"stopped for a while":      {(*server).freeze, (*server).thaw},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redis, folder := restartable(t, nil, everyWrite()...), t.TempDir()
			clouds, p := slowClouds(t)
			s := newStock(clouds, 24, 200_000)
			e := serve(t, clouds.env("XMODE_REDIS=redis://"+redis.addr), clouds.flags("--recordings=file://"+folder)...)
			s.push(e)
			halfway(t, p, folder, 2*workers)
			c.leaves(redis)
			gone := time.Now()
			p.open()
			within(t, 20*time.Second, "readiness to say so, and downloads to be given up", func() bool {
				degraded := e.get("http://"+e.admin+"/readyz?strict=1").status != 200
				return degraded && len(partial(t, folder)) == 0 && e.metric("xmode_recording_attempts_total", `result="lost"`) == 2*workers
			})
			if kept := filesIn(t, folder); len(kept) > 0 {
				t.Errorf("kept without a claim that holds: %q", kept)
			}
			c.returns(redis)
			s.archived(e, 3*leaseTime)
			t.Logf("archived %v after Redis went", time.Since(gone).Round(time.Millisecond))
			s.holds(e, folder)
			s.neverTwiceAtOnce(t)
			s.begun(t, 2*workers)
			e.hides("the archive does not take recordings") // it did; Redis was away
		})
	}
}

// freeze has the server do nothing, and thaw go on.
func (s *server) freeze() { _ = syscall.Kill(-s.group, syscall.SIGSTOP) }
func (s *server) thaw()   { _ = syscall.Kill(-s.group, syscall.SIGCONT) }
