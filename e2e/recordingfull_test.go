package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"xmode/internal/s3test"
	"xmode/simulator"
)

// launched by a shell that first mounts a small disk, which nobody else sees.
const onSmallDisk = `mount -t tmpfs -o size=2m tmpfs "$1" && shift && exec "$@"`

// smallDisk has the endpoints that it launches run on a disk of 2 MiB that is mounted on
// a folder; it needs no rights where namespaces of users are to be had.
func smallDisk(t testing.TB, folder string) (wrap []string) {
	t.Helper()
	wrap = []string{"unshare", "--mount"}
	if os.Getuid() != 0 {
		wrap = append(wrap, "--map-root-user")
	}
	wrap = append(wrap, "sh", "-c", onSmallDisk, "sh", folder)
	if out, err := exec.CommandContext(t.Context(), wrap[0], append(wrap[1:], "true")...).CombinedOutput(); err != nil {
		t.Fatalf("this test fills a disk of its own, and may not mount one: run it as root with CAP_SYS_ADMIN, or where users may make namespaces: %v\n%s", err, out)
	}
	return wrap
}

// sees is a folder as the endpoint's process sees it.
func (e *endpoint) sees(folder string) string {
	return filepath.Join("/proc", fmt.Sprint(e.cmd.Process.Pid), "root", folder)
}

// TestRecordingsOnAFullDisk: what does not fit leaves nothing behind, the log says why
// nothing is kept, and once there is room it is, without anybody's doing.
func TestRecordingsOnAFullDisk(t *testing.T) {
	t.Parallel()
	folder, c := t.TempDir(), newClouds(t, cloudConfig{})
	s := newStock(c, 4, 300_000)
	e := serveBy(t, smallDisk(t, folder), c.env(), c.flags("--recordings=file://"+folder)...)
	ballast := filepath.Join(e.sees(folder), "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk takes 4 MiB: %v", err)
	}
	if err := os.Truncate(ballast, 2<<20-200_000); err != nil { // room for two thirds of one
		t.Fatal(err)
	}
	s.push(e)
	within(t, 20*time.Second, "the archive to take nothing of either platform", func() bool {
		seen := map[string]bool{}
		for _, r := range e.recordings("state=pending") {
			seen[r.Platform] = seen[r.Platform] || r.Error == "storage: no space left on device"
		}
		return seen["huawei"] && seen["aliyun"]
	})
	for _, platform := range []string{"huawei", "aliyun"} {
		said := `level=ERROR msg="the archive does not take recordings" platform=` + platform + ` error="storage: no space left on device"`
		within(t, 10*time.Second, "the log to say why", func() bool { return strings.Contains(e.log.String(), said) })
		if n := strings.Count(e.log.String(), said); n > 2 { // once a minute
			t.Errorf("said %d times: %s", n, said)
		}
	}
	within(t, 10*time.Second, "half files to be gone", func() bool { return len(filesIn(t, e.sees(folder))) == 1 })
	if e.count("pending") != 4 || e.get("http://"+e.admin+"/readyz?strict=1").status != 200 {
		t.Errorf("recordings %+v", e.recordings(""))
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	freed := time.Now()
	s.archived(e, 30*time.Second)
	t.Logf("archived %v after there was room", time.Since(freed).Round(time.Millisecond))
	s.holds(e, e.sees(folder))
	s.neverTwiceAtOnce(t)
	e.hides(accessSecret, "session-rec", "call^rec", "huawei-0", "aliyun-0", "13900000022", folder)
}

// TestRecordingsThatABucketRefuses: wrong credentials are said, and neither they nor the
// bucket's name.
func TestRecordingsThatABucketRefuses(t *testing.T) {
	t.Parallel()
	bucket, c := s3test.Start(t), newClouds(t, cloudConfig{})
	refused := bucket
	refused.SecretKey = "s3cr3t-that-is-wrong"
	e := serve(t, c.env(refused.Env()...), c.flags("--recordings=s3://"+bucket.Bucket+"?region="+bucket.Region+"&endpoint="+bucket.Endpoint+"&use_path_style=true")...)
	c.storage.Put("file.wav", simulator.Audio{Format: simulator.WAV, Size: 20_000})
	e.fees(recordedFee("h-refused", "file.wav"))
	within(t, 20*time.Second, "the refusal", func() bool {
		r := e.recordings("")["h-refused"]
		return r.State == "pending" && r.Error == "storage: SignatureDoesNotMatch" && r.Key == ""
	})
	if said := `level=ERROR msg="the archive does not take recordings" platform=huawei error="storage: SignatureDoesNotMatch"`; !strings.Contains(e.log.String(), said) {
		t.Errorf("the log does not say %s:\n%s", said, e.log)
	}
	if r := e.get("http://" + e.admin + "/readyz?strict=1"); r.status != 200 {
		t.Errorf("readiness: %d %s", r.status, r.body)
	}
	e.hides("s3cr3t", bucket.Bucket+"/", bucket.Endpoint, "h-refused", "file.wav")
}
