package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"xmode/server"
)

// parse reads flags and variables as a command does.
func parse(t *testing.T, env []string, args ...string) (*server.Input, *server.Settings) {
	t.Helper()
	in, err := server.NewInput(env)
	if err != nil {
		t.Fatal(err)
	}
	s := server.NewSettings()
	parser, err := kong.New(&s, in.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	return in, &s
}

// load reads and checks settings.
func load(t *testing.T, env []string, args ...string) (*server.Settings, error) {
	t.Helper()
	in, s := parse(t, env, args...)
	return s, in.Load(s)
}

// mustLoad is load for settings that are right.
func mustLoad(t *testing.T, env []string, args ...string) *server.Settings {
	t.Helper()
	s, err := load(t, env, args...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// file writes a file and returns its name.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultsAreThoseOfTheInterface(t *testing.T) {
	want := map[string]string{
		"XMODE_LISTEN": ":8080", "XMODE_ADMIN_LISTEN": "127.0.0.1:8081", "XMODE_ADMIN_INSECURE": "false",
		"XMODE_TLS_CERT": "", "XMODE_TLS_KEY": "", "XMODE_ADMIN_TLS_CERT": "", "XMODE_ADMIN_TLS_KEY": "",
		"XMODE_REDIS": "(not set)", "XMODE_REDIS_PREFIX": "xmode", "XMODE_API_KEYS": "(not set)",
		"XMODE_ALIYUN_KEYS": "(not set)", "XMODE_ALIYUN_SIGNATURE": "any", "XMODE_ALIYUN_MODEL": "object",
		"XMODE_ALIYUN_FIELDS": "", "XMODE_ALIYUN_IVR_CODE": "", "XMODE_ALIYUN_REJECT_CODE": "",
		"XMODE_CLOCK_SKEW": "5m0s", "XMODE_DECISION_BUDGET": "500ms", "XMODE_FALLBACK": "reject",
		"XMODE_LANDLINE_CALLERS": "allow", "XMODE_MAX_ASKS": "3", "XMODE_CALLBACK_WINDOW": "72h0m0s",
		"XMODE_ALIYUN_RECEIPT_TOKEN": "(not set)", "XMODE_HUAWEI_APPS": "(not set)", "XMODE_HUAWEI_INFO": "object",
		"XMODE_HUAWEI_RECORD_HINT": "", "XMODE_HUAWEI_CLOSE_HINT": "",
		"XMODE_PUSH_BUDGET": "500ms", "XMODE_PUSH_WINDOW": "11h0m0s", "XMODE_DURABILITY": "memory",
		"XMODE_RECORD_PARTITIONS": "1", "XMODE_RETENTION": "2160h0m0s", "XMODE_STREAM_RAW": "true",
		"XMODE_ALIYUN_ACCESS_KEY_ID": "(not set)", "XMODE_ALIYUN_ACCESS_KEY_SECRET": "(not set)", "XMODE_ALIYUN_POOL_KEY": "",
		"XMODE_ALIYUN_API": "https://dyplsapi.aliyuncs.com", "XMODE_ALIYUN_RECORDING_DELAY": "15m0s",
		"XMODE_HUAWEI_API": "https://rtcpns.cn-north-1.myhuaweicloud.com",
		"XMODE_RECORDINGS": "", "XMODE_RECORDING_HOSTS": ".aliyuncs.com,.huawei.com,.myhuaweicloud.com", "XMODE_RECORDING_ALLOW_PRIVATE": "false",
		"XMODE_RECORDING_INSECURE_HOSTS": "", "XMODE_RECORDING_CA": "", "XMODE_RECORDING_MAX_SIZE": "1024MiB", "XMODE_RECORDING_WORKERS": "4",
		"XMODE_RECORDING_RETRY": "30s", "XMODE_RECORDING_RATE": "0", "XMODE_RECORDING_RETENTION": "2160h0m0s",
		"XMODE_PLATFORM_SOURCES": "", "XMODE_TRUSTED_PROXIES": "", "XMODE_AUTH_FAILURES": "600", "XMODE_MAX_CONNECTIONS": "16384",
		"XMODE_DRAIN_DELAY": "3s",
		"XMODE_PRESETS":     "", "XMODE_MAX_BODY": "1MiB", "XMODE_LOG_FORMAT": "text", "XMODE_LOG_LEVEL": "info",
	}
	all, err := mustLoad(t, nil).Variables()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, v := range all {
		got[v.Name] = v.Value
		if !strings.HasSuffix(v.Help, ".") {
			t.Errorf("help of %s is no sentence: %q", v.Name, v.Help)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestFlagBeatsVariableBeatsDefault(t *testing.T) {
	env := []string{"XMODE_CLOCK_SKEW=1m", "XMODE_MAX_BODY=512KiB", "XMODE_LOG_LEVEL=", "XMODE_ADMIN_INSECURE=true", "HOME=/x"}
	s := mustLoad(t, env, "--clock-skew=2m")
	if s.ClockSkew != 2*time.Minute {
		t.Errorf("flag: clock skew is %s", s.ClockSkew)
	}
	if s.MaxBody != 512<<10 || !s.AdminInsecure {
		t.Errorf("variable: max body %s, admin insecure %t", s.MaxBody, s.AdminInsecure)
	}
	if s.LogLevel != "info" {
		t.Errorf("an empty variable counts as %q, want the default", s.LogLevel)
	}
}

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	empty := file(t, "empty", "\n")
	_, err := load(t, []string{
		"XMODE_CLOCK_SKEW=2h", "XMODE_LOG_LEVEL=loud", "XMODE_FALLBACK=hope", "XMODE_ADMIN_INSECURE=perhaps",
		"XMODE_LISTEN=8080", "XMODE_MAX_BODY=1KiB", "XMODE_MAX_ASKS=-1", "XMODE_REDIS_PREFIX={x}", "XMODE_TLS_CERT=/a",
		"XMODE_API_KEYS=ops:admin:short,ops:king:0123456789abcdef", "XMODE_ALIYUN_KEYS=one,,one", "XMODE_ALIYUN_FIELDS=calledNo",
		"XMODE_REDIS=redis://127.0.0.1", "XMODE_REDIS_FILE=/b", "XMODE_TYPO=1", "XMODE_LISTEN_FILE=/c",
		"XMODE_DURABILITY=paper", "XMODE_RECORD_PARTITIONS=0", "XMODE_RETENTION=1m", "XMODE_PUSH_BUDGET=1ms", "XMODE_PUSH_WINDOW=169h",
		"XMODE_PLATFORM_SOURCES=10.0.0.0/8,10/8,fe80::1%1", "XMODE_TRUSTED_PROXIES=proxy", "XMODE_AUTH_FAILURES=-1", "XMODE_DRAIN_DELAY=6m",
		"XMODE_MAX_CONNECTIONS=2",
		"XMODE_HUAWEI_APPS=ak", "XMODE_HUAWEI_INFO=list", "XMODE_ALIYUN_RECEIPT_TOKEN=short", "XMODE_API_KEY_FILE=" + empty,
	}, "--decision-budget=11s", "--callback-window=soon", "--landline-callers=maybe", "--presets="+file(t, "p.json", `{"7":[]}`))
	var faults server.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want Faults", err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.Error())
	}
	want := []string{
		"XMODE_ADMIN_INSECURE: bool value must be true, 1, yes, false, 0 or no but got \"perhaps\"",
		"XMODE_ALIYUN_FIELDS: not of the form NAME=NAME,NAME=-",
		"XMODE_ALIYUN_KEYS: key 2 is empty, key 3 repeats an earlier one",
		"XMODE_ALIYUN_RECEIPT_TOKEN: token 1 has fewer than 16 characters",
		"XMODE_API_KEYS: entry 1: key: must be at least 16 printable ASCII characters without spaces; entry 2: role: must be read, provision or admin",
		"XMODE_AUTH_FAILURES: \"-1\" is less than 0",
		"XMODE_CALLBACK_WINDOW: expected duration but got \"soon\": time: invalid duration \"soon\"",
		"XMODE_CLOCK_SKEW: \"2h0m0s\" is more than 1h",
		"XMODE_DECISION_BUDGET: \"11s\" is more than 10s",
		"XMODE_DRAIN_DELAY: \"6m0s\" is more than 5m",
		"XMODE_DURABILITY: \"paper\": must be memory, replicas=N (1 to 16), fsync or fsync=assumed",
		"XMODE_FALLBACK: \"hope\" is none of reject, stale",
		"XMODE_HUAWEI_APPS: app 1 is not of the form appkey:secret",
		"XMODE_HUAWEI_INFO: \"list\" is none of object, array",
		"XMODE_LANDLINE_CALLERS: \"maybe\" is none of allow, reject",
		"XMODE_LISTEN: \"8080\" is no address such as :8080 or 127.0.0.1:8081",
		"XMODE_LISTEN_FILE: is no setting",
		"XMODE_LOG_LEVEL: \"loud\" is none of debug, info, warn, error",
		"XMODE_MAX_ASKS: \"-1\" is less than 0",
		"XMODE_MAX_BODY: \"1KiB\" is less than 16KiB",
		"XMODE_MAX_CONNECTIONS: \"2\" is less than 16",
		"XMODE_PLATFORM_SOURCES: entry 2: \"10/8\" is no range such as 10.0.0.0/8 or 2001:db8::/32; entry 3: \"fe80::1%1\" is no range such as 10.0.0.0/8 or 2001:db8::/32",
		"XMODE_PRESETS: FILE: 7: must be an object",
		"XMODE_PUSH_BUDGET: \"1ms\" is less than 10ms",
		"XMODE_PUSH_WINDOW: \"169h0m0s\" is more than 168h",
		"XMODE_RECORD_PARTITIONS: \"0\" is less than 1",
		"XMODE_REDIS: set both here and in XMODE_REDIS_FILE",
		"XMODE_REDIS_PREFIX: \"{x}\" is not 1 to 64 letters, digits and _ . : -",
		"XMODE_RETENTION: \"1m0s\" is less than 1h",
		"XMODE_TLS_KEY: not set, but XMODE_TLS_CERT is",
		"XMODE_TRUSTED_PROXIES: entry 1: \"proxy\" is no range such as 10.0.0.0/8 or 2001:db8::/32",
		"XMODE_TYPO: is no setting",
	}
	for i := range got {
		if strings.HasPrefix(got[i], "XMODE_PRESETS: ") {
			got[i] = "XMODE_PRESETS: FILE" + got[i][strings.Index(got[i], ": 7"):]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestAFaultOfWhatPlatformsShareIsReportedOnce(t *testing.T) {
	_, err := load(t, []string{"XMODE_CLOCK_SKEW=0s", "XMODE_ALIYUN_KEYS=" + aliyunKey})
	if want := `XMODE_CLOCK_SKEW: "0s" is less than 1s`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestVariablesOfKubernetesAreIgnored(t *testing.T) {
	mustLoad(t, []string{
		"XMODE_SERVICE_HOST=10.0.0.1", "XMODE_SERVICE_PORT=8080", "XMODE_SERVICE_PORT_HTTP=8080", "XMODE_PORT=tcp://10.0.0.1:8080",
		"XMODE_PORT_8080_TCP=tcp://10.0.0.1:8080", "XMODE_PORT_8080_TCP_ADDR=10.0.0.1", "XMODE_ADMIN_SERVICE_HOST=10.0.0.2", "XMODE_ADMIN_PORT=tcp://10.0.0.2:8081",
	})
	for _, entry := range []string{"XMODE_SERVICEHOST=x", "XMODE_REDIS_PORTS=1", "XMODE_IMPORT=1", "XMODE_=1"} {
		name, _, _ := strings.Cut(entry, "=")
		_, err := load(t, []string{entry})
		if want := name + ": is no setting"; err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %q", entry, err, want)
		}
	}
}

// An empty setting is none, whatever its form; a name that is no setting is a
// fault with and without a value.
func TestEmptyVariables(t *testing.T) {
	mustLoad(t, []string{"XMODE_CLOCK_SKEW=", "XMODE_API_KEYS=", "XMODE_API_KEYS_FILE=", "XMODE_API_KEY=", "XMODE_PORT="})
	for _, name := range []string{"XMODE_NONSENSE", "XMODE_LISTEN_FILE", "XMODE_"} {
		_, err := load(t, []string{name + "="})
		if want := name + ": is no setting"; err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	s := mustLoad(t, []string{"XMODE_API_KEYS_FILE=" + file(t, "keys", "ops:admin:0123456789abcdef\r\n")})
	if got := s.APIKeys.Reveal(); got != "ops:admin:0123456789abcdef" {
		t.Errorf("got %q", got)
	}
	empty, absent := file(t, "keys", "\n"), filepath.Join(t.TempDir(), "absent")
	for name, want := range map[string]string{
		empty:  "XMODE_API_KEYS_FILE: file is empty",
		absent: "XMODE_API_KEYS_FILE: open the file: no such file or directory",
		file(t, "long", strings.Repeat("x", 1<<20+1)): "longer than 1MiB",
	} {
		_, err := load(t, []string{"XMODE_API_KEYS_FILE=" + name})
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestServingNeedsAStore(t *testing.T) {
	in, s := parse(t, nil)
	want := "XMODE_REDIS: not set: name a Redis server such as redis://127.0.0.1:6379, or embedded to try xmode out"
	if err := in.LoadToServe(s); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	in, s = parse(t, []string{"XMODE_REDIS=embedded"})
	if err := in.LoadToServe(s); err != nil {
		t.Error(err)
	}
}

func TestAdminListenerBeyondLoopbackNeedsTLSOrConsent(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	const refused = "XMODE_ADMIN_LISTEN: beyond loopback it needs TLS (XMODE_ADMIN_TLS_CERT) or --admin-insecure (XMODE_ADMIN_INSECURE=true)"
	for _, c := range []struct {
		want string
		args []string
	}{
		{"", []string{"--admin-listen=127.0.0.1:0"}},
		{"", []string{"--admin-listen=[::1]:0"}},
		{"", []string{"--admin-listen=localhost:8081"}},
		{"", []string{"--admin-listen=127.8.8.8:1"}},
		{refused, []string{"--admin-listen=:8081"}},
		{refused, []string{"--admin-listen=0.0.0.0:8081"}},
		{refused, []string{"--admin-listen=[::]:8081"}},
		{refused, []string{"--admin-listen=192.0.2.1:8081"}},
		{refused, []string{"--admin-listen=example.org:8081"}},
		{"", []string{"--admin-listen=:8081", "--admin-insecure"}},
		{"", []string{"--admin-listen=:8081", "--admin-tls-cert=" + cert, "--admin-tls-key=" + key}},
	} {
		_, err := load(t, nil, c.args...)
		if got := fmt.Sprint(err); got != c.want && (err != nil || c.want != "") {
			t.Errorf("%v: got %v, want %q", c.args, err, c.want)
		}
	}
}

func TestCertificatesAreCheckedAtStart(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	otherCert, _ := writeCertificate(t, t.TempDir(), 2)
	mustLoad(t, nil, "--tls-cert="+cert, "--tls-key="+key)
	for want, args := range map[string][]string{
		"XMODE_TLS_CERT: tls: private key does not match public key":    {"--tls-cert=" + otherCert, "--tls-key=" + key},
		"XMODE_TLS_CERT: not set, but XMODE_TLS_KEY is":                 {"--tls-key=" + key},
		"XMODE_ADMIN_TLS_CERT: open /absent: no such file or directory": {"--admin-tls-cert=/absent", "--admin-tls-key=" + key},
		"XMODE_ADMIN_TLS_KEY: not set, but XMODE_ADMIN_TLS_CERT is":     {"--admin-tls-cert=" + cert},
	} {
		if _, err := load(t, nil, args...); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	const marker = "Secret5ecret5ecret"
	env := []string{
		"XMODE_REDIS=redis://user:" + marker + "@127.0.0.1:6379/0", "XMODE_API_KEYS=ops:admin:" + marker, "XMODE_ALIYUN_KEYS=" + marker,
	}
	s := mustLoad(t, env)
	all, err := s.Variables()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "settings", s, "secret", s.APIKeys)
	texts := []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %s", *s, *s, s.Redis), fmt.Sprint(all), log.String()}
	for _, wrong := range [][]string{
		{"XMODE_REDIS=" + marker}, {"XMODE_REDIS=redis://u:" + marker + "@h:port/x/y"}, {"XMODE_REDIS=http://:" + marker + "@h%zz"},
		{"XMODE_API_KEYS=" + marker}, {"XMODE_API_KEYS=ops:" + marker}, {"XMODE_API_KEYS=" + marker + ":" + marker + ":x"},
		{"XMODE_ALIYUN_KEYS=" + marker + "," + marker}, {"XMODE_ALIYUN_KEYS= " + marker}, {"XMODE_UNKNOWN=" + marker},
	} {
		_, err := load(t, wrong)
		if err == nil {
			t.Errorf("%s: no fault", wrong)
		}
		texts = append(texts, fmt.Sprint(err))
	}
	for _, text := range texts {
		if strings.Contains(text, marker) {
			t.Errorf("shows a secret: %s", text)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]server.Size{"1MiB": 1 << 20, "512KiB": 512 << 10, "4096": 4096, "0": 0, "2MiB": 2 << 20} {
		var got server.Size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for size, want := range map[server.Size]string{1 << 20: "1MiB", 1536 << 10: "1536KiB", 100: "100", 0: "0"} {
		if got := size.String(); got != want {
			t.Errorf("%d prints as %s, want %s", int64(size), got, want)
		}
	}
	for _, text := range []string{"", "MiB", "1MB", "1 MiB", "-1", "1.5MiB", "9999999999999MiB"} {
		var got server.Size
		want := fmt.Sprintf("%q is no size such as 1MiB, 512KiB or 4096", text)
		if err := got.UnmarshalText([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
