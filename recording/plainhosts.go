package recording

import (
	"sync"
	"time"
)

const (
	// plainFor is how long a host is not asked with TLS again that did not speak it.
	plainFor = 10 * time.Minute
	// maxPlain bounds how many such hosts are remembered.
	maxPlain = 256
)

// plainMemory remembers the hosts, with their ports, that spoke HTTP when they had
// not spoken TLS.
type plainMemory struct {
	now func() time.Time

	mu    sync.Mutex
	until map[string]time.Time
}

func (m *plainMemory) has(host string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now().Before(m.until[host])
}

func (m *plainMemory) add(host string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	// A full memory begins anew: what is lost is one attempt a host.
	if m.until == nil || len(m.until) >= maxPlain {
		m.until = make(map[string]time.Time)
	}
	m.until[host] = m.now().Add(plainFor)
}
