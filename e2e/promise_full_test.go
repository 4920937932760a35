package e2e_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// fullLasts is how long a disk stays full.
func fullLasts() time.Duration {
	if playsAll() {
		return 20 * time.Second
	}
	return 3 * time.Second
}

// TestPromiseRedisDiskFull fills the disk of a Redis server. One that writes each command
// to disk ends then, and is started again when there is room; the others say MISCONF to
// writes, and go on by themselves.
func TestPromiseRedisDiskFull(t *testing.T) {
	for _, c := range []struct {
		name, durability string
		args             []string
		trouble          string // what the log says of pushes
		ends             bool   // the server gives up
	}{
		{"every write on disk", "fsync", everyWrite(), `trouble=connection`, true},
		{"on disk every second", "memory", []string{"--appendonly", "yes", "--appendfsync", "everysec"}, `trouble=MISCONF`, false},
		{"snapshots", "memory", []string{"--save", "1 1"}, `trouble=MISCONF`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			promised(t, "disk of Redis full ("+c.name+")", "queries are answered within 600 ms, pushes refused with 503 and a word why, "+
				"nothing acknowledged is lost or doubled, all is as usual once there is room")
			d := newDisk(t, 64<<20)
			redis := restartable(t, nil, append([]string{"--dir", d.folder}, c.args...)...)
			e := serve(t, []string{"XMODE_REDIS=redis://" + redis.addr}, "--durability="+c.durability)
			f := usual(t, e, 8000)
			d.fill()
			within(t, 30*time.Second, "pushes to be refused", func() bool { return len(f.pushes.now().of(pushRefused)) > 0 })
			pause(t, fullLasts())
			select {
			case <-redis.exited:
				if !c.ends {
					t.Error("the server has ended")
				}
			default:
				if c.ends {
					t.Error("the server goes on without its disk")
				}
			}
			d.free()
			if c.ends {
				redis.start()
			}
			f.recovers(e, 10*time.Second) // a snapshot is tried again after 5 s
			if log := e.log.String(); !regexp.MustCompile(`level=ERROR msg="push not stored" .*` + c.trouble).MatchString(log) {
				t.Errorf("the log does not say %s:\n%s", c.trouble, log)
			}
			f.holds(e, redis.addr)
		})
	}
}

// usualLoad is some questions and pushes, as on any day.
type usualLoad struct {
	t       *testing.T
	queries *asker
	pushes  *pusher
}

// usual begins with them, and returns once all is as it should be.
func usual(t *testing.T, e *endpoint, records int) *usualLoad {
	t.Helper()
	return usualBy(t, e, records, manyConnections(t))
}

// usualBy has a client of its own.
func usualBy(t *testing.T, e *endpoint, records int, client *http.Client) *usualLoad {
	t.Helper()
	e.bind(askedPair)
	u := &usualLoad{t, askingBy(e, 100, client), pushingBy(e, newLoad(t, records, aim(e)), 50, client)}
	within(t, 20*time.Second, "connects and acknowledgements", func() bool {
		return len(u.queries.now().of("connect")) > 50 && len(u.pushes.now().of(pushStored)) > 20
	})
	return u
}

// recovers asserts that all is as usual within a limit from now.
func (u *usualLoad) recovers(e *endpoint, limit time.Duration) {
	u.t.Helper()
	from := time.Now()
	within(u.t, limit, "things to be as usual", func() bool {
		last := time.Now().Add(-time.Second)
		queries, pushes := u.queries.now().between(last, time.Now()), u.pushes.now().between(last, time.Now())
		return len(queries) > 50 && len(queries.of("connect")) == len(queries) && len(pushes) > 20 && len(pushes.of(pushStored)) == len(pushes)
	})
	measured(u.t, "as usual for a second %v after there was room", time.Since(from).Round(time.Millisecond))
	if r := e.get("http://" + e.admin + "/readyz"); r.status != http.StatusOK {
		u.t.Errorf("readiness: %d %s", r.status, r.body)
	}
}

// holds ends the load and asserts that everything was answered well-formed and in time,
// and that each record is stored once.
func (u *usualLoad) holds(e *endpoint, redis string) {
	u.t.Helper()
	u.queries.stop()
	u.pushes.stop()
	queries, pushes := u.queries.now(), u.pushes.now()
	queries.wellFormed(u.t, "queries", answerBy)
	pushes.wellFormed(u.t, "pushes", answerBy)
	measured(u.t, "%d queries answered, the last after %v; %d pushes, %d refused, the last answer after %v",
		len(queries), queries.percentile(1), len(pushes), len(pushes.of(pushRefused)), pushes.percentile(1))
	u.pushes.finish(e, redis)
}

// TestPromiseLogDiskFull: what cannot be logged keeps nobody from an answer, and what is
// said later is in the log once there is room.
func TestPromiseLogDiskFull(t *testing.T) {
	promised(t, "disk of the log full", "queries and pushes are answered as usual, nothing acknowledged is lost or doubled, the log goes on once there is room")
	d, redis := newDisk(t, 4<<20), restartable(t, nil)
	file := filepath.Join(d.folder, "log")
	e := loggingTo(t, file, []string{"XMODE_REDIS=redis://" + redis.addr}, "--log-level=debug")
	u := usual(t, e, 4000)
	d.fill()
	written := size(t, file)
	pause(t, fullLasts())
	full, kept := time.Now(), size(t, file)
	if kept > written+(64<<10) { // what was left of the last page
		t.Errorf("the log has grown by %d bytes on a full disk", kept-written)
	}
	u.pushes.now().of(pushRefused).none(t, "pushes refused")
	d.free()
	within(t, 10*time.Second, "the log to go on", func() bool { return size(t, file) > kept })
	measured(t, "the log went on %v after there was room", time.Since(full).Round(time.Millisecond))
	u.recovers(e, 10*time.Second)
	u.holds(e, redis.addr)
}

// none asserts that there are none.
func (a responses) none(t testing.TB, what string) {
	t.Helper()
	if len(a) > 0 {
		t.Errorf("%d %s", len(a), what)
	}
}

func size(t testing.TB, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// loggingTo starts an endpoint whose log is a file.
func loggingTo(t testing.TB, name string, env []string, args ...string) *endpoint {
	t.Helper()
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	e := &endpoint{t: t, exited: make(chan error, 1), log: &watched{grown: make(chan struct{}, 1)}}
	e.cmd = exec.Command(binary, append([]string{"serve", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"}, args...)...)
	e.cmd.Env = environment(t, env)
	e.cmd.Stdout, e.cmd.Stderr = file, file
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { e.exited <- e.cmd.Wait() }()
	t.Cleanup(func() { _ = e.cmd.Process.Kill() })
	within(t, 20*time.Second, "the listeners to be in the log", func() bool {
		text, err := os.ReadFile(name)
		if err != nil || bytes.Count(text, []byte("msg=listening")) < 2 {
			return false
		}
		_, _ = e.log.Write(text) // into memory
		return true
	})
	e.public, e.admin = e.address("public"), e.address("admin")
	e.waitReady()
	return e
}
