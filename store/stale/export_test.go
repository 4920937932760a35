package stale

// Limits, for tests outside.
const (
	MaxNonces = maxNonces
	Capacity  = capacity
)

// Homes tells of how many X numbers and bindings it is known where they are.
func (m *Memory) Homes() (numbers, bindings int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.homes.keys), len(m.homes.bindings)
}
