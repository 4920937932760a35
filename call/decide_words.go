package call

// The words of the decision table. Each looks at what the store knows and keeps
// of it what the query may see.

// known reports whether the platform told who is calling.
func (t *table) known() bool { return !t.q.Caller.IsZero() }

// owns reports whether the caller is the owner of b, a live binding, which has
// one: an unknown caller owns nothing.
func (t *table) owns(b *Binding) bool { return b.A == t.q.Caller }

// live reports whether there is such a binding for this query. One without an
// owner could connect nobody.
func (t *table) live(b *Binding) bool {
	return b != nil && !b.A.IsZero() && b.Live(t.q.Platform, t.q.At)
}

// extension is the live binding that has the dialled extension, or nil.
func (t *table) extension() *Binding {
	if _, ok := NormalExtension(t.q.Extension); ok && t.live(t.r.Extension) {
		return t.r.Extension
	}
	return nil
}

// extensions reports whether X has live bindings with extensions.
func (t *table) extensions() bool {
	return t.extension() != nil || t.q.At.Before(t.r.ExtensionsUntil)
}

// own is the live binding without extension of which the caller is the owner or
// a peer, or nil.
func (t *table) own() *Binding {
	if t.known() && t.live(t.r.Own) {
		return t.r.Own
	}
	return nil
}

// open is the live binding that connects anyone, or nil.
func (t *table) open() *Binding {
	if t.live(t.r.Open) && t.r.Open.anyone() {
		return t.r.Open
	}
	return nil
}

// last is the last caller of this owner, or nil; it counts only while the
// binding that connected them is live, the caller's, and admits that party.
func (t *table) last() *LastCaller {
	l := t.r.Last
	if l == nil || l.Caller.IsZero() || !t.live(l.Binding) || !t.owns(l.Binding) {
		return nil
	}
	if !l.Binding.anyone() && !l.Admits {
		return nil
	}
	return l
}

// anyone reports whether the binding has no peers, so that anyone may reach the
// owner.
func (b *Binding) anyone() bool { return b.PeerCount == 0 && len(b.Peers) == 0 }

// onlyPeer is the peer of a pair; zero for any other binding.
func (b *Binding) onlyPeer() Number {
	if len(b.Peers) == 1 && b.PeerCount <= 1 {
		return b.Peers[0]
	}
	return Number{}
}
