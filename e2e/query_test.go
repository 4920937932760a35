package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
)

const (
	pairBinding = `{"id":"100001","x":"17000000001","a":"13800000021","peers":["13900000022"],"record":true,"max_duration_s":3600,"user_data":"order-1"}`
	openBinding = `{"id":"100002","x":"17000000002","a":"13800000023"}`
	extBinding  = `{"id":"100003","x":"17000000003","a":"13800000024","extension":"801"}`
)

// TestAnswersOnTheWire holds the answers against the bytes that the platform
// reads, in every way in which a query may come.
func TestAnswersOnTheWire(t *testing.T) {
	e := serve(t, nil, "--aliyun-ivr-code=1001", "--aliyun-reject-code=1002", "--max-asks=1")
	e.bind(pairBinding)
	e.bind(openBinding)
	e.bind(extBinding)
	for name, via := range map[string]sim.Via{"GET": sim.ViaGET, "form": sim.ViaForm, "JSON": sim.ViaJSON} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct {
				q    sim.Query
				want string
			}{
				{sim.Query{Caller: "13900000022", X: "17000000001"},
					`{"code":"OK","message":"connect: peer","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"100001","calledNo":"13800000021","calledDisplayNo":"17000000001","needRecord":true,"callDuration":3600,"outId":"order-1"}}`},
				{sim.Query{Caller: "+8613800000021", X: "+8617000000001"},
					`{"code":"OK","message":"connect: owner","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"100001","calledNo":"13900000022","calledDisplayNo":"17000000001","needRecord":true,"callDuration":3600,"outId":"order-1"}}`},
				{sim.Query{Caller: "garbage", X: "17000000001"},
					`{"code":"OK","message":"reject: no_binding","model":{"controlOperate":"REJECT","controlMsg":"NO_SUBS_EXIST","subsId":"0","callNoPlayCode":"1002"}}`},
				{sim.Query{Caller: "garbage", X: "17000000002"},
					`{"code":"OK","message":"connect: open","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"100002","calledNo":"13800000023","calledDisplayNo":"17000000002"}}`},
				{sim.Query{Caller: "13700000031", X: "17000000003", CallID: "ivr-" + name},
					`{"code":"OK","message":"ask: extension_required","model":{"controlOperate":"IVR","controlMsg":"EXTENSION_REQUIRED","subsId":"0","callNoPlayCode":"1001"}}`},
				{sim.Query{Caller: "13700000031", X: "17000000003", CallID: "ivr-" + name, Extension: "801#"},
					`{"code":"OK","message":"connect: extension","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"100003","calledNo":"13800000024","calledDisplayNo":"17000000003"}}`},
				{sim.Query{Caller: "13900000022", X: "17000000001", Kind: sim.SMS},
					`{"code":"OK","message":"connect: peer","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"100001","calledNo":"13800000021","calledDisplayNo":"17000000001","outId":"order-1","smsChannel":"SMS_NORMAL_SEND"}}`},
			} {
				if c.q.CallID == "" {
					c.q.CallID = "call^1"
				}
				x, err := e.platform(via).Send(t.Context(), c.q)
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.TrimSpace(string(x.Raw)); x.Status != http.StatusOK || got != c.want {
					t.Errorf("%+v\n got %d %s\nwant 200 %s", c.q, x.Status, got, c.want)
				}
			}
		})
	}
}

// TestAsksAndCallbacks: what decisions leave behind counts in later ones.
func TestAsksAndCallbacks(t *testing.T) {
	e := serve(t, nil, "--max-asks=2")
	e.bind(openBinding)
	e.bind(extBinding)
	var operations []string
	within(t, 10*time.Second, "the third ask to be refused", func() bool {
		// An ask is counted just after its answer; a query that comes faster than a
		// caller can type may find it uncounted.
		op := e.ask(sim.Query{Caller: "13700000031", X: "17000000003", CallID: "asks", Extension: "999"}).Answer.Model
		operations = append(operations, op.ControlOperate)
		return op.ControlOperate == "REJECT" && op.ControlMsg == "NO_SUBS_EXIST"
	})
	if len(operations) < 3 || operations[0] != "IVR" || operations[1] != "IVR" {
		t.Errorf("operations %v", operations)
	}
	e.ask(sim.Query{Caller: "13700000031", X: "17000000002"})
	within(t, 10*time.Second, "the callback", func() bool {
		m := e.ask(sim.Query{Caller: "13800000023", X: "17000000002"}).Answer.Model
		return m.ControlOperate == "CONTINUE" && m.CalledNo == "13700000031"
	})
	if r := e.api(http.MethodPost, "/v1/decide", `{"platform":"aliyun","kind":"voice","caller":"13800000023","x":"17000000002"}`); !strings.Contains(r.body, `"reason":"callback","row":7`) {
		t.Errorf("decide: %d %s", r.status, r.body)
	}
}

// TestTheSameMessageAgain: the platform's retry is answered, other content
// under the same nonce is not.
func TestTheSameMessageAgain(t *testing.T) {
	e := serve(t, nil)
	e.bind(pairBinding)
	q := sim.Query{Caller: "13900000022", X: "17000000001", CallID: "retry"}
	c, err := sim.New(sim.Config{
		URL: "http://" + e.public + "/aliyun/call-control", Key: signingKey, Now: time.Now, Nonce: func() string { return "one-nonce" },
	})
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + e.public + "/aliyun/call-control?" + c.Sign(q).Encode()
	for range 2 {
		if r := e.get(url); r.status != http.StatusOK || !strings.Contains(r.body, `"CONTINUE"`) {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	q.CallID = "other"
	if r := e.get("http://" + e.public + "/aliyun/call-control?" + c.Sign(q).Encode()); r.status != http.StatusUnauthorized || !strings.Contains(r.body, `"NonceReplayed"`) {
		t.Errorf("other content under the nonce: %d %s", r.status, r.body)
	}
}

// TestBadQueries: each gets its status and code, nothing is stored, nothing
// leaks.
func TestBadQueries(t *testing.T) {
	e := serve(t, nil, "--log-level=debug")
	good := func(change func(v map[string][]string)) string {
		v := map[string][]string(e.platform(sim.ViaGET).Sign(sim.Query{Caller: "13900000022", X: "17000000001", CallID: "bad"}))
		change(v)
		var parts []string
		for name, values := range v {
			for _, value := range values {
				parts = append(parts, name+"="+strings.NewReplacer("%", "%25", "+", "%2B", "=", "%3D", "/", "%2F", ":", "%3A").Replace(value))
			}
		}
		return strings.Join(parts, "&")
	}
	as := func(name string, values ...string) string {
		return good(func(v map[string][]string) { v[name] = values })
	}
	for name, c := range map[string]struct {
		method, query, body, contentType string
		status                           int
		code                             string
	}{
		"signature missing":    {query: as("signature"), status: 401, code: "SignatureMissing"},
		"nonce missing":        {query: as("signatureNonce"), status: 401, code: "SignatureMissing"},
		"timestamp missing":    {query: as("timestamp"), status: 401, code: "SignatureMissing"},
		"one byte changed":     {query: as("callNo", "13900000023"), status: 401, code: "SignatureInvalid"},
		"loose base64":         {query: as("signature", "GXBZHCwHLaUwTjSOJ5guB3+299l="), status: 401, code: "SignatureInvalid"},
		"another method":       {query: as("signatureMethod", "HMAC-SHA256"), status: 401, code: "SignatureInvalid"},
		"parameter repeated":   {query: as("secretNo", "17000000001", "17000000002"), status: 400, code: "InvalidParameter"},
		"in query and body":    {method: "POST", query: as("secretNo", "17000000001"), body: "secretNo=17000000001", contentType: "application/x-www-form-urlencoded", status: 400, code: "InvalidParameter"},
		"bad percent-encoding": {query: good(func(map[string][]string) {}) + "&a=%zz", status: 400, code: "MalformedBody"},
		"invalid UTF-8":        {query: good(func(map[string][]string) {}) + "&a=%ff", status: 400, code: "MalformedBody"},
		"NUL":                  {query: good(func(map[string][]string) {}) + "&a=%00", status: 400, code: "MalformedBody"},
		"JSON duplicate keys":  {method: "POST", body: `{"callNo":"1","callNo":"2"}`, contentType: "application/json", status: 400, code: "InvalidParameter"},
		"JSON too deep":        {method: "POST", body: strings.Repeat("[", 5000), contentType: "application/json", status: 400, code: "MalformedBody"},
		"wrong content type":   {method: "POST", body: "<a/>", contentType: "text/xml", status: 415},
		"1 MiB of parameters":  {method: "POST", body: strings.Repeat("a=b&", 1<<18), contentType: "application/x-www-form-urlencoded", status: 413},
		"URL too large":        {query: strings.Repeat("a", 1<<20), status: 431},
		"other method":         {method: "DELETE", query: good(func(map[string][]string) {}), status: 405},
	} {
		t.Run(name, func(t *testing.T) {
			r := rawQuery(t, e, c.method, c.query, c.contentType, c.body)
			if r.status != c.status || !strings.Contains(r.body, c.code) {
				t.Errorf("%d %s, want %d %s", r.status, r.body, c.status, c.code)
			}
		})
	}
	if r := e.get("http://" + e.public + "/v1/bindings"); r.status != http.StatusNotFound {
		t.Errorf("admin path on the public listener: %d", r.status)
	}
	for _, secret := range []string{signingKey, apiKey, "13900000022", "17000000001"} {
		if strings.Contains(e.log.String(), secret) {
			t.Errorf("the log holds %s:\n%s", secret, e.log)
		}
	}
}

func rawQuery(t *testing.T, e *endpoint, method, query, contentType, body string) reply {
	t.Helper()
	if method == "" {
		method = http.MethodGet
	}
	url := "http://" + e.public + "/aliyun/call-control"
	if query != "" {
		url += "?" + query
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return send(t, req)
}

// TestBudget: a Redis that hangs does not make callers wait, and the endpoint
// recovers by itself.
func TestBudget(t *testing.T) {
	redis := pausable(t)
	e := serve(t, []string{"XMODE_REDIS=redis://" + redis.addr}, "--decision-budget=200ms")
	e.bind(pairBinding)
	q := sim.Query{Caller: "13900000022", X: "17000000001"}
	redis.pause()
	start := time.Now()
	x := e.ask(q)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("answered after %v", took)
	}
	if want := `{"code":"OK","message":"reject: store_unavailable","model":{"controlOperate":"REJECT","controlMsg":"STORE_UNAVAILABLE","subsId":"0"}}`; strings.TrimSpace(string(x.Raw)) != want {
		t.Errorf("answer %s", x.Raw)
	}
	within(t, 20*time.Second, "readiness to say so", func() bool {
		r := e.get("http://" + e.admin + "/readyz")
		return r.status == http.StatusOK && strings.Contains(r.body, `"degraded":["store"]`) &&
			e.get("http://"+e.admin+"/readyz?strict=1").status == http.StatusServiceUnavailable
	})
	redis.resume()
	within(t, 20*time.Second, "recovery", func() bool { return e.ask(q).Answer.Model.ControlOperate == "CONTINUE" })
}

// TestStop: SIGTERM lets the answer in flight go out, and what it left behind
// is written.
func TestStop(t *testing.T) {
	redis := pausable(t)
	env := []string{"XMODE_REDIS=redis://" + redis.addr}
	e := serve(t, env, "--decision-budget=10s")
	e.bind(openBinding)
	e.warm()
	redis.pause()
	answered := make(chan sim.Exchange, 1)
	platform := e.platform(sim.ViaGET)
	go func() {
		x, _ := platform.Send(t.Context(), sim.Query{Caller: "13700000031", X: "17000000002", CallID: "last"})
		answered <- x
	}()
	within(t, 10*time.Second, "the query to be in flight", func() bool { return redis.waiting() })
	stopped := make(chan error, 1)
	go func() { stopped <- e.stop() }()
	e.log.find(t, stopping, e.exited)
	redis.resume()
	if x := <-answered; x.Answer.Model.ControlOperate != "CONTINUE" {
		t.Errorf("answer in flight: %d %s", x.Status, x.Raw)
	}
	if err := <-stopped; err != nil {
		t.Errorf("exit: %v\n%s", err, e.log)
	}
	again := serve(t, env)
	if m := again.ask(sim.Query{Caller: "13800000023", X: "17000000002"}).Answer.Model; m.CalledNo != "13700000031" {
		t.Errorf("callback after the stop: %+v", m)
	}
}

// TestCommandsPerQuery counts at the Redis server.
func TestCommandsPerQuery(t *testing.T) {
	redis := pausable(t)
	e := serve(t, []string{"XMODE_REDIS=redis://" + redis.addr})
	e.bind(pairBinding)
	ask := func(i int) {
		e.ask(sim.Query{Caller: "13900000022", X: "17000000001", CallID: fmt.Sprint("count-", i)})
	}
	ask(0)
	within(t, 10*time.Second, "lease, nonce and trace", func() bool { return redis.calls(t, "set")["set"] >= 3 })
	before := redis.calls(t, "hmget", "get", "set", "xadd")
	for i := range 20 {
		ask(i + 1)
	}
	within(t, 10*time.Second, "the traces", func() bool {
		c := redis.calls(t, "hmget", "get", "set", "xadd")
		// Nonce, routes, last caller and asks; afterwards the last caller is written.
		// A ping now and then writes too, and a checkup reads. The log of decisions is read and written in
		// batches of one entry each.
		logs, get, set := c["xadd"]-before["xadd"], c["get"]-before["get"], c["set"]-before["set"]
		return logs > 0 && logs <= 20 && c["hmget"]-before["hmget"] == 20+logs && get >= 40 && get <= 42 && set >= 40 && set < 60
	})
}
