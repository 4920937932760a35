package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/store/storetest"
)

// finding is one line of `xmode doctor --json`.
type finding struct{ Level, Check, Where, Found, Why, Do string }

// examined is what `xmode doctor` said, and its exit status.
type examined struct {
	Problems, Warnings int
	Findings           []finding
	text               string
	status             int
}

// examine runs `xmode doctor`.
func examine(t testing.TB, env []string, args ...string) (said examined) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"doctor", "--json"}, args...)...)
	cmd.Env = environment(t, env)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	if err := json.Unmarshal(out.Bytes(), &said); err != nil || errs.Len() > 0 {
		t.Fatalf("%v in %s%s", err, out.String(), errs.String())
	}
	said.text, said.status = out.String(), cmd.ProcessState.ExitCode()
	for _, secret := range []string{signingKey, receiptToken, appSecret, apiKey, readKey} {
		if strings.Contains(said.text, secret) {
			t.Errorf("%s is in %s", secret, said.text)
		}
	}
	return said
}

// finds asserts that a check has a finding of that level whose text begins so.
func (e examined) finds(t testing.TB, level, check, found string) {
	t.Helper()
	if !slices.ContainsFunc(e.Findings, func(f finding) bool {
		return f.Level == level && f.Check == check && strings.HasPrefix(f.Found, found) && (level == "ok" || f.Why != "" && f.Do != "")
	}) {
		t.Errorf("no %s of %s %q in %s", level, check, found, e.text)
	}
	if want := min(e.Problems, 1); e.status != want {
		t.Errorf("status %d with %d problems", e.status, e.Problems)
	}
}

// TestDoctorFinds each fault on a real server.
func TestDoctorFinds(t *testing.T) {
	on := func(args ...string) func(*testing.T) []string {
		return func(t *testing.T) []string { return []string{"XMODE_REDIS=redis://" + storetest.Redis(t, args...)} }
	}
	url := func(url string) func(*testing.T) []string {
		return func(*testing.T) []string { return []string{"XMODE_REDIS=" + url} }
	}
	for name, c := range map[string]struct {
		redis               func(*testing.T) []string
		args                []string
		level, check, found string
	}{
		"evicts":             {on("--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru"), nil, "problem", "eviction", "maxmemory-policy is volatile-lru: "},
		"would evict":        {on("--maxmemory-policy", "allkeys-random"), nil, "warning", "eviction", "maxmemory-policy is allkeys-random, and nothing goes"},
		"nearly full":        {on("--maxmemory", "1mb"), nil, "problem", "memory", ""},
		"nothing on disk":    {on(), nil, "warning", "persistence", "nothing is kept on disk"},
		"no file":            {on("--save", "60 1"), []string{"--durability=fsync"}, "problem", "durability", "fsync, and there is no append-only file"},
		"every second":       {on("--appendonly", "yes"), []string{"--durability=fsync=assumed"}, "problem", "durability", "fsync=assumed, and appendfsync is everysec"},
		"lazy":               {on(append(everyWrite(), "--no-appendfsync-on-rewrite", "yes")...), []string{"--durability=fsync"}, "problem", "durability", "fsync, and no-appendfsync-on-rewrite is yes"},
		"all in order":       {on(everyWrite()...), []string{"--durability=fsync"}, "ok", "durability", "fsync: the server writes before it answers"},
		"no replica":         {on(), []string{"--durability=replicas=1"}, "problem", "durability", "replicas=1, and 0 are connected"},
		"hides its settings": {on(append(everyWrite(), "--rename-command", "CONFIG", "")...), []string{"--durability=fsync"}, "warning", "redis-config", "it hides its configuration"},
		"part of a cluster":  {on("--cluster-enabled", "yes"), nil, "problem", "redis-role", "it is part of a cluster"},
		"wrong password": {func(t *testing.T) []string {
			return []string{"XMODE_REDIS=redis://u:hush-hush@" + storetest.Redis(t)}
		}, nil, "problem", "redis", "no answer: WRONGPASS"},
		"nobody":             {url("redis://u:hush-hush@127.0.0.1:1"), nil, "problem", "redis", "no answer: connection"},
		"no sentinel":        {url("redis+sentinel://:hush-hush@127.0.0.1:1/m"), nil, "problem", "redis", "no answer: "},
		"no cluster":         {url("redis+cluster://:hush-hush@127.0.0.1:1"), nil, "problem", "redis", "no answer: "},
		"elsewhere":          {url("redis://:hush-hush@192.0.2.1:1"), nil, "warning", "redis-access", "beyond this machine, without TLS"}, // which nobody has
		"wrong address":      {url("http://:hush-hush@h"), nil, "problem", "settings", "redis URL: "},
		"embedded":           {url("embedded"), nil, "warning", "persistence", "the store is in the process"},
		"wrong setting":      {on(), []string{"--clock-skew=9h"}, "problem", "settings", ""},
		"admin in the clear": {on(), []string{"--admin-listen=:0", "--admin-insecure"}, "warning", "admin-listener", "it leaves loopback"},
		"no archive":         {on(), []string{"--recordings=file:///absent-folder"}, "problem", "archive", "archive: there is no folder /absent-folder"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			said := examine(t, c.redis(t), c.args...)
			said.finds(t, c.level, c.check, c.found)
			if strings.Contains(said.text, "hush-hush") {
				t.Errorf("the password is in %s", said.text)
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestDoctorOnCluster: each master is seen, and what the cluster lacks.
func TestDoctorOnCluster(t *testing.T) {
	p := storetest.Cluster(t)
	said := examine(t, []string{"XMODE_REDIS=" + p.URL}, "--durability=replicas=1")
	said.finds(t, "ok", "cluster", "all slots are served by 3 masters")
	said.finds(t, "ok", "shard-clocks", "")
	said.finds(t, "ok", "durability", "replicas=1, and 1 are connected")
	examine(t, []string{"XMODE_REDIS=" + storetest.Shards(t).URL}).finds(t, "warning", "cluster", "the master has no replica")
	master := p.Servers[0]
	if _, err := master.Do("CLUSTER", "DELSLOTSRANGE", "0", "9"); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "the cluster to lack slots", func() bool {
		return strings.Contains(examine(t, []string{"XMODE_REDIS=" + p.URL}).text, "have no server")
	})
}

// TestDoctorOnSentinel: the sentinels are asked, and the master that they name.
func TestDoctorOnSentinel(t *testing.T) {
	p := storetest.Sentinel(t, storetest.Access{})
	said := examine(t, []string{"XMODE_REDIS=" + p.URL}, "--durability=replicas=1")
	said.finds(t, "ok", "sentinel", "3 watch the master")
	said.finds(t, "ok", "durability", "replicas=1, and 1 are connected")
	said = examine(t, []string{"XMODE_REDIS=" + strings.Replace(p.URL, p.Sentinels[0].Addr, "127.0.0.1:1", 1)})
	said.finds(t, "warning", "sentinel", "the sentinel does not help: connection")
}

// TestDoctorOnSecrets: weak ones, those that are used twice, files that are open to
// everybody, certificates that end.
func TestDoctorOnSecrets(t *testing.T) {
	redis := "XMODE_REDIS=redis://" + storetest.Redis(t)
	dir := opened(t)
	keys, other := filepath.Join(dir, "keys"), filepath.Join(dir, "other")
	for file, mode := range map[string]os.FileMode{keys: 0o644, other: 0o666} {
		if err := os.WriteFile(file, []byte("0123456789abcdef,"+receiptToken), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
	}
	said := examine(t, []string{redis, "XMODE_HUAWEI_APPS=app:example-secret", "XMODE_ALIYUN_KEYS_FILE=" + keys, "XMODE_ALIYUN_RECEIPT_TOKEN_FILE=" + other})
	said.finds(t, "problem", "weak-secret", "it is, or reads like, an example")
	said.finds(t, "warning", "weak-secret", "its characters follow each other")
	said.finds(t, "problem", "shared-secret", "the same as XMODE_ALIYUN_KEYS, entry 1")
	said.finds(t, "warning", "secret-file", "everybody on this machine can read the file")
	said.finds(t, "problem", "secret-file", "everybody on this machine can write the file")
	for _, f := range said.Findings {
		if f.Check == "weak-secret" && f.Where == "" {
			t.Errorf("it is not said which secret: %+v", f)
		}
	}
	if err := os.Chmod(dir, 0o700); err != nil { // a closed folder closes what is in it
		t.Fatal(err)
	}
	said = examine(t, []string{redis, "XMODE_ALIYUN_KEYS_FILE=" + keys})
	said.finds(t, "ok", "secret-file", "none of 1")
	cert, key := certificate(t, t.TempDir()) // for two days
	examine(t, []string{redis}, "--tls-cert="+cert, "--tls-key="+key).finds(t, "problem", "certificate", "expires at ")
}

// opened is a folder that everybody may enter: those of tests are closed further up.
func opened(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "xmode-e2e-open-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestDoctorStatus: warnings count with --strict, and a wrong flag is wrong usage.
func TestDoctorStatus(t *testing.T) {
	env := []string{"XMODE_REDIS=redis://" + storetest.Redis(t)}
	if said := examine(t, env); said.status != 0 || said.Problems != 0 || said.Warnings == 0 {
		t.Errorf("status %d: %s", said.status, said.text)
	}
	if said := examine(t, env, "--strict"); said.status != 1 {
		t.Errorf("status %d with --strict: %s", said.status, said.text)
	}
	cmd := exec.Command(binary, "doctor", "--no-such-flag")
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("%v, %s", err, out)
	}
	cmd = exec.Command(binary, "doctor")
	cmd.Env = environment(t, env)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "warning  persistence      127.0.0.1:") || !strings.Contains(string(out), "\nproblems: 0, warnings: ") {
		t.Errorf("%v, %s", err, out)
	}
}

// TestDoctorWaitsForNobody: a server that takes connections and says nothing is found
// silent in time.
func TestDoctorWaitsForNobody(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	begun := time.Now()
	examine(t, []string{fmt.Sprintf("XMODE_REDIS=redis://%s", l.Addr())}).finds(t, "problem", "redis", "no answer: ")
	if took := time.Since(begun); took > 15*time.Second {
		t.Errorf("took %v", took)
	}
}
