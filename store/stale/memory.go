package stale

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"xmode/call"
	"xmode/store"
)

const (
	// MaxAge is how old what was found may be.
	MaxAge = 10 * time.Minute
	// capacity is how many findings are kept, each of them some hundred bytes;
	// those that were used least recently go.
	capacity = 1 << 16
	// askedCalls is of how many calls it is known how often they were asked while
	// the store was away.
	askedCalls = 1 << 12
)

// Config is what a [Memory] is made of.
type Config struct {
	// Skew is how far the signed timestamp of a query may be off, both ways.
	Skew time.Duration
	// Now is the clock.
	Now func() time.Time
}

// Memory remembers findings and nonces. All methods may be called by many at once.
type Memory struct {
	now    func() time.Time
	nonces *nonces

	mu    sync.Mutex
	found *simplelru.LRU[key, finding]
	homes homes
	asked *simplelru.LRU[asking, int]
	era   uint64 // grows with every change of bindings that this process hears of
}

// key is what a finding depends on.
type key struct {
	platform  call.Platform
	x, caller call.Number
	extension string
}

// finding is what a query found, and when.
type finding struct {
	routes call.Routes
	at     time.Time
}

// asking is a call that may be asked.
type asking struct {
	platform call.Platform
	call     string
}

// New makes an empty Memory.
func New(c Config) *Memory {
	m := &Memory{now: c.Now, nonces: newNonces(c), homes: newHomes()}
	// The only error of the library is a size of nothing.
	m.found, _ = simplelru.NewLRU(capacity, func(k key, f finding) { m.homes.drop(k, f.routes) })
	m.asked, _ = simplelru.NewLRU[asking, int](askedCalls, nil)
	return m
}

// Meet files the nonce of a query, before the store is asked, and says what an earlier
// use of it in this process means. It must be called for every query.
func (m *Memory) Meet(message *store.Message) store.Encounter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return store.Encounter{Seen: m.nonces.meet(message), Era: m.era}
}

// Remember keeps what a query found, unless bindings have changed since it was met:
// then it may have found what is not so any more.
func (m *Memory) Remember(q call.Query, e store.Encounter, r call.Routes) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e.Era != m.era {
		return
	}
	k := keyOf(q)
	m.found.Remove(k) // its bindings may be others now
	m.found.Add(k, finding{r, m.now()})
	m.homes.add(k, r)
}

// Recall gives what an equal query found, if that is not too old and if it is certain
// that this one is no replay of a message that this process has seen. What it found
// says nothing about bindings that have expired since: [call.Decide] looks.
func (m *Memory) Recall(q call.Query, e store.Encounter) (call.Routes, bool) {
	if e.Seen != store.Fresh && e.Seen != store.Repeated {
		return call.Routes{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.found.Get(keyOf(q))
	if !ok || m.now().Sub(f.at) > MaxAge {
		return call.Routes{}, false
	}
	routes := f.routes
	routes.Asks, _ = m.asked.Get(asking{q.Platform, q.CallID})
	if e.Seen == store.Repeated && routes.Asks > 0 {
		routes.Asks-- // it is the platform's retry of the last ask
	}
	return routes, true
}

// Asked counts an ask that was decided by a recalled finding.
func (m *Memory) Asked(q call.Query) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := asking{q.Platform, q.CallID}
	n, _ := m.asked.Get(k)
	m.asked.Add(k, n+1)
}

// keyOf leaves out what findings do not depend on.
func keyOf(q call.Query) key {
	extension, _ := call.NormalExtension(q.Extension)
	return key{q.Platform, q.X, q.Caller, extension}
}
