package handlers

import (
	"strings"
	"sync"
)

// Limits of a set of words.
const (
	maxWords   = 64
	maxWordLen = 64
	otherWord  = "other"
)

// words bounds the values of a label. They are an adapter's own words, and few;
// should one of them ever be a sender's, metrics and logs do not grow with it.
// Its zero value is ready.
type words struct {
	mu    sync.Mutex
	known map[string]bool
}

// of returns the word, or another one in its place when there are too many.
func (w *words) of(word string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known[word] {
		return word
	}
	if len(w.known) >= maxWords || word == "" || len(word) > maxWordLen || strings.ContainsFunc(word, notNameRune) {
		return otherWord
	}
	if w.known == nil {
		w.known = map[string]bool{}
	}
	w.known[word] = true
	return word
}
