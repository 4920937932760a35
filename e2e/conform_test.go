package e2e_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Numbers of the endpoint that is held against the contract.
const (
	connectsX = "17000000001"
	asksX     = "17000000003"
	rejectsX  = "17000000009"
)

// contracted starts an endpoint that says everything an answer can hold.
func contracted(t *testing.T) *endpoint {
	t.Helper()
	e := serve(t, nil, "--aliyun-ivr-code=1001", "--aliyun-reject-code=1002", "--huawei-close-hint=close.wav",
		"--decision-budget=900ms", "--push-budget=5s", "--auth-failures=0") // neither a busy machine nor many runs are a breach of the contract
	e.bind(`{"x":"` + connectsX + `","a":"13800000021","peers":["13900000022"],"record":true,"max_duration_s":3600,"user_data":"order-1",
		"prompts":{"caller":"2001","callee":"callee.wav","ringback":"ring.wav","record_hint":"record.wav","last_minute":"minute.wav"}}`)
	e.bind(`{"x":"` + asksX + `","a":"13800000024","extension":"801"}`)
	return e
}

// conformed is what `xmode conform --json` prints.
type conformed struct {
	Conforms bool
	Clauses  []struct{ Name, Level, Verdict, Detail string }
}

// named lists the clauses with a verdict.
func (c conformed) named(verdict string) []string {
	var names []string
	for _, one := range c.Clauses {
		if one.Verdict == verdict {
			names = append(names, one.Name)
		}
	}
	return names
}

// conformCommand is the binary, checking an endpoint of which everything is told.
func conformCommand(t *testing.T, address string, args ...string) *exec.Cmd {
	t.Helper()
	all := append([]string{"conform", "--url=http://" + address, "--x-connects=" + connectsX, "--caller-connects=13900000022", "--x-asks=" + asksX,
		"--extension=801", "--x-rejects=" + rejectsX}, args...)
	cmd := exec.CommandContext(t.Context(), binary, all...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "XMODE_ALIYUN_KEYS=" + signingKey, "XMODE_ALIYUN_RECEIPT_TOKEN=" + receiptToken, "XMODE_HUAWEI_APPS=" + appKey + ":" + appSecret,
		"XMODE_API_KEY=" + readKey,
	}
	return cmd
}

// conform runs it and reads what it prints, which holds no secret.
func conform(t *testing.T, address string, args ...string) (conformed, int) {
	t.Helper()
	cmd := conformCommand(t, address, append(args, "--json")...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	for _, secret := range []string{signingKey, receiptToken, appSecret, readKey} {
		if strings.Contains(out.String()+errs.String(), secret) {
			t.Errorf("%s is shown", secret)
		}
	}
	var c conformed
	if err := json.Unmarshal(out.Bytes(), &c); err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), errs.String())
	}
	return c, cmd.ProcessState.ExitCode()
}

// TestServeConforms: every clause of both platforms, on a real Redis, with every
// flag given.
func TestServeConforms(t *testing.T) {
	e := contracted(t)
	junit := filepath.Join(t.TempDir(), "junit.xml")
	c, status := conform(t, e.public, "--admin=http://"+e.admin, "--junit="+junit)
	for _, one := range c.Clauses {
		if one.Verdict != "passed" {
			t.Errorf("%s (%s) %s: %s", one.Name, one.Level, one.Verdict, one.Detail)
		}
	}
	if status != 0 || !c.Conforms || len(c.Clauses) < 300 {
		t.Errorf("status %d, %d clauses", status, len(c.Clauses))
	}
	text, err := os.ReadFile(junit)
	if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
	}
	if err := xml.Unmarshal(text, &suite); err != nil || suite.Tests != len(c.Clauses) || suite.Failures != 0 {
		t.Errorf("%v, %+v", err, suite)
	}
	e.hides("13900000022", "13800000021")
}

// TestServeConformsInItsOtherForms: what settings change is within the contract.
func TestServeConformsInItsOtherForms(t *testing.T) {
	e := serve(t, nil, "--aliyun-model=string", "--huawei-info=array")
	e.bind(`{"x":"` + connectsX + `","a":"13800000021","peers":["13900000022"],"max_duration_s":86400}`)
	e.bind(`{"x":"` + asksX + `","a":"13800000024","extension":"801"}`)
	c, status := conform(t, e.public, "--admin=http://"+e.admin, "--signature=rfc3986&", "--scheme=wsse", "--queries=20")
	if bad := slices.Concat(c.named("failed"), c.named("skipped"), c.named("unfinished")); len(bad) > 0 || status != 0 {
		t.Errorf("status %d, %v", status, bad)
	}
}

// TestConformInterruptedTellsWhatItHas: Ctrl-C in the middle.
func TestConformInterruptedTellsWhatItHas(t *testing.T) {
	e := contracted(t)
	reached := make(chan struct{}, 1)
	address := between(t, e.public, func(x *passing) {
		if strings.HasPrefix(x.path, "/huawei") {
			select {
			case reached <- struct{}{}:
			default:
			}
			<-x.gone
		}
	})
	cmd := conformCommand(t, address, "--timeout=1m")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-reached // the clauses of the platform before are done, or under way
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_ = cmd.Wait()
	if took := time.Since(start); cmd.ProcessState.ExitCode() != 1 || took > 20*time.Second {
		t.Errorf("status %d after %v", cmd.ProcessState.ExitCode(), took)
	}
	if !strings.Contains(out.String(), "ALI-SIG-01  must    passed") || !strings.Contains(out.String(), " not finished\n") ||
		errs.String() != "xmode: conform: interrupted: the rest was not checked\n" {
		t.Errorf("%s%s", out.String(), errs.String())
	}
}
