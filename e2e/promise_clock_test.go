package e2e_test

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
)

// clockOff is by how much a clock is wrong.
const clockOff = 10 * time.Minute

// TestPromiseClock has Redis' clock run ahead, then that of the platform, as they do
// where it is ours that is behind.
func TestPromiseClock(t *testing.T) {
	promised(t, "the clock 10 minutes off", "signatures are refused with a clear reason, xmode doctor and a metric say why, the log says by how much")
	redis := restartable(t, []string{"env", "LD_PRELOAD=" + shiftedClock(t, clockOff)}, everyWrite()...)
	e := serve(t, []string{"XMODE_REDIS=redis://" + redis.addr})
	near := func(seconds float64) bool { return math.Abs(seconds-clockOff.Seconds()) < 5 }

	within(t, 20*time.Second, "the metric to be there", func() bool { return near(e.metric("xmode_clock_offset_seconds")) })
	measured(t, "xmode_clock_offset_seconds %.3f", e.metric("xmode_clock_offset_seconds"))
	e.log.find(t, regexp.MustCompile(`level=WARN msg="doctor: Redis' clock is 10m0s ahead of ours, .*check=clock where=`+redis.addr+`()`), e.exited)
	said := examine(t, []string{"XMODE_REDIS=redis://" + redis.addr})
	said.finds(t, "problem", "clock", "Redis' clock is 10m0s ahead of ours, ")
	measured(t, "xmode doctor: status %d", said.status)

	e.bind(`{"x":"17000000001","a":"13800000021","peers":["13900000022"]}`)
	if x := e.ask(sim.Query{Caller: "13900000022", X: "17000000001"}); x.Status != http.StatusOK {
		t.Errorf("with Redis' clock wrong only, a query gets %d %s", x.Status, x.Raw)
	}
	const refused = `{"code":"TimestampOutOfRange","message":"timestamp: outside the accepted time window"}`
	for i := range 6 {
		if x := e.askAt(sim.Query{Caller: "13900000022", X: "17000000001", CallID: fmt.Sprint("late-", i)}, clockOff); x.Status != http.StatusUnauthorized || strings.TrimSpace(string(x.Raw)) != refused {
			t.Fatalf("a query %v ahead: %d %s", clockOff, x.Status, x.Raw)
		}
	}
	if n := e.metric("xmode_refusals_total", `code="TimestampOutOfRange"`); n != 6 {
		t.Errorf("%v refusals are counted", n)
	}
	off := e.log.find(t, regexp.MustCompile(`level=WARN msg="genuine messages are refused for their time.* route=/aliyun/call-control count=5 ahead_of_ours_s=(\S+) `), e.exited)[1]
	if off != "600" && off != "599" {
		t.Errorf("the log says that they are %s s ahead", off)
	}
	measured(t, "the log: signed times are %s s ahead", off)
	e.hides("13900000022", "17000000001", "13800000021", "late-")
	redis.kill() // and comes back as another server, on the clock that others have
	redis.line = redis.line[2:]
	redis.start()
	e.log.find(t, regexp.MustCompile(`msg="doctor: no longer found" check=clock where=`+redis.addr+`()`), e.exited)
	within(t, 20*time.Second, "the metric to be small", func() bool { return math.Abs(e.metric("xmode_clock_offset_seconds")) < 5 })
}

// askAt sends a query whose sender's clock is off.
func (e *endpoint) askAt(q sim.Query, off time.Duration) sim.Exchange {
	e.t.Helper()
	c, err := sim.New(sim.Config{URL: "http://" + e.public + "/aliyun/call-control", Key: signingKey, Via: sim.ViaGET,
		Now: func() time.Time { return time.Now().Add(off) }})
	if err != nil {
		e.t.Fatal(err)
	}
	x, err := c.Send(e.t.Context(), q)
	if err != nil {
		e.t.Fatalf("query: %v", err)
	}
	return x
}

// shiftedClock compiles a library that a program is started with whose clock is to be
// off. That of the package faketime does not get along with Redis' allocator.
func shiftedClock(t *testing.T, off time.Duration) string {
	t.Helper()
	dir := t.TempDir()
	source, library := filepath.Join(dir, "shift.c"), filepath.Join(dir, "shift.so")
	text := fmt.Sprintf(`#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *t)
{
	int result = syscall(SYS_clock_gettime, id, t);
	if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		t->tv_sec += %d;
	return result;
}

int gettimeofday(struct timeval *v, void *zone)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	v->tv_sec = t.tv_sec;
	v->tv_usec = t.tv_nsec / 1000;
	return 0;
}
`, int(off.Seconds()))
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "gcc", "-shared", "-fPIC", "-o", library, source).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return library
}
