package e2e_test

import (
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
)

// TestStaleFallback: with Redis gone, calls go where they went a short time ago, unless
// this endpoint has heard of the unbinding; whoever was not seen then is turned away,
// and so is a replayed message.
func TestStaleFallback(t *testing.T) {
	redis := restartable(t, nil)
	e := serve(t, []string{"XMODE_REDIS=redis://" + redis.addr}, "--fallback=stale", "--aliyun-ivr-code=1001", "--max-asks=2")
	for _, b := range []string{pairBinding, openBinding, extBinding} {
		e.bind(b)
	}
	peer := sim.Query{Caller: "13900000022", X: "17000000001"}
	stranger := sim.Query{Caller: "13700000030", X: "17000000002"}
	asked := sim.Query{Caller: "13700000031", X: "17000000003", CallID: "ivr-1"}
	dialled := sim.Query{Caller: "13700000031", X: "17000000003", CallID: "ivr-1", Extension: "801"}
	for _, q := range []sim.Query{peer, stranger, asked, dialled} {
		e.ask(q)
	}
	if r := e.api("DELETE", "/v1/bindings/100002", ""); r.status != 204 {
		t.Fatalf("unbinding: %d %s", r.status, r.body)
	}
	redis.kill()
	again := asked
	again.CallID = "ivr-2"
	for _, c := range []struct {
		name string
		q    sim.Query
		want string
	}{
		{"known", peer, "connect: peer"},
		{"asked", again, "ask: extension_required"},
		{"asked again", again, "ask: extension_required"},
		{"asked often enough", again, "reject: extension_required"},
		{"with an extension", dialled, "connect: extension"},
		{"unbound", stranger, "reject: store_unavailable"},
		{"never seen", sim.Query{Caller: "13700000099", X: "17000000001"}, "reject: store_unavailable"},
	} {
		if x := e.ask(c.q); x.Status != 200 || !strings.Contains(string(x.Raw), `"message":"`+c.want+`"`) {
			t.Errorf("%s: %d %s, want %s", c.name, x.Status, x.Raw, c.want)
		}
	}
	if n := e.metric("xmode_stale_answers_total", `platform="aliyun"`); n != 5 {
		t.Errorf("%v stale answers counted", n)
	}
	redis.start() // and has lost everything
	within(t, 5*time.Second, "queries to be decided by Redis again", func() bool {
		return strings.Contains(string(e.ask(peer).Raw), "reject: no_binding")
	})
	e.hides("13900000022", "13800000021", "ivr-1")
}
