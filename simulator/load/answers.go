package load

import (
	"net/http"
	"sync"
)

// answers remembers how answers to queries of one kind were read: an endpoint gives
// the same one for the same binding, and reading them is a good part of what a query
// costs.
type answers struct {
	mu   sync.RWMutex
	read map[string]Decision
}

// How many are remembered, and how long one is at most.
const (
	maxRemembered = 1024
	maxText       = 4 << 10
)

// decision reads an answer, or remembers how it was read.
func (l *Load) decision(kind Kind, got reply) (Decision, error) {
	if got.status != http.StatusOK || len(got.body) > maxText {
		return l.c.Platform.Decide(kind, got.status, got.body)
	}
	a := &l.answers[kind]
	a.mu.RLock()
	known, ok := a.read[string(got.body)]
	a.mu.RUnlock()
	if ok {
		return known, nil
	}
	d, err := l.c.Platform.Decide(kind, got.status, got.body)
	if err == nil {
		a.keep(string(got.body), d)
	}
	return d, err
}

// keep remembers an answer, in place of all when they are too many.
func (a *answers) keep(body string, d Decision) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.read == nil || len(a.read) >= maxRemembered {
		a.read = map[string]Decision{}
	}
	a.read[body] = d
}
