package main_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	xmode "xmode/cmd/xmode"
	huawei "xmode/platform/huawei/sim"
	"xmode/simulator/load"
)

// loads runs `xmode simulate` with a load against an endpoint.
func loads(t *testing.T, platform, url string, args ...string) outcome {
	t.Helper()
	env := []string{"XMODE_ALIYUN_KEYS=testSecret", "XMODE_HUAWEI_APPS=app:secret", "XMODE_API_KEY=" + apiKey}
	return run(t, env, append([]string{"simulate", platform, "--url=" + url, "--speed=10000"}, args...)...)
}

func TestLoadOfParties(t *testing.T) {
	s := serve(t)
	pairs := file(t, "pairs.csv", "id,x,a,peers,extension,direction\n7,17000000001,13800000021,13900000022,,\n8,17000000003,13800000024,,801,\n9,17000000005,13800000025,13900000026;13900000027,,to_a\n")
	if bound := client(t, s.admin, "", "import", pairs); bound.status != 0 {
		t.Fatal(bound)
	}
	got := loads(t, "aliyun", s.public, "--bindings="+pairs, "--calls=60", "--seed=3", "--texts=0", "--verify", "--admin="+s.admin)
	tells(t, got, 0, "aliyun, seed 3: 60 calls and texts", "connected 60, turned away 0", "the endpoint must have 0 records", "verified")
	got = loads(t, "aliyun", s.public, "--caller=13900000022", "--x=17000000003", "--extension=801", "--calls=10", "--texts=0", "--json")
	var summary struct {
		Load     load.Report
		Verified *struct{}
	}
	if err := json.Unmarshal([]byte(got.out), &summary); err != nil || summary.Load.Connected != 10 || summary.Load.Messages != 20 || summary.Verified != nil {
		t.Errorf("%v: %+v", err, got)
	}
}

// TestLoadTrustsTheGivenAuthority: at the endpoint's address, too, not only at the
// admin listener's.
func TestLoadTrustsTheGivenAuthority(t *testing.T) {
	endpoint := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"operation":"close"}`)) }))
	defer endpoint.Close()
	ca := file(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: endpoint.Certificate().Raw})))
	tells(t, loads(t, "huawei", endpoint.URL, "--x=17000000001", "--calls=3", "--texts=0", "--ca="+ca), 0, "turned away 3")
	tells(t, loads(t, "huawei", endpoint.URL, "--x=17000000001", "--calls=3", "--texts=0"), 1, "x509: ")
	tells(t, loads(t, "huawei", endpoint.URL, "--x=17000000001", "--calls=3", "--ca="+file(t, "no.pem", "")), 1, "no.pem holds no certificate")
}

func TestLoadMeetsOddEndpoints(t *testing.T) {
	for name, c := range map[string]struct {
		endpoint http.HandlerFunc
		says     string
	}{
		"a page":         {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>it works</html>")) }, "no usable answer, the call is lost: the answer is a page"},
		"nothing":        {func(http.ResponseWriter, *http.Request) {}, "no usable answer, the call is lost: the answer is empty"},
		"ten megabytes":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 10<<20)) }, "longer than 64 KiB"},
		"an error":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "the call is lost: status 500"},
		"a redirection":  {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, "the call is lost: status 302"},
		"a dead line":    {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "closed without an answer"},
		"a hanging line": {hangs, "no answer within 300ms"},
	} {
		for _, platform := range []string{"aliyun", "huawei"} {
			t.Run(name+" "+platform, func(t *testing.T) {
				t.Parallel()
				endpoint := httptest.NewServer(c.endpoint)
				defer endpoint.Close()
				got := loads(t, platform, endpoint.URL, "--caller=13900000022", "--x=17000000001", "--calls=3", "--texts=0", "--timeout=300ms")
				tells(t, got, 1, "fault: ", c.says, ": 3 times, first with simulated-", "xmode: simulate: calls or records were lost, or a wrong signature was taken")
			})
		}
	}
}

// hangs answers nothing, until the client hangs up: which a server notices once it
// has read the body.
func hangs(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func TestLoadTellsWrongUse(t *testing.T) {
	pairs := file(t, "pairs.csv", "id,x,a,peers\n7,17000000001,13800000021,13900000022\n")
	const nobody = "http://127.0.0.1:1"
	tells(t, loads(t, "huawei", nobody, "--calls=5"), 2, "xmode: missing flags: --x=NUMBER")
	tells(t, loads(t, "huawei", nobody, "--x=1", "--verify"), 2, "are for a load: say how many --calls")
	tells(t, loads(t, "huawei", nobody, "--calls=-1", "--x=1"), 2, "--calls: has to be above zero")
	tells(t, loads(t, "huawei", nobody, "--verify", "--x=1"), 2, "say how many --calls")
	tells(t, loads(t, "aliyun", nobody, "--bindings="+pairs), 2, "say how many --calls")
	tells(t, loads(t, "huawei", nobody, "--calls=5", "--x=1", "--break-signature"), 2, "--bad-signatures")
	tells(t, loads(t, "huawei", nobody, "--calls=9000000000000000000", "--x=1"), 2, "calls have to be between 1 and 10 million")
	tells(t, loads(t, "huawei", nobody, "--calls=5", "--bindings="+pairs, "--x=17000000001"), 2, "--x and --caller are not for that")
	tells(t, loads(t, "huawei", nobody, "--calls=5", "--x=17000000001", "--trouble=2"), 2, "duplicates: has to be between 0 and 1")
	tells(t, loads(t, "huawei", nobody, "--calls=5", "--x=17000000001", "--batch=51"), 2, "batch has to be between 1 and 50")
	tells(t, loads(t, "huawei", "http://203.0.113.7", "--calls=5", "--x=17000000001"), 1, "203.0.113.7 is neither on this machine nor on a private network")
	tells(t, loads(t, "huawei", nobody, "--calls=5", "--bindings="+file(t, "none.ndjson", "")), 1, "none.ndjson: no binding")
	tells(t, loads(t, "huawei", nobody, "--calls=5", "--bindings="+file(t, "bad.ndjson", "{\n")), 1, "--bindings: line 1: ")
	tells(t, loads(t, "aliyun", nobody, "--calls=5", "--x=17000000001", "--api-listen=127.0.0.1:0"), 1, "XMODE_ALIYUN_ACCESS_KEY_ID")
	got := run(t, []string{"XMODE_HUAWEI_APPS=app:secret"}, "simulate", "huawei", "--url="+nobody, "--calls=5", "--x=17000000001", "--verify")
	tells(t, got, 1, "XMODE_API_KEY: not set")
}

// TestLoadIsStoppedThroughTheAPI: a call that goes on is cut by whoever has the key,
// and its record says so.
func TestLoadIsStoppedThroughTheAPI(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	api := listener.Addr().String()
	listener.Close()
	signer, err := huawei.New(huawei.Config{AppKey: "app", AppSecret: "secret", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	var stopped, told atomic.Int32
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			EventType  string
			StatusInfo struct{ SessionID string }
			FeeLst     []struct{ ULFailReason int }
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		switch in.EventType {
		case "callin":
			_, _ = w.Write([]byte(`{"operation":"connect","connectInfo":{"calleeNum":"+8613800000021"}}`))
		case "answer":
			go func() {
				for range 100 { // until it was answered, for the platform as well
					e, err := signer.Post(context.Background(), "http://"+api+"/rest/httpsessions/callStop/v2.0",
						[]byte(`{"sessionid":"`+in.StatusInfo.SessionID+`","signal":"call_stop"}`))
					if err != nil || strings.Contains(string(e.Raw), `"0"`) {
						stopped.Add(1)
						return
					}
					time.Sleep(20 * time.Millisecond)
				}
			}()
		case "fee":
			for _, fee := range in.FeeLst {
				if fee.ULFailReason == 8011 {
					told.Add(1)
				}
			}
		}
	}))
	defer endpoint.Close()
	got := loads(t, "huawei", endpoint.URL, "--caller=13900000022", "--x=17000000001", "--calls=10", "--texts=0", "--seed=1", "--speed=40", "--api-listen="+api)
	if got.status != 0 || told.Load() < 3 || told.Load() > stopped.Load() {
		t.Errorf("%d calls were stopped, the records of %d say so: %+v", stopped.Load(), told.Load(), got)
	}
}

func TestLoadShowsHowFarItIs(t *testing.T) {
	var p load.Progress
	text := xmode.LoadText(func() load.Progress { return p })
	p = load.Progress{Calls: 400, Begun: 101, Ended: 100}
	for range 99 {
		p.Took.Add(2 * time.Millisecond)
	}
	p.Took.Add(40 * time.Millisecond)
	if got, want := text(time.Second), "[=======                       ]  25%  100 of 400 calls, 100 messages/s, p50 2.05ms, p99 2.05ms"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.Ended, p.Faults = 400, 2
	p.Took.Add(30 * time.Millisecond)
	if got, want := text(3*time.Second), "[==============================] 100%  400 of 400 calls, 0 messages/s, p50 31ms, p99 31ms, 2 faults"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLoadOverTLS(t *testing.T) {
	endpoint := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"operation":"close","closeInfo":{}}`))
	}))
	defer endpoint.Close()
	authority := file(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: endpoint.Certificate().Raw})))
	got := loads(t, "huawei", endpoint.URL, "--x=17000000001", "--calls=20", "--texts=0", "--ca="+authority)
	tells(t, got, 0, "connected 0, turned away 20")
	got = loads(t, "huawei", endpoint.URL, "--x=17000000001", "--calls=2", "--texts=0")
	tells(t, got, 1, "no usable answer, the call is lost: x509: certificate signed by unknown authority")
}
