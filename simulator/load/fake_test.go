package load_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"xmode/simulator/load"
)

// toy is a platform that is as small as can be: what tests are about is the load.
type toy struct {
	mu   sync.Mutex
	kept map[string]bool
}

func (*toy) Name() string { return "toy" }

func (*toy) Terms() load.Terms {
	return load.Terms{
		Query: time.Second, Push: 500 * time.Millisecond, Skew: time.Hour,
		Repeats: []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute},
	}
}

// toyBody is every message.
type toyBody struct {
	ID, Nonce, What, Typed string
	At                     time.Time
	Right                  bool
	Records                []string
}

func write(target string, body toyBody) func(load.Stamp) load.Request {
	return func(s load.Stamp) load.Request {
		body := body
		body.Nonce, body.At, body.Right = s.Nonce, s.At, !s.Spoilt
		text, _ := json.Marshal(body)
		return load.Request{Method: http.MethodPost, Target: target, Header: []string{"Content-Type: application/json"}, Body: text}
	}
}

func (*toy) Query(c load.Call, typed string) load.Message {
	return load.Message{Kind: "query", Signed: true, Write: write("/query", toyBody{ID: c.ID, What: "query", Typed: typed})}
}

func (*toy) Decide(_ load.Kind, status int, body []byte) (load.Decision, error) {
	if status != http.StatusOK {
		return load.Decision{}, fmt.Errorf("status %d", status)
	}
	switch string(bytes.TrimSpace(body)) {
	case "connect":
		return load.Decision{Verb: load.Connect, Callee: "13900000022", Record: true}, nil
	case "ask":
		return load.Decision{Verb: load.Ask}, nil
	case "reject":
		return load.Decision{}, nil
	}
	return load.Decision{}, fmt.Errorf("the answer is no decision")
}

func (t *toy) Tell(c load.Call, d load.Decision) []load.Told {
	event := func(what string) load.Message {
		return load.Message{Kind: what, Signed: true, Write: write("/event", toyBody{ID: c.ID, What: what})}
	}
	end := c.Ring + c.Talked(d) + 2*time.Second
	return []load.Told{
		{After: time.Second, Message: event("ring")},
		{After: time.Second + c.Ring, Message: event("answer")},
		{After: end, Message: event("end")},
		{After: end, Batch: "record", Entry: []byte(c.ID), Record: true, Recording: c.Recorded(d)},
	}
}

func (*toy) Pack(_ string, entries [][]byte) load.Message {
	body := toyBody{What: "record"}
	for _, e := range entries {
		body.Records = append(body.Records, string(e))
	}
	return load.Message{Kind: "record", Signed: true, Write: write("/records", body)}
}

func (*toy) Accepts(status int, _ []byte) error {
	if status != http.StatusOK {
		return fmt.Errorf("status %d", status)
	}
	return nil
}

func (t *toy) Keep(c load.Call, _ load.Decision) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept[c.ID] = true
}

// endpoint takes everything that is right, and refuses the rest.
type endpoint struct {
	decision string

	mu      sync.Mutex
	nonces  map[string]string // nonce and what it came with
	got     map[string]int    // by what and id
	largest int
	order   map[string][]string
}

func newEndpoint(decision string) *endpoint {
	return &endpoint{decision: decision, nonces: map[string]string{}, got: map[string]int{}, order: map[string][]string{}}
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in toyBody
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	content := fmt.Sprint(in.What, in.ID, in.Typed, in.Records)
	e.mu.Lock()
	defer e.mu.Unlock()
	before, used := e.nonces[in.Nonce]
	if !in.Right || time.Until(in.At) > time.Minute || used && before != content {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	e.nonces[in.Nonce] = content
	e.largest = max(e.largest, len(in.Records))
	for _, id := range in.Records {
		e.got["record "+id]++
	}
	if in.ID != "" {
		e.got[in.What+" "+in.ID]++
		e.order[in.ID] = append(e.order[in.ID], in.What)
	}
	if in.What == "query" && e.decision == "ask" && in.Typed != "" {
		_, _ = w.Write([]byte("connect"))
	} else if in.What == "query" {
		_, _ = w.Write([]byte(e.decision))
	}
}
