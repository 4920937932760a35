package conform

import (
	"strings"
)

// internals are words that an endpoint writes for its own people: traces of a
// stack, errors of a library, a database or a socket.
func internals() []string {
	return []string{
		"goroutine ", "panic:", "runtime error", ".go:", "Traceback (most recent call last)", `File "/`, ".py\", line",
		"Exception in thread", "java.lang.", "NullPointerException", "at com.", "at org.", "at java.", "node_modules", ".js:",
		"Stack trace", "stack trace", "stacktrace", "Fatal error", "SQLSTATE", "SQL syntax", "WRONGTYPE", "READONLY You", "redis:", "dial tcp",
		"ECONNREFUSED", "connection refused", "no such file or directory", "invalid memory address",
	}
}

// inspect notes an answer that says more than the outside should know.
func (s *Sender) inspect(m Message, r Reply) {
	body := string(r.Body)
	found := ""
	for _, secret := range s.c.Secrets {
		if strings.Contains(body, secret) {
			found = "a secret that the endpoint was given"
		}
	}
	for _, word := range internals() {
		if found == "" && strings.Contains(body, word) && !strings.Contains(m.Body+m.URL, word) {
			found = "\"" + strings.TrimSpace(word) + "\", which is about its inside"
		}
	}
	if found == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaks = append(s.leaks, s.hide("sent "+m.What+", and the answer holds "+found))
}

// Leak returns the first leak that any answer had so far, or "".
func (s *Sender) Leak() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.leaks) == 0 {
		return ""
	}
	return s.leaks[0]
}

// Leaked is the fault of a leak.
type Leaked string

// Error says what leaked, without it.
func (l Leaked) Error() string { return string(l) }
