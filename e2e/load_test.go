package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
)

// load is many call records, of both platforms, pushed in batches over many
// connections, each batch again and again until it is acknowledged. It counts
// what it sends and what is acknowledged, record by record.
type load struct {
	t     testing.TB
	at    *target
	texts []string // the platform's JSON of each record
	// tried and acked count the pushes of each record that were begun, and that
	// were acknowledged.
	tried, acked []atomic.Int64
	attempts     atomic.Int64 // pushes begun
	refused      atomic.Int64 // pushes answered 503
	alarms       chan struct{}
	alarmAt      map[int64]bool // numbers of attempts at which an alarm goes off
}

// connections push at the same time.
const connections = 16

// newLoad makes n records: the first half Huawei's, the others Alibaba's.
func newLoad(t testing.TB, n int, at *target) *load {
	l := &load{t: t, at: at, texts: make([]string, n), tried: make([]atomic.Int64, n), acked: make([]atomic.Int64, n)}
	for i := range l.texts {
		if l.ofHuawei(i) {
			l.texts[i] = plainFee(i)
			continue
		}
		text, err := json.Marshal(plainReport(i))
		if err != nil {
			t.Fatal(err)
		}
		l.texts[i] = string(text)
	}
	return l
}

func (l *load) ofHuawei(i int) bool { return i < len(l.texts)/2 }

// name is how the inbox calls a record: platform and record_id.
func (l *load) name(i int) string {
	if l.ofHuawei(i) {
		return fmt.Sprintf("huawei fee-%05d", i)
	}
	return fmt.Sprintf("aliyun %d", i+1)
}

// plainReport is the nth of many receipts, each of a call of its own.
func plainReport(n int) sim.Receipt {
	return sim.Call{
		ID: int64(n + 1), PoolKey: "FC1", SubsID: 100001, CallID: fmt.Sprintf("call-%05d", n), Phone: fmt.Sprintf("139%08d", n%1000),
		X: fmt.Sprintf("170000001%02d", n%50), Peer: "13800000021", OutID: "order-1", Dialled: day(n), Out: day(n + 1), Rang: day(n + 4),
		Answered: day(n + 11), Released: day(n + 116), ReleaseDir: 1, ReleaseCause: 16,
	}.Report()
}

// batch is a push: some records of one platform.
type batch struct {
	items  []int
	again  bool // a repeated push carries its first signature
	huawei bool
}

// batches cuts the records into batches of 1 to 50, several times over, each
// time in another order. Every second batch has some records twice.
func (l *load) batches(random *rand.Rand, rounds int) (all []batch) {
	half := len(l.texts) / 2
	for range rounds {
		for first := 0; first < len(l.texts); first += half {
			for rest := random.Perm(half); len(rest) > 0; {
				n := min(1+random.IntN(50), len(rest))
				b := batch{again: random.IntN(2) == 0, huawei: first == 0}
				for _, i := range rest[:n] {
					b.items = append(b.items, first+i)
				}
				for range random.IntN(2) * random.IntN(6) {
					b.items = append(b.items, b.items[random.IntN(n)])
				}
				random.Shuffle(len(b.items), func(i, j int) { b.items[i], b.items[j] = b.items[j], b.items[i] })
				all = append(all, b)
				rest = rest[n:]
			}
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// run pushes all batches, and calls disturb each time that the number of
// attempts reaches one of those at which to.
func (l *load) run(all []batch, disturb func(), at ...int64) {
	l.alarms, l.alarmAt = make(chan struct{}, len(at)), map[int64]bool{}
	for _, n := range at {
		l.alarmAt[l.attempts.Load()+n] = true
	}
	work := make(chan batch, len(all))
	for _, b := range all {
		work <- b
	}
	close(work)
	var group sync.WaitGroup
	for range connections {
		group.Go(func() { l.work(work) })
	}
	for range l.alarmAt {
		<-l.alarms
		disturb()
	}
	group.Wait()
}

// work pushes batches over a connection of its own.
func (l *load) work(batches <-chan batch) {
	transport := &http.Transport{MaxConnsPerHost: 1}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	for b := range batches {
		for m := l.message(b); !l.push(client, b, m); {
			if !b.again {
				m = l.message(b)
			}
		}
		for _, i := range b.items {
			l.acked[i].Add(1)
		}
	}
}

// message makes the request that a platform would.
func (l *load) message(b batch) func(context.Context, string) (*http.Request, error) {
	texts := make([]string, len(b.items))
	for j, i := range b.items {
		texts[j] = l.texts[i]
	}
	if b.huawei {
		return huawei(callRecords, fees(texts...)).request
	}
	body := []byte("[" + strings.Join(texts, ",") + "]")
	return func(ctx context.Context, listener string) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodPost, "http://"+listener+"/aliyun/receipts/"+receiptToken+"/SecretReport", bytes.NewReader(body))
	}
}

// push makes one attempt, and reports whether there is no need of another.
func (l *load) push(client *http.Client, b batch, message func(context.Context, string) (*http.Request, error)) bool {
	listener := l.at.wait()
	if l.alarmAt[l.attempts.Add(1)] {
		l.alarms <- struct{}{}
	}
	for _, i := range b.items {
		l.tried[i].Add(1)
	}
	req, err := message(l.t.Context(), listener)
	if err != nil {
		l.t.Error(err)
		return true
	}
	resp, err := client.Do(req)
	if err != nil {
		return l.t.Context().Err() != nil // it was killed: again
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return false
	case resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "" && string(text) == notStored:
		l.refused.Add(1)
		return false
	case resp.StatusCode == http.StatusOK && b.huawei && len(text) == 0, resp.StatusCode == http.StatusOK && string(text) == `{"code":0,"msg":"success"}`:
		return true
	}
	l.t.Errorf("push: %d %s", resp.StatusCode, text)
	return true
}

// notStored is the body of a 503.
var notStored = refusal("NotStored", "not stored: send it again")

// target is where an endpoint is; while it is nowhere, senders wait.
type target struct {
	mu       sync.Mutex
	moved    *sync.Cond
	listener string
}

func aim(e *endpoint) *target {
	a := &target{listener: e.public}
	a.moved = sync.NewCond(&a.mu)
	return a
}

// at sets the listener's address; "": there is none.
func (a *target) at(listener string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listener = listener
	a.moved.Broadcast()
}

func (a *target) wait() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.listener == "" {
		a.moved.Wait()
	}
	return a.listener
}
