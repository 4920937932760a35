package load

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// books are what a load counts while it runs.
type books struct {
	mu       sync.Mutex
	begun    int
	over     int
	kinds    map[string]*kind
	trouble  map[string]int
	findings map[Finding]*Found // by Finding without count
	all      Latencies
}

// kind is what is counted of messages of a kind.
type kind struct {
	sent, taken, refused, repeats, gaveUp int
	took                                  Latencies
}

// Level is how bad a finding is.
type Level string

// The levels.
const (
	// Fault: calls or records are lost, or somebody without a key gets an answer.
	Fault Level = "fault"
	// Note: worth looking at; the load could go on.
	Note Level = "note"
)

// Finding is something about the endpoint, in a sentence.
type Finding struct {
	Level Level `json:"level"`
	// Kind of message that it was found with.
	Kind string `json:"message"`
	Text string `json:"text"`
}

// Found is how often something was found.
type Found struct {
	Finding
	Count int `json:"count"`
	// CallID is of the first call that it was found with, where it was one.
	CallID string `json:"call_id,omitempty"`
}

// maxFindings is how many different ones are kept.
const maxFindings = 100

func newBooks() *books {
	return &books{kinds: map[string]*kind{}, trouble: map[string]int{}, findings: map[Finding]*Found{}}
}

// of is the count of a kind; the lock is held.
func (b *books) of(name string) *kind {
	k, ok := b.kinds[name]
	if !ok {
		k = &kind{}
		b.kinds[name] = k
	}
	return k
}

// change changes what is counted of a kind.
func (b *books) change(name string, do func(*kind)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	do(b.of(name))
}

func (b *books) judged(name string, ok bool) {
	if ok {
		b.change(name, func(k *kind) { k.taken++ })
	}
}
func (b *books) refused(name string) { b.change(name, func(k *kind) { k.refused++ }) }
func (b *books) repeats(name string) { b.change(name, func(k *kind) { k.repeats++ }) }
func (b *books) gaveUp(name string)  { b.change(name, func(k *kind) { k.gaveUp++ }) }

// sent counts a message, and how long its answer took, if that is known.
func (b *books) sent(name string, took time.Duration, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.of(name)
	k.sent++
	if err == nil && took > 0 {
		k.took.Add(took)
		b.all.Add(took)
	}
}

func (b *books) began() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begun++
}

func (b *books) ended() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over++
}

// met counts trouble that a message met.
func (b *books) met(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble[name]++
}

// metAll counts how a message goes out.
func (b *books) metAll(how manner) {
	if how.slow {
		b.met("slow")
	}
	if how.cut {
		b.met("cut")
	}
}

// found notes something about the endpoint.
func (b *books) found(level Level, message, text, callID string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := Finding{level, message, text}
	f, ok := b.findings[key]
	if !ok {
		if len(b.findings) >= maxFindings {
			key = Finding{level, "others", "more than is listed"}
		}
		if f, ok = b.findings[key]; !ok {
			f = &Found{Finding: key, CallID: callID}
			b.findings[key] = f
		}
	}
	f.Count++
}

// list is all that was found, the worst and the most frequent first.
func (b *books) list() []Found {
	all := make([]Found, 0, len(b.findings))
	for _, f := range b.findings {
		all = append(all, *f)
	}
	slices.SortFunc(all, func(x, y Found) int {
		switch {
		case x.Level != y.Level && x.Level == Fault:
			return -1
		case x.Level != y.Level:
			return 1
		}
		return cmp.Or(y.Count-x.Count, strings.Compare(x.Kind+x.Text, y.Kind+y.Text))
	})
	return all
}

// names are the kinds in order.
func (b *books) names() []string { return slices.Sorted(maps.Keys(b.kinds)) }
