package stale

import (
	"context"
	"time"

	"xmode/call"
	"xmode/store"
)

// Hear gives a Provisioner that lets the memory hear of every change of bindings: what
// was found on their X numbers is forgotten.
func (m *Memory) Hear(p store.Provisioner) store.Provisioner { return hearing{p, m} }

// hearing forgets after a change, whatever became of that: an error may come of a
// change that was made.
type hearing struct {
	store.Provisioner
	memory *Memory
}

// Put writes bindings, and forgets.
func (h hearing) Put(ctx context.Context, at time.Time, writes ...store.Write) []store.Written {
	defer func() {
		var bound []call.Binding
		for _, w := range writes {
			bound = append(bound, w.Binding)
		}
		h.memory.forget(nil, bound)
	}()
	return h.Provisioner.Put(ctx, at, writes...)
}

// Delete removes a binding, and forgets.
func (h hearing) Delete(ctx context.Context, id call.ID, match []string) error {
	defer h.memory.forget([]call.ID{id}, nil)
	return h.Provisioner.Delete(ctx, id, match)
}

// Apply makes a change, and forgets.
func (h hearing) Apply(ctx context.Context, c store.Change) (store.Applied, error) {
	if !c.Dry {
		defer h.memory.forget(c.Unbind, c.Bind)
	}
	return h.Provisioner.Apply(ctx, c)
}

// forget drops what was found on the X numbers of bindings.
func (m *Memory) forget(unbound []call.ID, bound []call.Binding) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.era++
	for _, id := range unbound {
		if home, ok := m.homes.bindings[id]; ok {
			m.forgetAt(home.x)
		}
	}
	for _, b := range bound {
		m.forgetAt(b.X)
	}
}

func (m *Memory) forgetAt(x call.Number) {
	for k := range m.homes.keys[x] {
		m.found.Remove(k) // which takes it out of the homes as well
	}
}
