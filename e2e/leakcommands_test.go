package e2e_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"xmode/platform/aliyun/sim"
)

// secretsAreExchanged has secret files become unusable, and good again.
func (w *leakWorld) secretsAreExchanged() {
	w.t.Helper()
	bad, number := w.word(secret+"exchanged"), w.number("number in a secret file")
	for variable, good := range w.keyFiles() {
		for i, text := range []string{
			bad + ":" + number + "\x00", bad + "," + bad + ",a,b,c,d", bad + ":" + bad + ":" + bad, "", " ", strings.Repeat(bad, 100_000), ":" + bad, bad + "/" + bad,
		} {
			w.keyFile(variable, text)
			w.hangup(fmt.Sprintf(`%s, bad text %d`, variable, i))
		}
		_ = os.Remove(filepath.Join(w.secrets, variable))
		w.hangup(variable + ", no file")
		w.keyFile(variable, good)
		w.hangup(variable + ", good again")
	}
	if !strings.Contains(w.log.String(), "secret not usable") {
		w.t.Error("no secret was refused")
	}
}

// hangup has the secrets read again, and waits until they are.
func (w *leakWorld) hangup(what string) {
	w.t.Helper()
	before := w.reloads()
	if err := w.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		w.t.Fatal(err)
	}
	within(w.t, 10*time.Second, what+" to be read", func() bool { return w.reloads() >= before+float64(len(w.keyFiles())) })
}

func (w *leakWorld) reloads() float64 { return w.metric("xmode_secret_reloads_total") }

// runs a command of the binary, at most for a while, and notes what it writes.
func (w *leakWorld) runs(note func(by, text string), env []string, stdin string, args ...string) (status int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 100*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.secrets}, env...)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &out
	_ = cmd.Run()
	if ctx.Err() != nil {
		w.t.Errorf("%q with %q does not end", args, env)
	}
	note(fmt.Sprintf("xmode %.300q with %.300q", args, env), out.String())
	return cmd.ProcessState.ExitCode()
}

// commandsAreRun runs what talks to the endpoint, and what does not begin to.
func (w *leakWorld) commandsAreRun() {
	w.t.Helper()
	keys := []string{
		"XMODE_API_KEY=" + apiKey, "XMODE_ALIYUN_KEYS=" + signingKey, "XMODE_HUAWEI_APPS=" + appKey + ":" + appSecret, "XMODE_ALIYUN_RECEIPT_TOKEN=" + receiptToken,
		"XMODE_EXPLAIN_KEY=" + signingKey + "," + appKey + ":" + appSecret, "XMODE_ALIYUN_ACCESS_KEY_ID=" + accessKey, "XMODE_ALIYUN_ACCESS_KEY_SECRET=" + accessSecret,
	}
	wrong := []string{"XMODE_API_KEY=" + w.word(secret+"wrong API key"), "XMODE_ALIYUN_KEYS=" + w.word(secret+"wrong key"), "XMODE_HUAWEI_APPS=" + appKey + ":" + w.word(secret+"wrong key")}
	admin, public := "--url=http://"+w.admin, "--url=http://"+w.public
	var group sync.WaitGroup
	defer group.Wait()
	lines := strings.Join(w.bindingBodies("100016"), "\n")
	guess := "http://" + w.word("user") + ":" + w.word(secret+"password in a URL") + "@127.0.0.1:1"
	caller, x := "--caller="+w.number("pair: peer"), "--x="+w.x("pair: X")
	values := w.platform(sim.ViaGET).Sign(w.queries()[0])
	for _, env := range [][]string{keys, wrong, nil} {
		group.Wait()
		for _, args := range [][]string{
			{"bindings", "get", admin, "100001", w.word("id for a command")}, {"bindings", "export", admin}, {"bindings", "export", admin, x}, {"bindings", "import", admin, "-"},
			{"bindings", "import", admin, "--format=csv", "-"}, {"bindings", "delete", admin, w.number("id for a command")},
			{"bindings", "get", "--url=" + guess, "1"}, {"bindings", "export", "--url=" + guess}, {"bindings", "import", "--url=" + guess, "-"},
			{"simulate", "aliyun", public, caller, x}, {"simulate", "huawei", public, caller, x, "--sms"}, {"simulate", "aliyun", public, caller, x, "--break-signature"},
			{"simulate", "huawei", "--url=" + guess, caller, x}, {"simulate", "aliyun", public, "--calls=5"}, {"health", "--url=" + guess}, {"health", admin},
			{"explain", "aliyun", "http://127.0.0.1/aliyun/call-control?" + values.Encode()}, {"explain", "aliyun", "http://127.0.0.1/?callNo=1"},
			{"explain", "huawei", "--header", "X-AKSK: " + huawei("", "").token()}, {"version"}, {"config"}, {"fixtures", "list"},
			{"conform", public, "--queries=5", "--only=ALI-SIG-0*", "--x-connects=" + w.x("pair: X"), "--caller-connects=" + w.number("pair: peer")},
			{"conform", public, "--queries=5", "--only=*-01", "--admin=http://" + w.admin, "--x-rejects=" + w.x("unbound")}, {"conform", "--url=" + guess},
		} {
			group.Go(func() { w.runs(w.shows, env, lines, args...) }) // most of them wait for the most part
		}
	}
	w.startsBadly()
}

// startsBadly has endpoints not start, for faults that hold something.
func (w *leakWorld) startsBadly() {
	w.t.Helper()
	word, number := w.word(secret+"in a wrong setting"), w.number("number in a wrong setting")
	presets := filepath.Join(w.secrets, "presets")
	if err := os.WriteFile(presets, []byte(`{"1":{"user_data":"`+w.word("preset")+`","a":"`+number+`","`+number+`":`+number+`}}`), 0o600); err != nil {
		w.t.Fatal(err)
	}
	redis := func(address string) []string { return []string{"XMODE_REDIS=" + address} }
	for _, env := range [][]string{
		redis("redis://u:" + word + "@h:port"), redis("redis://u:" + word + "@"), redis("http://:" + word + "@h"), redis("redis://:%zz" + word + "@h"), redis(word),
		redis("redis://h/" + word), redis("redis://h?" + word + "=1"), redis("rediss://u:" + word + "@h?ca=/absent"), redis("redis+sentinel://u:" + word + "@h:1"),
		{"XMODE_REDIS_FILE=" + word}, {"XMODE_ALIYUN_KEYS_FILE=" + word}, {"XMODE_API_KEYS=name:" + word}, {"XMODE_API_KEYS=" + word}, {"XMODE_API_KEYS=n:read:" + word[:8]},
		{"XMODE_API_KEYS=" + word + ":" + word + ":" + word}, {"XMODE_API_KEYS=n:read:" + word + word + ",n:read:" + word + word}, {"XMODE_HUAWEI_APPS=" + word},
		{"XMODE_HUAWEI_APPS=a:" + word + ",a:" + word}, {"XMODE_HUAWEI_APPS=:" + word}, {"XMODE_ALIYUN_KEYS=" + word + ",,"}, {"XMODE_ALIYUN_KEYS=" + strings.Repeat(word+",", 6)},
		{"XMODE_ALIYUN_KEYS=k", "XMODE_ALIYUN_RECEIPT_TOKEN=" + word[:10]}, {"XMODE_ALIYUN_KEYS=k", "XMODE_ALIYUN_RECEIPT_TOKEN=" + word + "/" + word},
		{"XMODE_ALIYUN_ACCESS_KEY_SECRET=" + word}, {"XMODE_ALIYUN_KEY=" + word}, {"XMODE_PRESETS=" + presets}, {"XMODE_ALIYUN_API=https://u:" + word + "@h"},
		{"XMODE_HUAWEI_API=https://u:" + word + "@h"}, {"XMODE_HUAWEI_API=https://h/?key=" + word}, {"XMODE_RECORDINGS=s3://u:" + word + "@bucket"},
		{"XMODE_RECORDINGS=s3://bucket?secret=" + word}, {"XMODE_RECORDINGS=s3://bucket?endpoint=https://u:" + word + "@h"}, {"XMODE_RECORDINGS=https://u:" + word + "@h"},
	} {
		if w.runs(w.hears, env, "", "serve", "--admin-listen=127.0.0.1:0", "--listen=127.0.0.1:0", "--log-level=wrong") == 0 {
			w.t.Errorf("serves with %q", env)
		}
		w.runs(w.hears, env, "", "config")
		w.runs(w.hears, env, "", "doctor")
	}
	for _, args := range [][]string{{"--aliyun-keys=" + word}, {"--aliyun-keys", word}, {"--redis", "redis://:" + word + "@h"}, {"--api-keys", word}} {
		if w.runs(w.hears, nil, "", append([]string{"serve"}, args...)...) == 0 {
			w.t.Errorf("serves with %q", args)
		}
	}
}

// listening finds the address of a listener in a log of either form.
func listening(listener string) *regexp.Regexp {
	return regexp.MustCompile(`listening.{0,3}listener"?[=:]"?` + listener + `"?[ ,]"?address"?[=:]"?([^\s",]+)`)
}

// tlsGoesWrong sends what is no TLS to an endpoint that wants it, and handshakes that
// come to nothing.
func (w *leakWorld) tlsGoesWrong() {
	w.t.Helper()
	cert, key := certificate(w.t, w.t.TempDir())
	e := launch(w.t, nil, "--log-level=debug", "--tls-cert="+cert, "--tls-key="+key, "--admin-tls-cert="+cert, "--admin-tls-key="+key)
	for _, listener := range []string{e.public, e.admin} {
		w.misuse("/aliyun/call-control", listener)
		for _, host := range []string{w.number("host of a handshake"), w.word("host of a handshake in letters") + ".example.com"} {
			if conn, err := tls.Dial("tcp", listener, &tls.Config{ServerName: host}); err == nil {
				_ = conn.Close()
				w.t.Errorf("%s is served", host)
			}
		}
	}
	e.log.find(w.t, regexp.MustCompile(`(?s)TLS handshake error.*bad certificate()`), e.exited)
	if err := e.stop(); err != nil {
		w.t.Error(err)
	}
	w.hears("the log of TLS", e.log.String())
}
