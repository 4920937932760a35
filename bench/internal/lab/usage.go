package lab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Resident is the memory that the process holds now (VmRSS), in bytes.
func (p *Process) Resident() (int64, error) { return p.memory("VmRSS:") }

// Peak is the most memory that the process held (VmHWM), in bytes, since it began
// or since [Process.ForgetPeak].
func (p *Process) Peak() (int64, error) { return p.memory("VmHWM:") }

// ForgetPeak has [Process.Peak] begin anew with what the process holds now.
func (p *Process) ForgetPeak() error {
	return os.WriteFile(p.proc("clear_refs"), []byte("5"), 0)
}

// proc is a file in which the system tells of the process.
func (p *Process) proc(name string) string {
	return fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name)
}

// errNoMemory: the system does not tell what memory a process holds.
var errNoMemory = errors.New("not in the status of the process")

func (p *Process) memory(name string) (int64, error) {
	status, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, name); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("%s %w", name, errNoMemory)
}

// tick is the unit of times in /proc on Linux.
const tick = 10 * time.Millisecond

// CPU is the time that the process has computed, the system's work for it included.
func (p *Process) CPU() (time.Duration, error) {
	stat, err := os.ReadFile(p.proc("stat"))
	if err != nil {
		return 0, err
	}
	// The name, in brackets, may hold spaces; utime and stime are the fields 14 and 15.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	var sum time.Duration
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}
