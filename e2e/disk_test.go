package e2e_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// disk is a small disk of its own, which ends with the test.
type disk struct {
	t testing.TB
	// folder is where any process of the same user finds it.
	folder string
}

// newDisk mounts a disk of so many bytes. It needs no rights where namespaces of users
// are to be had.
func newDisk(t testing.TB, size int) *disk {
	t.Helper()
	at := t.TempDir()
	line := []string{"unshare", "--mount"}
	if os.Getuid() != 0 {
		line = append(line, "--map-root-user")
	}
	line = append(line, "sh", "-c", `mount -t tmpfs -o "size=$1" tmpfs "$2" && echo mounted && exec cat`, "sh", fmt.Sprint(size), at)
	holder := exec.Command(line[0], line[1:]...) // as long as it lives, the disk does
	_, err := holder.StdinPipe()
	said, otherErr := holder.StdoutPipe()
	if err := errors.Join(err, otherErr, holder.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = holder.Process.Kill(); _ = holder.Wait() })
	if _, err := io.ReadFull(said, make([]byte, len("mounted\n"))); err != nil {
		t.Fatalf("this test fills a disk of its own, and may not mount one: run it as root with CAP_SYS_ADMIN, or where users may make namespaces: %v", err)
	}
	return &disk{t, filepath.Join("/proc", fmt.Sprint(holder.Process.Pid), "root", at)}
}

// fill leaves no room on it.
func (d *disk) fill() {
	d.t.Helper()
	file, err := os.OpenFile(d.ballast(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer file.Close()
	for chunk := make([]byte, 1<<20); err == nil; {
		_, err = file.Write(chunk)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatalf("filling the disk: %v", err)
	}
}

// free makes room again.
func (d *disk) free() {
	d.t.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		d.t.Fatal(err)
	}
}

func (d *disk) ballast() string { return filepath.Join(d.folder, "ballast") }
