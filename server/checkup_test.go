package server_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"xmode/store"
)

// inspected is what the servers say, as a test changes it.
type inspected struct {
	mu   sync.Mutex
	node store.Node
	err  error
}

func (i *inspected) set(change func(*store.Node)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change(&i.node)
}

func (i *inspected) fail(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.err = err
}

func (i *inspected) inspect(context.Context) (store.Inspection, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return store.Inspection{Topology: store.Standalone, Nodes: []store.Node{i.node}, Partitions: 1}, i.err
}

// TestCheckupLogsChangesOnly: what the doctor finds is logged when it is new, gone,
// or there again on a server that was started anew.
func TestCheckupLogsChangesOnly(t *testing.T) {
	i := &inspected{node: store.Node{Name: "r:1", Run: "a", Version: "7.2.0", Policy: "noeviction", Log: true, Fsync: "always"}}
	var log logBuffer
	s := start(t, options{
		store: &fakeStore{inspect: i.inspect}, log: &log,
		env: []string{"XMODE_REDIS=redis://127.0.0.1:1", "XMODE_ALIYUN_KEYS=" + aliyunKey, "XMODE_API_KEYS=ops:read:3f9a1c44e07b5d22"},
	})
	lines := func(text string) int { return strings.Count(log.String(), text) }
	round := func() { s.checkup <- time.Time{}; s.checkup <- time.Time{} } // the second is taken when the first is done
	const evicts = `level=WARN msg="doctor: maxmemory-policy is allkeys-lru: when the memory is full, data goes" check=eviction where=r:1 level=problem`
	expect := func(what string, evicting, gone int) {
		t.Helper()
		if lines(evicts) != evicting || lines(`msg="doctor: no longer found" check=eviction where=r:1`) != gone {
			t.Errorf("%s:\n%s", what, log.String())
		}
	}
	round()
	expect("all in order", 0, 0)
	if n := lines("check=weak-secret where=XMODE_ALIYUN_KEYS"); n != 1 { // testSecret
		t.Errorf("weak secrets are told %d times", n)
	}
	i.set(func(n *store.Node) { n.Policy, n.Limit = "allkeys-lru", 1<<30 })
	round()
	round()
	expect("it evicts", 1, 0)
	i.fail(errors.New("away"))
	round()
	expect("it is away", 1, 0)
	i.fail(nil)
	round()
	expect("it is back", 1, 0)
	i.set(func(n *store.Node) { n.Run = "b" })
	round()
	expect("it is back as another", 2, 0)
	i.set(func(n *store.Node) { n.Policy, n.Run = "noeviction", "c" })
	round()
	expect("it is mended", 2, 1)
}

// TestClockOffset: the metric is there while the servers answer.
func TestClockOffset(t *testing.T) {
	i := &inspected{node: store.Node{Name: "r:1", Offset: -1500 * time.Millisecond}}
	s := start(t, options{store: &fakeStore{inspect: i.inspect}, env: []string{"XMODE_REDIS=redis://127.0.0.1:1"}})
	shown := func() bool {
		s.checkup <- time.Time{}
		s.checkup <- time.Time{}
		_, page := get(t, s.admin("/metrics"), "")
		return strings.Contains(page, "\nxmode_clock_offset_seconds -1.5\n")
	}
	if !shown() {
		t.Error("not shown")
	}
	i.fail(errors.New("away"))
	if shown() {
		t.Error("shown while nobody answers")
	}
}
