package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// pusher pushes call records of both platforms, one by one and in an open loop. What is
// refused is pushed again by [pusher.finish], as the platforms would some minutes later.
type pusher struct {
	tally
	*load
	client *http.Client
	stop   func() // ends the pushes and waits for the last answers
}

// Outcomes of a push.
const (
	pushStored  = "stored"
	pushRefused = "refused"
)

// pushing begins to push, rate times a second, until stop or until all records of the
// load are under way.
func pushing(e *endpoint, l *load, rate float64) *pusher {
	e.t.Helper()
	return pushingBy(e, l, rate, manyConnections(e.t))
}

// pushingBy pushes by a client of the test's own.
func pushingBy(e *endpoint, l *load, rate float64, client *http.Client) *pusher {
	e.t.Helper()
	p := &pusher{load: l, client: client}
	stop := openLoop(rate, p.one)
	e.t.Cleanup(stop)
	p.stop = stop
	return p
}

// one pushes the nth record: Huawei's and Alibaba's in turn.
func (p *pusher) one(n int, due time.Time) {
	if n >= len(p.texts) {
		return
	}
	half := len(p.texts) / 2
	i := n/2 + n%2*half
	r := response{due: due}
	r.outcome, r.fault = p.send(i)
	r.took = time.Since(due)
	if p.t.Context().Err() == nil { // else it was cut off by the test's end
		p.add(r)
	}
}

// send makes one attempt.
func (p *pusher) send(i int) (outcome, fault string) {
	req, err := p.message(batch{items: []int{i}, huawei: p.ofHuawei(i)})(p.t.Context(), p.at.wait())
	if err != nil {
		return "push unsent", err.Error()
	}
	p.tried[i].Add(1)
	resp, err := p.client.Do(req)
	if err != nil {
		return "push unanswered", troubleOf(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch want := map[bool]string{false: `{"code":0,"msg":"success"}`}[p.ofHuawei(i)]; {
	case err != nil:
		return "push unanswered", troubleOf(err)
	case resp.StatusCode == http.StatusOK && string(body) == want:
		p.acked[i].Add(1)
		return pushStored, ""
	case resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "" && string(body) == notStored:
		return pushRefused, ""
	}
	return "push malformed", fmt.Sprintf("status %d: %s", resp.StatusCode, body)
}

// finish pushes what was not acknowledged again until it is, and asserts that each record
// that was ever pushed is there, once.
func (p *pusher) finish(e *endpoint, redis string) {
	p.stop()
	var rest []batch
	for i := range p.texts {
		if p.tried[i].Load() > 0 && p.acked[i].Load() == 0 {
			rest = append(rest, batch{items: []int{i}, huawei: p.ofHuawei(i)})
		}
	}
	p.run(rest, nil)
	p.holds(e, redis, 1)
}
