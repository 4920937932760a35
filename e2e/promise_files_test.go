package e2e_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestPromiseFilesExhausted opens more connections than the endpoint may have files.
func TestPromiseFilesExhausted(t *testing.T) {
	promised(t, "out of file descriptors", "the log says so, connections that are there go on as usual, or get the fallback where Redis cannot be reached for want of files, "+
		"nothing acknowledged is lost or doubled, new connections are taken in the place of idle ones, and all is as usual within 5 s once there are files again")
	redis := restartable(t, nil)
	e := serveBy(t, []string{"prlimit", "--nofile=128:128"}, []string{"XMODE_REDIS=redis://" + redis.addr})
	few := manyConnections(t)
	few.Transport.(*http.Transport).MaxConnsPerHost = 4
	u := usualBy(t, e, 4000, few)
	flood := idle(t, e.public, 300)
	e.log.find(t, regexp.MustCompile(`level=WARN msg="too few files may be open for --max-connections.*limit=128()`), e.exited)
	e.log.find(t, regexp.MustCompile(`level=ERROR msg="all connections are taken, the least useful ones are closed" listener=public()`), e.exited)
	within(t, recoverBy, "a new connection to be taken amid the flood", func() bool { return newConnection(e.public) == http.StatusOK })
	pause(t, fullLasts())
	amid := time.Now()
	if n := len(u.queries.now().between(amid.Add(-fullLasts()/2), amid)); n == 0 {
		t.Error("no queries are answered")
	}
	if n := strings.Count(e.log.String(), "all connections are taken"); n > 2 {
		t.Errorf("said %d times", n)
	}
	for _, conn := range flood {
		_ = conn.Close()
	}
	freed := time.Now()
	within(t, recoverBy, "new connections to be taken", func() bool { return newConnection(e.public) == http.StatusOK })
	measured(t, "a new connection is taken %v after there were files again", time.Since(freed).Round(time.Millisecond))
	u.recovers(e, recoverBy)
	files(e, 3) // those of its three streams: whatever it opens now is one too many
	lost := breakAll(redis)
	within(t, 10*time.Second, "a query and a push without Redis, to which there are no files left", func() bool {
		return len(u.queries.now().between(lost, time.Now()).of("reject: store_unavailable")) > 0 &&
			len(u.pushes.now().between(lost, time.Now()).of(pushRefused)) > 0
	})
	_ = newConnection(e.public)
	e.log.find(t, regexp.MustCompile(`level=ERROR msg="connections are not accepted" listener=public error="too many open files"()`), e.exited)
	pause(t, fullLasts())
	why := regexp.MustCompile(`level=ERROR msg="the store does not answer.*too many open files()`)
	e.log.find(t, why, e.exited)
	files(e, 128)
	u.recovers(e, recoverBy)
	u.holds(e, redis.addr)
	e.hides("13900000022", "17000000001", "13800000021")
}

// files is how many an endpoint may have open from now on.
func files(e *endpoint, n int) {
	e.t.Helper()
	set := exec.CommandContext(e.t.Context(), "prlimit", fmt.Sprint("--pid=", e.cmd.Process.Pid), fmt.Sprintf("--nofile=%d:128", n))
	if out, err := set.CombinedOutput(); err != nil {
		e.t.Fatalf("prlimit: %v\n%s", err, out)
	}
}

// breakAll breaks all connections to a server.
func breakAll(s *server) time.Time {
	s.t.Helper()
	if err := s.client().Do(context.Background(), "client", "kill", "type", "normal").Err(); err != nil {
		s.t.Fatal(err)
	}
	return time.Now()
}

// newConnection asks for the status by a connection of its own; 0: there is no answer.
func newConnection(addr string) int {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	resp, err := client.Get("http://" + addr + "/healthz")
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// idle opens connections over which nothing is said.
func idle(t testing.TB, addr string, n int) (all []net.Conn) {
	t.Helper()
	for i := range n {
		conn, err := (&net.Dialer{}).DialContext(context.WithoutCancel(t.Context()), "tcp", addr)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		all = append(all, conn)
	}
	return all
}
