package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// redisFault is something that befalls a Redis server, and its end.
type redisFault struct {
	name string
	// begin makes it; it may return before the fault shows.
	begin func(r *faultyRedis)
	// end returns once the server is as before.
	end func(r *faultyRedis)
}

// faultyRedis is a server on disk and the network to it.
type faultyRedis struct {
	*server
	net *network
}

// redisFaults are the faults that the promises name.
var redisFaults = []redisFault{
	{"hung", func(r *faultyRedis) { r.signal(syscall.SIGSTOP) }, func(r *faultyRedis) { r.signal(syscall.SIGCONT) }},
	{"gone", func(r *faultyRedis) { r.kill() }, func(r *faultyRedis) { r.start() }},
	{"loading", (*faultyRedis).load, (*faultyRedis).loaded},
	{"full", func(r *faultyRedis) { r.set("maxmemory", "1") }, func(r *faultyRedis) { r.set("maxmemory", "0") }},
	{"read-only", func(r *faultyRedis) { r.do("replicaof", "127.0.0.1", "1") }, func(r *faultyRedis) { r.do("replicaof", "no", "one") }},
	{"busy", (*faultyRedis).occupy, func(r *faultyRedis) { r.do("script", "kill") }},
	{"slow by 2 s", func(r *faultyRedis) { r.net.slow(2000) }, func(r *faultyRedis) { r.net.heal() }},
	{"a black hole", func(r *faultyRedis) { r.net.swallow() }, func(r *faultyRedis) { r.net.heal() }},
	{"resetting connections", func(r *faultyRedis) { r.net.reset() }, func(r *faultyRedis) { r.net.heal() }},
}

// faultLasts is how long a fault of Redis is played.
func faultLasts() time.Duration {
	if playsAll() {
		return 30 * time.Second
	}
	return 4 * time.Second
}

// budget is what a query and a push have: in the short form less than usual, since beside
// other tests some of what is left is the machine's.
func budget() string {
	if playsAll() {
		return "500ms"
	}
	return "400ms"
}

const (
	// answerBy is when the last answer has to be there.
	answerBy = 600 * time.Millisecond
	// recoverBy is when everything has to be as usual after the fault's end.
	recoverBy = 5 * time.Second
)

func TestPromiseRedis(t *testing.T) {
	for _, f := range redisFaults {
		t.Run(strings.ReplaceAll(f.name, " ", "-"), func(t *testing.T) {
			promised(t, "Redis "+f.name, "at 300 queries/s all are answered well-formed within 600 ms, pushes are refused with 503 within 600 ms, "+
				"all is as usual within 5 s of Redis's return, nothing acknowledged is lost or doubled")
			f.play(t)
		})
	}
}

// play asks and pushes before, during and after the fault.
func (f redisFault) play(t *testing.T) {
	r := &faultyRedis{server: restartable(t, nil, append(everyWrite(), "--busy-reply-threshold", "100")...)}
	r.net = networkTo(t, r.addr)
	e := serve(t, []string{"XMODE_REDIS=redis://" + r.net.addr()}, "--durability=fsync", "--decision-budget="+budget(), "--push-budget="+budget())
	e.bind(askedPair)
	a := asking(e, 300)
	p := pushing(e, newLoad(t, 2000, aim(e)), 10)
	pause(t, time.Second)
	f.begin(r)
	began := time.Now()
	pause(t, faultLasts())
	if r := e.get("http://" + e.admin + "/readyz"); r.status != http.StatusOK || !strings.Contains(r.body, `"degraded":["store`) {
		t.Errorf("readiness: %d %s", r.status, r.body)
	}
	ending := time.Now()
	f.end(r)
	ended := time.Now()
	untilUsual(t, a, p, ended)
	a.stop()
	p.stop()
	f.judge(t, a.now(), p.now(), began, ending, ended)
	if n := e.metric("xmode_store_up"); n != 1 {
		t.Errorf("the store is not up again")
	}
	p.finish(e, r.addr)
	e.hides("13900000022", "17000000001")
}

// untilUsual waits until for a second all is as usual again, in full length for as long as
// that may take.
func untilUsual(t *testing.T, a *asker, p *pusher, ended time.Time) {
	t.Helper()
	for now := ended; now.Sub(ended) < recoverBy+time.Second; now = time.Now() {
		pause(t, 100*time.Millisecond)
		asked, pushed := a.now().between(now.Add(-time.Second), now), p.now().between(now.Add(-time.Second), now)
		if usual := len(asked) == len(asked.of("connect")) && len(pushed) == len(pushed.of("stored")); usual && !playsAll() && now.Sub(ended) > 1500*time.Millisecond {
			return
		}
	}
}

// judge holds what was answered against the promise. Whatever shows only after the fault
// has begun needs a second: connections that are slow still hold what was quick.
func (f redisFault) judge(t *testing.T, queries, pushes responses, began, ending, ended time.Time) {
	t.Helper()
	queries.wellFormed(t, "queries", answerBy)
	pushes.wellFormed(t, "pushes", answerBy)
	shown := began.Add(time.Second)
	amid, refused := queries.between(shown, ending.Add(-answerBy)), pushes.between(shown, ending.Add(-answerBy))
	if n := len(amid.of("connect")); n > 0 {
		t.Errorf("%d queries were connected during the fault", n)
	}
	if n := len(refused.of(pushStored)); n > 0 {
		t.Errorf("%d pushes were stored during the fault", n)
	}
	again, ok := queries.settled(ended, "connect")
	stored, okay := pushes.settled(ended, pushStored)
	if !ok || !okay || max(again, stored) > recoverBy {
		t.Errorf("queries as usual %v after the fault (%v), pushes %v (%v)", again, ok, stored, okay)
	}
	during := queries.between(began, ended)
	measured(t, "%d of %d queries answered, the last after %v (half of those during the fault within %v)",
		len(queries)-len(queries.faulty()), len(queries), queries.percentile(1), during.percentile(0.5))
	measured(t, "answers during the fault: %s", during.outcomes())
	measured(t, "%d pushes, %d refused, the last answer after %v", len(pushes), len(pushes.of(pushRefused)), pushes.percentile(1))
	measured(t, "queries as usual %v, pushes %v after the fault", again, stored)
}

// pause lets what runs in the background go on.
func pause(t testing.TB, d time.Duration) {
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := syscall.Kill(-s.group, sig); err != nil {
		s.t.Fatal(err)
	}
}

func (r *faultyRedis) do(args ...any) {
	r.t.Helper()
	if err := r.client().Do(context.Background(), args...).Err(); err != nil {
		r.t.Fatalf("%v: %v", args, err)
	}
}

func (r *faultyRedis) set(name, value string) { r.t.Helper(); r.do("config", "set", name, value) }

// occupy runs a script that does not end: others are told BUSY.
func (r *faultyRedis) occupy() {
	endless := r.client()
	go func() { _ = endless.Eval(context.Background(), "while true do end", nil).Err() }()
}

// loadKeys is what a server that loads has to load beside the product's.
const loadKeys = 4000

// load has the server begin anew, and load from disk for as long as the fault lasts.
func (r *faultyRedis) load() {
	r.t.Helper()
	c := r.client()
	pipe := c.Pipeline()
	for i := range loadKeys {
		pipe.Set(context.Background(), fmt.Sprint("ballast-", i), strings.Repeat("x", 1000), 0)
	}
	if _, err := pipe.Exec(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	r.do("bgrewriteaof")
	within(r.t, 20*time.Second, "the rewrite", func() bool {
		info, err := c.Info(context.Background(), "persistence").Result()
		return err == nil && strings.Contains(info, "aof_rewrite_in_progress:0") && strings.Contains(info, "aof_rewrite_scheduled:0")
	})
	r.kill()
	line := r.line
	r.line = append(slices.Clone(line), "--loading-process-events-interval-bytes", "1024",
		"--key-load-delay", fmt.Sprint(faultLasts().Microseconds()/loadKeys))
	r.begin()
	r.line = line
	c = r.client()
	within(r.t, 5*time.Second, "the server to say that it loads", func() bool {
		err := c.Ping(context.Background()).Err()
		return err != nil && strings.HasPrefix(err.Error(), "LOADING")
	})
}

// loaded waits until it is.
func (r *faultyRedis) loaded() {
	r.t.Helper()
	c := r.client()
	within(r.t, faultLasts(), "the server to have loaded", func() bool { return c.Ping(context.Background()).Err() == nil })
}
