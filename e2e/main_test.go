package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"xmode/internal/leaktest"
)

// binary is the program under test, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(withBinary(m))
}

func withBinary(m *testing.M) int {
	flag.Parse()
	if flag.Lookup("test.parallel").Value.String() == fmt.Sprint(runtime.GOMAXPROCS(0)) {
		// Those that run beside each other wait for leases to end, and do little else.
		_ = flag.Set("test.parallel", "6")
	}
	dir, err := os.MkdirTemp("", "xmode-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "xmode")
	args := []string{"build", "-race"}
	if playsAll() { // figures are those of the binary that people run
		args = []string{"build"}
	}
	build := exec.Command("go", append(args, "-o", binary, "xmode/cmd/xmode")...)
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building xmode: %v\n%s", err, out)
		return 1
	}
	defer kept.print(os.Stdout)
	return leaktest.Run(m, toxicStub)
}
