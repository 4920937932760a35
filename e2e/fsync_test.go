package e2e_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestFsyncBeforeAcknowledgement watches the system calls of a Redis server: a
// killed process leaves the page cache behind, so that killing it cannot show
// what a power cut would lose. Between the append of a record and the answer to
// its push there has to be a write to the disk.
func TestFsyncBeforeAcknowledgement(t *testing.T) {
	t.Run("always", func(t *testing.T) {
		for _, fault := range traced(t, "always", "--durability=fsync") {
			t.Error(fault)
		}
	})
	t.Run("the check fails with everysec", func(t *testing.T) {
		faults := traced(t, "everysec", "--durability=fsync=assumed")
		for _, fault := range faults {
			if !strings.HasSuffix(fault, faultUnsynced) {
				t.Error(fault)
			}
		}
		if len(faults) < tracedPushes/2 {
			t.Errorf("%d of %d pushes were acknowledged before they were on disk: the check sees nothing", len(faults), tracedPushes)
		}
	})
}

// tracedPushes is how many records are pushed, one after the other.
const tracedPushes = 40

// traced pushes records to an endpoint whose Redis is traced, and returns what
// is wrong with the order of the server's system calls.
func traced(t *testing.T, appendfsync, durability string) []string {
	file := filepath.Join(t.TempDir(), "trace")
	redis := restartable(t, []string{"strace", "-f", "-ttt", "-y", "-s", "65536", "-o", file,
		"-e", "trace=read,write,writev,sendto,sendmsg,fdatasync,fsync"}, "--appendonly", "yes", "--appendfsync", appendfsync)
	e := serve(t, []string{"XMODE_REDIS=redis://" + redis.addr}, durability, "--push-budget=10s")
	answered := make([]float64, tracedPushes)
	for i := range answered {
		r := e.huawei(huawei(callRecords, fees(plainFee(i))))
		answered[i] = float64(time.Now().UnixNano()) / 1e9
		if r.status != http.StatusOK {
			t.Fatalf("push: %d %s", r.status, r.body)
		}
	}
	redis.quit() // so that the trace is complete
	return disorder(readTrace(t, file), answered)
}

// faultUnsynced is what is wrong where a push was acknowledged too soon.
const faultUnsynced = "acknowledged before it was on disk"

// disorder follows each push through the trace: its command is read, it is
// appended to the log, the log is written to disk, the answer goes out on the
// connection by which the command came, and only then does the platform have
// its own. It returns what is not so.
func disorder(calls []systemCall, answered []float64) (faults []string) {
	for i := range answered {
		mark := fmt.Sprintf("fee-%05d", i)
		fault := func(what string) { faults = append(faults, mark+": "+what) }
		appended := after(calls, -1, func(c systemCall) bool { return c.name == "write" && c.ofLog() && c.says(mark) })
		command := before(calls, appended, func(c systemCall) bool { return c.name == "read" && c.says(mark) })
		if command < 0 {
			fault("not appended, or by nobody")
			continue
		}
		reply := after(calls, appended, func(c systemCall) bool { return c.writes() && c.file == calls[command].file })
		synced := after(calls, appended, func(c systemCall) bool { return strings.HasSuffix(c.name, "sync") && c.ofLog() })
		switch {
		case reply < 0:
			fault("not answered")
		case synced < 0 || synced > reply:
			fault(faultUnsynced)
		case calls[reply].at > answered[i]:
			fault("acknowledged before Redis answered")
		}
	}
	return faults
}

// before is the index of the last call before another one that is wanted; -1:
// none.
func before(calls []systemCall, index int, wanted func(systemCall) bool) int {
	for i := index - 1; i >= 0; i-- {
		if wanted(calls[i]) {
			return i
		}
	}
	return -1
}

// after is the index of the first call after another one that is wanted; -1:
// none.
func after(calls []systemCall, index int, wanted func(systemCall) bool) int {
	for i := index + 1; i < len(calls); i++ {
		if wanted(calls[i]) {
			return i
		}
	}
	return -1
}

// systemCall is a system call that succeeded.
type systemCall struct {
	at         float64 // seconds since 1970 when it began
	name, file string  // what is called, on what
	text       string  // all of its arguments
}

func (c systemCall) says(mark string) bool { return strings.Contains(c.text, mark) }
func (c systemCall) ofLog() bool           { return strings.Contains(c.file, ".aof") }
func (c systemCall) writes() bool {
	return c.name == "write" || c.name == "writev" || strings.HasPrefix(c.name, "send")
}

// A line of strace -f -ttt -y -o: "1234 1714528984.000000 write(8</a/b.aof>, "…", 3) = 3".
// A call during which another thread was seen is split into two lines.
var (
	wholeCall  = regexp.MustCompile(`^(\d+) +(\d+\.\d+) (\w+)\((\d+<.*?>)(.*)\) += (\d+)$`)
	begunCall  = regexp.MustCompile(`^(\d+) +(\d+\.\d+) (\w+)\((\d+<.*?>)(.*) <unfinished \.\.\.>$`)
	resumption = regexp.MustCompile(`^(\d+) +\d+\.\d+ <\.\.\. (\w+) resumed>(.*)\) += (\d+)$`)
)

// readTrace reads the calls that succeeded, in the order in which they were
// over.
func readTrace(t *testing.T, name string) (calls []systemCall) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	begun := map[string]systemCall{} // by thread
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if m := wholeCall.FindStringSubmatch(lines.Text()); m != nil {
			calls = append(calls, callOf(m))
		} else if m := begunCall.FindStringSubmatch(lines.Text()); m != nil {
			begun[m[1]] = callOf(m)
		} else if m := resumption.FindStringSubmatch(lines.Text()); m != nil && begun[m[1]].name == m[2] {
			c := begun[m[1]]
			c.text += m[3]
			calls = append(calls, c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return calls
}

func callOf(m []string) systemCall {
	at, _ := strconv.ParseFloat(m[2], 64) // digits and a point
	return systemCall{at: at, name: m[3], file: m[4], text: m[5]}
}
