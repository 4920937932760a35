package recording_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"xmode/platform"
	"xmode/recording"
)

// How a test process comes by a disk that is full.
const (
	diskVariable = "XMODE_TEST_SMALL_DISK"
	mountDisk    = "mount" // it may mount one
	limitFiles   = "limit" // no file may grow beyond some size
)

const diskSize = 256 << 10

// TestDiskFull fetches a file that is larger than the disk, in a process of its own.
func TestDiskFull(t *testing.T) {
	switch os.Getenv(diskVariable) {
	case mountDisk:
		dir := t.TempDir()
		if err := mountTmpfs(dir); err != nil {
			t.Skipf("cannot mount: %v", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		overfills(t, dir, "storage: no space left on device", syscall.ENOSPC)
	case limitFiles:
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: diskSize, Max: diskSize}); err != nil {
			t.Fatal(err)
		}
		overfills(t, t.TempDir(), "storage: file too large", syscall.EFBIG)
	default:
		inAnotherProcess(t)
	}
}

// mountTmpfs mounts a small disk, which nobody outside this process sees.
func mountTmpfs(dir string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", diskSize))
}

// overfills fetches more than there is room for, and then what there is room for.
func overfills(t *testing.T, dir, want string, is error) {
	t.Helper()
	a := open(t, "file://"+dir)
	fetch := func(size int) error {
		create := func(ext, contentType string) (recording.Target, error) {
			return a.Create(t.Context(), "2026-07/abc"+ext, contentType)
		}
		address := platform.NewSecret(serve(t, gives("audio/wav", wav(size))))
		_, err := downloader(t, nil).Fetch(t.Context(), address, nil, create)
		return err
	}
	err := fetch(4 * diskSize)
	failedWith(t, err, want)
	if !errors.Is(err, is) {
		t.Errorf("%v is not %v", err, is)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("there are %q", left)
	}
	if err := fetch(diskSize / 2); err != nil {
		t.Error(err)
	}
}

// inAnotherProcess tries one way after the other; the last one needs no rights.
func inAnotherProcess(t *testing.T) {
	own := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	private := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	for _, way := range []struct {
		how        string
		attributes *syscall.SysProcAttr
	}{{mountDisk, private}, {mountDisk, own}, {limitFiles, nil}} {
		child := exec.Command(os.Args[0], "-test.run=^TestDiskFull$", "-test.v")
		child.Env = append(os.Environ(), diskVariable+"="+way.how)
		child.SysProcAttr = way.attributes
		out, err := child.CombinedOutput()
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			continue // no such process may be started
		}
		if err == nil && bytes.Contains(out, []byte("--- SKIP")) {
			continue
		}
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		t.Logf("by %s\n%s", way.how, out)
		return
	}
	t.Fatal("no disk could be filled")
}
