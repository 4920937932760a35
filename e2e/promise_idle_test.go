package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestPromiseIdleConnections holds queries beside a crowd of connections on which next to
// nothing happens against queries without it, in turn.
func TestPromiseIdleConnections(t *testing.T) {
	atLength(t)
	const quiet, slow, rounds, lasts, limit = 10_000, 1000, 7, 15 * time.Second, 1.5
	promised(t, fmt.Sprintf("%d idle and %d slow-sending connections", quiet, slow),
		fmt.Sprintf("the 99th percentile of queries is at most %.1f times what it is without them", limit))
	e := serve(t, nil)
	e.bind(askedPair)
	askFor(e, 300, 2*time.Second)
	var without, with, ratios []float64
	var memory [2]int
	for range rounds {
		a := percentileOf(askFor(e, 300, lasts))
		memory[0] = max(memory[0], e.resident())
		leave := crowdOf(t, e.public, quiet, slow)
		b := percentileOf(askFor(e, 300, lasts))
		memory[1] = max(memory[1], e.resident())
		leave()
		without, with, ratios = append(without, a), append(with, b), append(ratios, b/a)
	}
	measured(t, "99th percentile of %d rounds: %.1f ms without, %.1f ms with them, ratio %.2f (%.2f)",
		rounds, median(without), median(with), median(with)/median(without), ratios)
	measured(t, "resident memory: %d MiB without, %d MiB with them", memory[0]>>20, memory[1]>>20)
	if ratio := median(with) / median(without); ratio > limit {
		t.Errorf("queries take %.2f times as long", ratio)
	}
	if most := 256 << 20; memory[1]-memory[0] > most {
		t.Errorf("the connections take %d MiB", (memory[1]-memory[0])>>20)
	}
}

// percentileOf is the 99th percentile of answers in milliseconds; all are well-formed.
func percentileOf(all responses) float64 {
	return float64(all.percentile(0.99)) / float64(time.Millisecond)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// resident is the memory of the endpoint's process in bytes.
func (e *endpoint) resident() int {
	e.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", e.cmd.Process.Pid))
	if err != nil {
		e.t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(status))[1])
	if err != nil {
		e.t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// crowdOf opens connections that stay: quiet ones after a request each, and slow ones
// that send a byte of a header twice a second, again and again.
func crowdOf(t *testing.T, addr string, quiet, slow int) (leave func()) {
	t.Helper()
	end := make(chan struct{})
	var group sync.WaitGroup
	var there atomic.Int64
	open := make(chan struct{}, 64) // so many are being opened at a time
	stay := func(one func(net.Conn, func())) {
		group.Go(func() {
			for first := true; ; first = false {
				open <- struct{}{}
				conn, err := net.Dial("tcp", addr)
				<-open
				if err == nil {
					one(conn, func() {
						if first {
							there.Add(1)
						}
					})
					_ = conn.Close()
				}
				select {
				case <-end:
					return
				case <-time.After(100 * time.Millisecond):
				}
			}
		})
	}
	for range quiet {
		stay(func(conn net.Conn, arrived func()) { keepQuiet(conn, arrived, end) })
	}
	for range slow {
		stay(func(conn net.Conn, arrived func()) { sendSlowly(conn, arrived, end) })
	}
	within(t, time.Minute, "the crowd to be there", func() bool { return there.Load() == int64(quiet+slow) })
	return sync.OnceFunc(func() { close(end); group.Wait() })
}

// keepQuiet makes one request and says nothing more, until the end or the other side
// hangs up.
func keepQuiet(conn net.Conn, arrived func(), end <-chan struct{}) {
	_, _ = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		return
	}
	_ = answer.Body.Close()
	arrived()
	gone := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, conn); close(gone) }()
	select {
	case <-gone:
	case <-end:
		_ = conn.Close()
		<-gone
	}
}

// sendSlowly sends a request that does not end.
func sendSlowly(conn net.Conn, arrived func(), end <-chan struct{}) {
	_, err := io.WriteString(conn, "POST /huawei/cdrs HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	arrived()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for err == nil {
		select {
		case <-tick.C:
			_, err = conn.Write([]byte("z"))
		case <-end:
			return
		}
	}
}
