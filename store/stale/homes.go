package stale

import "xmode/call"

// homes knows which findings lie where: those on an X number, and on which X number a
// binding is that one of them names.
type homes struct {
	keys     map[call.Number]map[key]struct{}
	bindings map[call.ID]home
}

// home is where a binding is, and how many findings name it.
type home struct {
	x    call.Number
	uses int
}

func newHomes() homes {
	return homes{keys: map[call.Number]map[key]struct{}{}, bindings: map[call.ID]home{}}
}

// add notes a finding.
func (h homes) add(k key, r call.Routes) {
	if h.keys[k.x] == nil {
		h.keys[k.x] = map[key]struct{}{}
	}
	h.keys[k.x][k] = struct{}{}
	for _, b := range named(r) {
		h.bindings[b.ID] = home{k.x, h.bindings[b.ID].uses + 1}
	}
}

// drop takes a finding out.
func (h homes) drop(k key, r call.Routes) {
	delete(h.keys[k.x], k)
	if len(h.keys[k.x]) == 0 {
		delete(h.keys, k.x)
	}
	for _, b := range named(r) {
		if left := h.bindings[b.ID].uses - 1; left > 0 {
			h.bindings[b.ID] = home{k.x, left}
		} else {
			delete(h.bindings, b.ID)
		}
	}
}

// named are the bindings that a finding names, one as often as it does.
func named(r call.Routes) (all []*call.Binding) {
	for _, b := range []*call.Binding{r.Extension, r.Own, r.Open} {
		if b != nil {
			all = append(all, b)
		}
	}
	if r.Last != nil && r.Last.Binding != nil {
		all = append(all, r.Last.Binding)
	}
	return all
}
