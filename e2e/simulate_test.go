package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/store/storetest"
)

var calls = flag.Int("calls", 400, "calls of each simulated load")

// simulated is what `xmode simulate --calls --json` prints.
type simulated struct {
	Load struct {
		Seed       uint64
		Broken     bool `json:"broken_off"`
		Begun      int
		Ended      int
		Connected  int
		Asked      int
		Lost       int
		Records    int `json:"records_due"`
		Recordings int `json:"recordings_due"`
		Trouble    map[string]int
		Findings   []struct {
			Level, Message, Text string
			Count                int
		}
	}
	Verified *struct {
		Records      int
		RecordsRight int `json:"records_right"`
		Calls        int
		CallsRight   int `json:"calls_right"`
		Recordings   int
		Archived     int `json:"recordings_archived"`
		Wrong        int
		Differences  []string
	}
}

// simulation is the binary, playing a load to an address.
func simulation(t *testing.T, platform, address string, args ...string) (cmd *exec.Cmd, read func() simulated) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), binary, append([]string{"simulate", platform, "--url=http://" + address, "--json", "--seed=7"}, args...)...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "XMODE_ALIYUN_KEYS=" + signingKey, "XMODE_ALIYUN_RECEIPT_TOKEN=" + receiptToken, "XMODE_HUAWEI_APPS=" + appKey + ":" + appSecret,
		"XMODE_API_KEY=" + apiKey, "XMODE_ALIYUN_ACCESS_KEY_ID=" + accessKey, "XMODE_ALIYUN_ACCESS_KEY_SECRET=" + accessSecret,
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	return cmd, func() (s simulated) {
		t.Helper()
		for _, secret := range []string{signingKey, receiptToken, appSecret, apiKey, accessSecret} {
			if strings.Contains(out.String()+errs.String(), secret) {
				t.Errorf("%s is shown", secret)
			}
		}
		if err := json.Unmarshal(out.Bytes(), &s); err != nil {
			t.Fatalf("%v\n%s%s", err, out.String(), errs.String())
		}
		return s
	}
}

// freeAddress is one on which nothing listens at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// played starts an endpoint that fetches recordings from an address where the
// platform's APIs will be, and knows some numbers.
func played(t *testing.T, apis string, env ...string) *endpoint {
	t.Helper()
	env = append(env, "XMODE_ALIYUN_ACCESS_KEY_ID="+accessKey, "XMODE_ALIYUN_ACCESS_KEY_SECRET="+accessSecret,
		"XMODE_ALIYUN_API=http://"+apis, "XMODE_HUAWEI_API=http://"+apis)
	e := serve(t, env, "--recordings=file://"+t.TempDir(), "--recording-hosts=127.0.0.1", "--recording-allow-private", "--recording-retry=1s", "--recording-rate=1000",
		"--aliyun-recording-delay=0s", "--decision-budget=2s", "--push-budget=2s")
	e.bind(`{"x":"17000000001","a":"13800000021","peers":["13900000022"],"record":true,"user_data":"order-1"}`)
	e.bind(`{"x":"17000000003","a":"13800000024","extension":"801","record":true}`)
	e.bind(`{"x":"17000000004","a":"+862155512345","record":true,"max_duration_s":120}`)
	e.bind(`{"x":"95123456","a":"13800000025","sms":"intercept"}`)
	return e
}

// TestSimulatedLoadIsTakenWhole: calls and texts of a platform with their whole life
// and all trouble on, and everything is there at the end.
func TestSimulatedLoadIsTakenWhole(t *testing.T) {
	for platform, more := range map[string][]string{"huawei": nil, "aliyun": {"--extension=801"}} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			apis := freeAddress(t)
			e := played(t, apis)
			cmd, read := simulation(t, platform, e.public, append(more, "--calls="+strconv.Itoa(*calls), "--caller=13900000022,02155512399,+8613900000033",
				"--x=17000000001,17000000003,17000000004,95123456,17000000009", "--trouble=0.1", "--timeout=5s", "--verify", "--admin=http://"+e.admin,
				"--api-listen="+apis, "--api-not-ready=0.1", "--api-cut=0.1", "--api-slow=0.1")...)
			err := cmd.Run()
			s := read()
			if err != nil || s.Verified == nil || s.Verified.Wrong > 0 {
				t.Fatalf("%v: %+v\n%+v", err, s.Load, s.Verified)
			}
			if s.Load.Begun != *calls || s.Load.Ended != *calls || s.Load.Lost > 0 || s.Load.Connected < 100 || s.Load.Records < 300 || s.Load.Recordings < 30 {
				t.Errorf("load: %+v", s.Load)
			}
			if v := s.Verified; v.RecordsRight != s.Load.Records || v.CallsRight != v.Calls || v.Archived != s.Load.Recordings {
				t.Errorf("load: %+v\nverified: %+v", s.Load, v)
			}
			for _, word := range []string{"duplicates", "reorder", "late", "lost", "bad_signatures", "skewed", "replayed", "slow", "cut"} {
				if s.Load.Trouble[word] == 0 {
					t.Errorf("nothing met %s: %v", word, s.Load.Trouble)
				}
			}
			if i := slices.IndexFunc(s.Load.Findings, func(f struct {
				Level, Message, Text string
				Count                int
			}) bool {
				return strings.HasPrefix(f.Text, "taken ")
			}); i >= 0 {
				t.Errorf("found: %+v", s.Load.Findings[i])
			}
			e.hides("17000000001", "13900000022", "13800000021")
		})
	}
}

// TestSimulationSeesWhatIsLost: a Redis that is emptied in the middle of a load has
// records missing that were acknowledged.
func TestSimulationSeesWhatIsLost(t *testing.T) {
	t.Parallel()
	redis := storetest.Redis(t)
	e := played(t, "127.0.0.1:1", "XMODE_REDIS=redis://"+redis)
	cmd, read := simulation(t, "huawei", e.public, "--calls=1500", "--rate=300", "--caller=13900000022", "--x=17000000001", "--verify",
		"--admin=http://"+e.admin, "--settle=1s")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "records to come", func() bool { return e.metric("xmode_push_records_total", `platform="huawei"`, `outcome="fresh"`) > 300 })
	if err := clientOf(t, redis).FlushAll(context.Background()).Err(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	s := read()
	if status := cmd.ProcessState.ExitCode(); status != 1 || s.Verified == nil {
		t.Fatalf("status %d: %+v", status, s)
	}
	missing := func(d string) bool { return strings.HasSuffix(d, ": missing") }
	if v := s.Verified; v.Records-v.RecordsRight < 20 || v.RecordsRight == 0 || !slices.ContainsFunc(v.Differences, missing) || len(v.Differences) > 100 {
		t.Errorf("verified: %+v", v)
	}
}

// TestSimulationIsInterrupted: Ctrl-C prints what there is until then.
func TestSimulationIsInterrupted(t *testing.T) {
	t.Parallel()
	hangs := strings.TrimPrefix(socket(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })), "http://")
	cmd, read := simulation(t, "aliyun", hangs, "--calls=100", "--parallel=4", "--timeout=1m", "--caller=13900000022", "--x=17000000001")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // until it waits for answers; earlier it has only less to print
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- cmd.Wait() }()
	select {
	case <-over:
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
	s := read()
	if status := cmd.ProcessState.ExitCode(); status != 1 || !s.Load.Broken || s.Load.Begun > 4 || s.Load.Ended != 0 || s.Verified != nil {
		t.Errorf("status %d: %+v", status, s)
	}
}

// TestSimulationIsTheSameForASeed: what is called, and what it meets, follows from
// the seed.
func TestSimulationIsTheSameForASeed(t *testing.T) {
	t.Parallel()
	var both [2]simulated
	for i := range both {
		e := played(t, "127.0.0.1:1")
		cmd, read := simulation(t, "huawei", e.public, "--calls=200", "--caller=13900000022", "--x=17000000001,17000000004", "--parallel=1", "--trouble=0.1")
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		both[i] = read()
	}
	if diff := cmp.Diff(both[0].Load.Connected, both[1].Load.Connected); diff != "" || both[0].Load.Recordings != both[1].Load.Recordings {
		t.Errorf("%s\n%+v\n%+v", diff, both[0].Load, both[1].Load)
	}
}
