package load

import (
	"strings"
	"sync"
	"time"
)

// history is what is known of each call, a few dozen bytes of it: the rest follows
// from its number again.
type history struct {
	mu     sync.Mutex
	past   []past
	callee map[string]string // one copy of each
}

// past is what became of a call.
type past struct {
	callee            string
	talked            time.Duration
	verb              Verb
	record, recording Duty
	asked, failed     bool
	decided, cut      bool
	intercept         bool
}

func newHistory(n int) *history {
	return &history{past: make([]past, n), callee: map[string]string{}}
}

func (h *history) of(n int) past {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.past[n]
}

// asked: the endpoint may have heard of the call.
func (h *history) asked(n int, cut bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := &h.past[n]
	p.asked, p.cut = true, p.cut || cut
}

// decided: the endpoint said what to do with it.
func (h *history) decided(c Call, d Decision) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := &h.past[c.N]
	p.decided = true
	p.verb, p.failed, p.intercept, p.talked = d.Verb, d.Failed, d.Intercept, c.Talked(d)
	if _, ok := h.callee[d.Callee]; !ok {
		text := strings.Clone(d.Callee)
		h.callee[text] = text
	}
	p.callee = h.callee[d.Callee]
}

// pushed: the endpoint may have what goes with these marks.
func (h *history) pushed(marks []mark) { h.raise(marks, Perhaps) }

// acknowledged: it must have it.
func (h *history) acknowledged(marks []mark) { h.raise(marks, Due) }

func (h *history) raise(marks []mark, to Duty) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range marks {
		p := &h.past[m.n]
		if m.record {
			p.record = max(p.record, to)
		}
		if m.recording {
			p.recording = max(p.recording, to)
		}
	}
}
