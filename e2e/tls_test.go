package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
)

// certificate has openssl make a key and a self-signed certificate.
func certificate(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	out, err := exec.CommandContext(t.Context(), "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
		"-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	return cert, key
}

// TestTLS asks with curl, which checks the certificate, and changes the
// certificate under the running endpoint.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	e := launch(t, nil, "--tls-cert="+cert, "--tls-key="+key, "--admin-tls-cert="+cert, "--admin-tls-key="+key)
	curl := func(url string) (string, error) {
		out, err := exec.CommandContext(t.Context(), "curl", "-sS", "--cacert", cert, "-w", " %{http_code}", url).CombinedOutput()
		return string(out), err
	}
	for _, address := range []string{"https://" + e.public + "/healthz", "https://" + e.admin + "/readyz"} {
		within(t, 20*time.Second, address, func() bool {
			out, err := curl(address)
			return err == nil && strings.HasSuffix(out, " 200")
		})
	}
	certificate(t, dir) // the old files are replaced; curl now trusts the new one only
	within(t, 30*time.Second, "the new certificate", func() bool {
		_, err := curl("https://" + e.public + "/healthz")
		return err == nil
	})
	if _, stderr, status := e.command("", "health", "--url=https://"+e.admin); status != 0 {
		t.Errorf("health: status %d, %s", status, stderr)
	}
}

// TestKeysRotate: on SIGHUP the key files are read again, without a restart.
func TestKeysRotate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	write := func(keys string) {
		if err := os.WriteFile(file, []byte(keys+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("another-key," + signingKey)
	e := serve(t, []string{"XMODE_ALIYUN_KEYS_FILE=" + file, "XMODE_ALIYUN_KEYS_SERVICE_HOST=10.0.0.1"})
	status := func() int { return e.ask(sim.Query{Caller: "13900000022", X: "17000000001"}).Status }
	if got := status(); got != 200 {
		t.Fatalf("status %d with the second key", got)
	}
	write("another-key")
	if err := e.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the key to be refused", func() bool { return status() == 401 })
	write("  ")
	if err := e.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	e.log.find(t, faultyKeys, e.exited)
	write(signingKey)
	if err := e.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the key to be accepted", func() bool { return status() == 200 })
}
