package e2e_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/store/storetest"
)

// TestTopologies: bindings, queries and pushes of both platforms, recordings and all
// that can be read are the same on each way to run Redis.
func TestTopologies(t *testing.T) {
	flags := map[string][]string{
		"Sentinel": {"--durability=replicas=1"},
		"Cluster":  {"--durability=replicas=1", "--record-partitions=3"},
	}
	for name, start := range storetest.Topologies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, folder := newClouds(t, cloudConfig{}), t.TempDir()
			s := newStock(c, 6, 20_000)
			more := append(flags[name], "--recordings=file://"+folder, "--push-budget=5s", "--decision-budget=5s") // what is measured elsewhere
			e := serve(t, c.env("XMODE_REDIS="+start(t).URL), c.flags(more...)...)
			e.bindingsStory(t)
			s.push(e)
			e.huaweiStory(t)
			e.setAsideStory(t)
			s.archived(e, 30*time.Second)
			s.holds(e, folder)
			s.checked(t, s.fees...)
			within(t, 20*time.Second, "nothing to be degraded", func() bool {
				return e.get("http://"+e.admin+"/readyz?strict=1").status == http.StatusOK
			})
			e.hides(storetest.Password, accessSecret, "session-rec", "session-topology", "call^rec", "13900000022", "17000000001", "13800000021")
		})
	}
}

// bindingsStory imports, asks by what was imported, reads and deletes.
func (e *endpoint) bindingsStory(t *testing.T) {
	t.Helper()
	admin := "--url=http://" + e.admin
	if stdout, stderr, status := e.command(manyCSV(300), "bindings", "import", admin, "-", "--format=csv"); status != 0 || stdout != "imported 300, failed 0\n" {
		t.Fatalf("import: status %d, %s%s", status, stdout, stderr)
	}
	e.bind(openBinding)
	e.bind(extBinding)
	if m := e.ask(sim.Query{Caller: "13900000299", X: "17000000002"}).Answer.Model; m.CalledNo != "13800000299" || m.OutID != "order-299" {
		t.Errorf("pair: %+v", m)
	}
	if m := e.ask(sim.Query{Caller: "13700000031", X: "17000000003", CallID: "topology-ext"}).Answer.Model; m.ControlOperate != "IVR" {
		t.Errorf("without extension: %+v", m)
	}
	if m := e.ask(sim.Query{Caller: "13700000031", X: "17000000003", CallID: "topology-ext", Extension: "801"}).Answer.Model; m.CalledNo != "13800000024" {
		t.Errorf("extension: %+v", m)
	}
	within(t, 10*time.Second, "the callback", func() bool {
		e.ask(sim.Query{Caller: "13700000031", X: "17000000002"})
		return e.ask(sim.Query{Caller: "13800000023", X: "17000000002"}).Answer.Model.CalledNo == "13700000031"
	})
	exported, _, status := e.command("", "bindings", "export", admin, "--format=ndjson")
	if n := strings.Count(exported, "\n"); status != 0 || n != 302 {
		t.Errorf("export: status %d, %d bindings", status, n)
	}
	provision := `{"mode":"live","user_id":"user123","payload":{"unbind":["1","2"],"bind":[{"id":"9001","x":"17000000000","a":"13800000000","peers":["13900000000"]}]}}`
	if r := e.api(http.MethodPost, "/provision_x", provision); r.status != http.StatusOK || !strings.Contains(r.body, `"bound":["9001"],"unbound":["1","2"]`) {
		t.Errorf("provision: %d %s", r.status, r.body)
	}
	for owner, want := range map[string]int{"13800000000": 1, "13800000001": 0, "13800000002": 1} {
		if r := e.api(http.MethodGet, "/v1/bindings?owner="+owner, ""); r.status != http.StatusOK || strings.Count(r.body, `"id":`) != want {
			t.Errorf("bindings of %s: %d %s", owner, r.status, r.body)
		}
	}
	if r := e.api(http.MethodGet, "/v1/audit?limit=1000", ""); strings.Count(r.body, `"at"`) != 305 {
		t.Errorf("audit: %d entries", strings.Count(r.body, `"at"`))
	}
}

// huaweiStory is a call with its question, events and record, and a state of a
// number. The pair is bound already.
func (e *endpoint) huaweiStory(t *testing.T) {
	t.Helper()
	const id, numbers = "session-topology", `"caller":"+8613900000022","called":"+8613800000021","userData":"order-1"`
	e.accepts("question", huawei(callEvents, question(id)), connected)
	for kind, second := range map[string]int{"callout": 1, "alerting": 4, "answer": 11} {
		e.push(callEvents, event(kind, id, day(second), numbers))
	}
	e.push(callEvents, event("disconnect", id, day(116), numbers+`,"stateCode":0,"stateDesc":"The user releases the call.","callRelDirection":1`))
	record := fees(strings.Replace(fee("icid-1", id, "+8617000000001", "+8613900000022", "+8613800000021", day(0)), "icid-1.wav", "", 1)) // no recording
	e.push(callRecords, record)
	e.push(callRecords, record)
	e.logged("huawei", id)
	call := e.call("huawei", id)
	if len(call.Records) != 1 || call.Records[0].Pushes != 2 || len(call.Queries) != 1 || call.State != "ended" ||
		strings.Join(call.events(), " ") != "callout alerting answer disconnect" {
		t.Errorf("call %+v", call)
	}
	for filter, want := range map[string]int{"x": 7, "caller": 7, "platform": 3} { // six of the stock, half of them Alibaba's
		value := map[string]string{"x": "17000000001", "caller": "13900000022", "platform": "aliyun"}[filter]
		if got := e.records(url.Values{filter: {value}}); len(got) != want {
			t.Errorf("%d records by %s, want %d", len(got), filter, want)
		}
	}
	e.push(numberStatus, stateOf("+8617000000002", "9"))
	if r := e.api(http.MethodGet, "/v1/numbers", ""); !strings.Contains(r.body, `"number":"+8617000000002"`) {
		t.Errorf("numbers: %s", r.body)
	}
}

// setAsideStory is a record that nobody understands, and is kept.
func (e *endpoint) setAsideStory(t *testing.T) {
	t.Helper()
	e.push(callRecords, fees(`{"icid":"odd","sessionId":"session-topology","callInTime":"yesterday"}`))
	if r := e.api(http.MethodGet, "/v1/quarantine", ""); strings.Count(r.body, `"reason"`) != 1 {
		t.Errorf("quarantine: %s", r.body)
	}
}

// TestRedisThatRefusesUs: what a server says of a login, or a certificate of its host, is
// in the log, and no secret is.
func TestRedisThatRefusesUs(t *testing.T) {
	by := storetest.Authorise(t)
	url := storetest.Secured(t, by, storetest.FullAccess).URL
	for name, c := range map[string]struct{ from, to, says string }{
		"password":  {storetest.Password, "e2e-wrong-password", `WRONGPASS`},
		"authority": {by.File, storetest.Authorise(t).File, `certificate signed by unknown authority`},
		"host":      {"127.0.0.1", "localhost", `certificate`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := launch(t, []string{"XMODE_REDIS=" + strings.Replace(url, c.from, c.to, 1)}, "--log-level=debug")
			e.log.find(t, regexp.MustCompile(`level=ERROR msg="the store does not answer[^\n]*(`+c.says+`)`), e.exited)
			if r := e.get("http://" + e.admin + "/readyz"); r.status != http.StatusServiceUnavailable {
				t.Errorf("readiness: %d %s", r.status, r.body)
			}
			e.hides(storetest.Password, storetest.User+":", "e2e-wrong-password")
		})
	}
}
