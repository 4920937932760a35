//go:build unix

package server

import (
	"math"
	"syscall"
)

// openFiles is how many files this process may open; Go has raised the soft limit to
// the hard one by then. 0: nobody knows.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return int(min(uint64(limit.Cur), math.MaxInt32))
}
