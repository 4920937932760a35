package e2e_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
)

// What the promises about load send: queries, pushes and reads, made cheaply, since
// whoever sends them shares the machine with whoever answers.

// pairsAsked is on how many X numbers is asked.
const pairsAsked = 50

// queries are of Alibaba Cloud, each of a call of its own, which have to connect.
func (e *endpoint) queries() *stream {
	e.t.Helper()
	for i := range pairsAsked {
		e.bind(fmt.Sprintf(`{"id":"%d","x":"170000002%02d","a":"13800000021","peers":["13900000022"]}`, 200001+i, i))
	}
	c, err := sim.New(sim.Config{URL: "http://" + e.public + "/aliyun/call-control", Key: signingKey, Via: sim.ViaGET, Now: time.Now})
	if err != nil {
		e.t.Fatal(err)
	}
	var n atomic.Int64
	compose := func() []byte {
		i := n.Add(1)
		q := sim.Query{Caller: "13900000022", X: fmt.Sprintf("170000002%02d", i%pairsAsked), CallID: fmt.Sprintf("paced-%d", i)}
		x, _, err := c.Compose(q, time.Now(), sim.RandomNonce())
		if err != nil {
			e.t.Error(err)
		}
		return []byte("GET " + strings.TrimPrefix(x.URL, "http://"+e.public) + " HTTP/1.1\r\nHost: " + e.public + "\r\n\r\n")
	}
	return &stream{t: e.t, address: e.public, compose: compose, means: decisionOf, patient: 5 * time.Second}
}

func decisionOf(body string) string {
	switch {
	case strings.Contains(body, `"message":"connect: peer"`) && strings.Contains(body, `"calledNo":"13800000021"`):
		return served
	case strings.Contains(body, `"message":"reject: store_unavailable"`):
		return fallback
	}
	return wrong
}

// pushed is how many records a batch has.
const pushed = 50

// pushes are batches of new records of Huawei Cloud.
func (e *endpoint) pushes() *stream {
	e.t.Helper()
	const place = "#########"
	records := make([]string, pushed)
	for i := range records {
		records[i] = fee("fee-"+place, "session-"+place, fmt.Sprintf("+86170000001%02d", i), fmt.Sprintf("+86139%08d", i), "+8613800000021", time.Now().Add(time.Duration(i-180)*time.Second))
	}
	text := []byte(fees(records...))
	var places []int
	for at := 0; ; {
		next := bytes.Index(text[at:], []byte(place))
		if next < 0 {
			break
		}
		places, at = append(places, at+next), at+next+len(place)
	}
	var n atomic.Int64
	compose := func() []byte {
		first := int(n.Add(pushed)) - pushed
		body := bytes.Clone(text)
		for i, at := range places {
			digits := strconv.Itoa(1_000_000_000 + first + i*pushed/len(places))
			copy(body[at:], digits[1:])
		}
		req, err := huawei(callRecords, string(body)).request(e.t.Context(), e.public)
		if err != nil {
			e.t.Error(err)
			return nil
		}
		return raw(e.t, req)
	}
	means := func(body string) string {
		if body == "" {
			return served
		}
		return wrong
	}
	return &stream{t: e.t, address: e.public, compose: compose, means: means, patient: 5 * time.Second}
}

// reads are of the newest records.
func (e *endpoint) reads(records int) *stream {
	e.t.Helper()
	req, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, fmt.Sprintf("http://%s/v1/cdrs?limit=%d", e.admin, records), http.NoBody)
	if err != nil {
		e.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+readKey)
	text := raw(e.t, req)
	means := func(body string) string {
		if strings.HasPrefix(body, `{"items":[`) {
			return served
		}
		return wrong
	}
	return &stream{t: e.t, address: e.admin, compose: func() []byte { return text }, means: means, patient: 10 * time.Second}
}

// plainly makes others start the binary that people run, without the race detector,
// which slows some things down far more than others.
func plainly(t testing.TB) (wrap []string) {
	t.Helper()
	if playsAll() {
		return nil
	}
	plain := filepath.Join(t.TempDir(), "xmode")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", plain, "xmode/cmd/xmode").CombinedOutput(); err != nil {
		t.Fatalf("building xmode: %v\n%s", err, out)
	}
	return []string{"sh", "-c", `shift; exec "$0" "$@"`, plain}
}

// memory is what the process of the endpoint has in memory now, and had at most, in MiB.
func (e *endpoint) memory() (now, most int) {
	e.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", e.cmd.Process.Pid))
	if err != nil {
		e.t.Fatal(err)
	}
	kib := func(name string) int {
		_, rest, _ := strings.Cut(string(text), name+":")
		n, err := strconv.Atoi(strings.Fields(rest)[0])
		if err != nil {
			e.t.Fatal(err)
		}
		return n >> 10
	}
	return kib("VmRSS"), kib("VmHWM")
}

// lightly has the generators' garbage collected seldom, since it is not them that are
// measured.
func lightly(t testing.TB) {
	before := debug.SetGCPercent(800)
	t.Cleanup(func() { debug.SetGCPercent(before) })
}
