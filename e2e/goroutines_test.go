package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/simulator"
)

// spareGoroutines is by how many there may be more after a load than before: those of
// the connection that asks for the metric, and what happens to be at work.
const spareGoroutines = 10

// TestServeLeavesNoGoroutinesBehind: after queries, pushes, imports, streams,
// recordings, senders that go away in the middle, and a Redis that hung meanwhile,
// there are as many goroutines as before.
func TestServeLeavesNoGoroutinesBehind(t *testing.T) {
	t.Parallel()
	redis := pausable(t)
	c := newClouds(t, cloudConfig{})
	e := serve(t, c.env("XMODE_REDIS=redis://"+redis.addr), c.flags("--recordings=file://"+t.TempDir())...)
	e.bind(pairBinding)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	goroutines := func() float64 {
		client.CloseIdleConnections()
		http.DefaultClient.CloseIdleConnections()
		return e.metric("go_goroutines")
	}
	e.manyThings(t, client, c.storage, 0)
	before := smallest(goroutines)
	for round := range 4 {
		e.manyThings(t, client, c.storage, round+1)
		redis.pause()
		e.manyQuestions(client, 40)
		e.goneInTheMiddle(t, 40)
		redis.resume()
	}
	within(t, 20*time.Second, "readiness", func() bool { return e.get("http://"+e.admin+"/readyz?strict=1").status == http.StatusOK })
	last := 0.
	within(t, 60*time.Second, fmt.Sprintf("at most %v goroutines", before+spareGoroutines), func() bool {
		last = goroutines()
		return last <= before+spareGoroutines
	})
	t.Logf("%v goroutines before, %v after", before, last)
}

// smallest of a hundred readings: what is still ending, and what happens to be at work,
// does not count.
func smallest(read func() float64) float64 {
	least := read()
	for range 100 {
		least = min(least, read())
	}
	return least
}

// manyThings are some of everything, in one round of several.
func (e *endpoint) manyThings(t *testing.T, client *http.Client, storage *simulator.Storage, round int) {
	t.Helper()
	e.manyQuestions(client, 200)
	for i := range 10 {
		e.push(callRecords, fees(plainFees(round*1000+i*50, 50)...))
		session, file := fmt.Sprintf("goroutines-%d-%d", round, i), fmt.Sprintf("g-%d-%d.wav", round, i)
		storage.Put(file, simulator.Audio{Format: simulator.WAV, Size: 20_000})
		e.fees(recordedFee(session, file))
		e.api(http.MethodGet, "/v1/cdrs?limit=50", "")
		e.imports(t, client, manyLines(round, i))
	}
	e.goneInTheMiddle(t, 40)
	within(t, 60*time.Second, "the recordings", func() bool {
		return e.metric("xmode_recording_attempts_total", `result="archived"`) >= float64(10*(round+1))
	})
}

// imports lines, which have to be taken.
func (e *endpoint) imports(t *testing.T, client *http.Client, lines string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+e.admin+"/v1/bindings/import", strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	if strings.Contains(string(answer), "error") || strings.Count(string(answer), "\n") != strings.Count(lines, "\n") {
		t.Fatalf("import: %d %s", resp.StatusCode, answer)
	}
}

func manyLines(round, i int) string {
	var lines strings.Builder
	for j := range 20 {
		fmt.Fprintf(&lines, `{"x":"1710%03d%02d%02d","a":"13800000021"}`+"\n", round, i, j)
	}
	return lines.String()
}

// manyQuestions are asked at once.
func (e *endpoint) manyQuestions(client *http.Client, n int) {
	var group sync.WaitGroup
	work := make(chan int)
	platform, err := sim.New(sim.Config{URL: "http://" + e.public + "/aliyun/call-control", Key: signingKey, HTTP: client, Now: time.Now})
	if err != nil {
		e.t.Fatal(err)
	}
	for range 16 {
		group.Go(func() {
			for i := range work {
				_, _ = platform.Send(e.t.Context(), sim.Query{Caller: "13900000022", X: "17000000001", CallID: fmt.Sprint("many-", i)})
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	group.Wait()
}

// goneInTheMiddle are senders and readers that go away before they are done.
func (e *endpoint) goneInTheMiddle(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		listener, text := e.public, "POST /huawei/cdrs HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{"
		switch i % 3 {
		case 1:
			listener, text = e.admin, "GET /v1/cdrs HTTP/1.1\r\nHost: h\r\nAccept: application/x-ndjson\r\nAuthorization: Bearer "+apiKey+"\r\n\r\n"
		case 2:
			listener, text = e.admin, "POST /v1/bindings/import HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n"+
				"Authorization: Bearer "+apiKey+"\r\n\r\n{\"x\":\"17100000001\"}\n"
		}
		conn, err := net.Dial("tcp", listener)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, text)
		if i%2 == 0 { // some have heard a word
			_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			_, _ = bufio.NewReader(conn).ReadByte()
		}
		_ = conn.Close()
	}
}
