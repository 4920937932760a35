package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/store/storetest"
)

// TestDecisionsThatCannotBeLogged: a Redis that takes no more entries into its
// streams keeps nobody from an answer; what is lost is counted, and pushes,
// which cannot be stored, are refused.
func TestDecisionsThatCannotBeLogged(t *testing.T) {
	redis := storetest.Redis(t)
	e := serve(t, []string{"XMODE_REDIS=redis://" + redis}, "--log-level=debug")
	e.bind(pairBinding)
	lost := func() float64 { return e.metric("xmode_traces_lost_total", `cause="store"`) }
	if n := lost(); n != 0 {
		t.Fatalf("%v lost before anything happened", n)
	}
	client := clientOf(t, redis)
	acl := func(rule string) {
		if err := client.Do(t.Context(), "ACL", "SETUSER", "default", rule).Err(); err != nil {
			t.Fatal(err)
		}
	}
	acl("-xadd")
	e.accepts("Huawei's question", huawei(callEvents, question("session-1")), connected)
	if x := e.ask(sim.Query{Caller: "13900000022", X: "17000000001"}); x.Answer.Model.ControlOperate != "CONTINUE" {
		t.Errorf("answer %d %s", x.Status, x.Raw)
	}
	within(t, 10*time.Second, "both decisions to be counted as lost", func() bool { return lost() == 2 })
	m := huawei(callRecords, fees(plainFee(1)))
	if r := e.huawei(m); r.status != http.StatusServiceUnavailable || r.body != notStored {
		t.Errorf("push: %d %s", r.status, r.body)
	}
	acl("+xadd")
	e.accepts("the same push again", m, "")
	e.accepts("another question", huawei(callEvents, question("session-2")), connected)
	e.logged("huawei", "session-2")
	if n := lost(); n != 2 {
		t.Errorf("%v lost", n)
	}
	if got := e.records(nil); len(got) != 1 {
		t.Errorf("%d records", len(got))
	}
	if got := entries(t, redis, 1); len(got) != 1 {
		t.Errorf("%d entries in the stream", len(got))
	}
	e.hides("session-", "fee-0", "13900000022", "17000000001", "13800000021")
}
