package call

// Decide answers a query. It is total: every input has a decision, and every
// decision a reason and the number of the row that made it. The rows, with E
// the dialled extension, C the caller, and "live" for neither expired nor bound
// to another platform:
//
//	 1  E, a live binding has it, C not its owner, no peers or C among them: connect owner
//	 2  E, a live binding has it, C not its owner, C not among the peers:    reject
//	 3  E, a live binding has it, C its owner:                               as 6 or 7 for it
//	 4  E, no live binding has it:                                           ask, then reject
//	 5  C is a peer of a live binding:                                       connect owner
//	 6  C owns a live binding with exactly one peer:                         connect the peer
//	 7  C owns a live binding with no peer or several:                       connect the last caller, or reject
//	 8  C owns live bindings with extensions and there is a last caller:     connect the last caller
//	 9  there is a live open binding:                                        connect owner
//	10  there are live bindings with extensions:                             ask, then reject
//	11  otherwise:                                                           reject
//
// Rows 5-11 are for calls without E. E is ignored when there are no live
// bindings with extensions, or when nobody has it but C itself is in rows 5-7.
// A connect may still be refused, for its direction, a fixed-line caller, a call
// to oneself or a text message that is to be dropped, in this order; the row
// and the binding stay, and no other row gets its turn.
func Decide(q Query, r Routes, p Policy) Decision {
	t := table{q, r, p}
	switch {
	case q.Extension == "", !t.extensions():
		return t.withoutExtension()
	case t.extension() != nil:
		return t.withExtension(t.extension())
	case t.own() != nil:
		return t.withoutExtension()
	default:
		return t.ask(4, ExtensionUnknown)
	}
}

// table is one pass through the decision table.
type table struct {
	q Query
	r Routes
	p Policy
}

// withExtension is rows 1-3: the dialled extension reaches b.
func (t *table) withExtension(b *Binding) Decision {
	switch {
	case t.owns(b):
		return t.fromOwner(3, 3, b)
	case b.anyone(), t.known() && t.r.Admits:
		return t.toOwner(1, ByExtension, b)
	default:
		return Decision{Outcome: Reject, Reason: CallerNotAllowed, Row: 2, Binding: b}
	}
}

// withoutExtension is rows 5-11.
func (t *table) withoutExtension() Decision {
	own, last, open := t.own(), t.last(), t.open()
	switch {
	case own != nil && !t.owns(own):
		return t.toOwner(5, ByPeer, own)
	case own != nil:
		return t.fromOwner(6, 7, own)
	case last != nil && last.Binding.Extension != "":
		return t.connect(8, ByCallback, last.Binding, last.Caller)
	case open != nil:
		return t.toOwner(9, ByOpen, open)
	case t.extensions():
		return t.ask(10, ExtensionRequired)
	default:
		return Decision{Outcome: Reject, Reason: NoBinding, Row: 11}
	}
}

// fromOwner connects the owner of b to its only peer, or else to the last
// caller, whichever binding that one came by.
func (t *table) fromOwner(pair, callback int, b *Binding) Decision {
	if peer := b.onlyPeer(); !peer.IsZero() {
		return t.connect(pair, ByOwner, b, peer)
	}
	if last := t.last(); last != nil {
		return t.connect(callback, ByCallback, b, last.Caller)
	}
	return Decision{Outcome: Reject, Reason: NoCallbackTarget, Row: callback, Binding: b}
}

// toOwner connects the caller to the owner of b.
func (t *table) toOwner(row int, why Reason, b *Binding) Decision {
	return t.connect(row, why, b, b.A)
}

// ask asks for an extension while that makes sense, then rejects.
func (t *table) ask(row int, why Reason) Decision {
	if t.q.CanAsk && t.q.Kind != SMS && t.r.Asks < t.p.MaxAsks {
		return Decision{Outcome: Ask, Reason: why, Row: row}
	}
	return Decision{Outcome: Reject, Reason: why, Row: row}
}

// connect connects the callee through b unless something forbids it; that never
// falls through to another row.
func (t *table) connect(row int, why Reason, b *Binding, callee Number) Decision {
	if refusal := t.refusal(row, b, callee); refusal != "" {
		return Decision{Outcome: Reject, Reason: refusal, Row: row, Binding: b}
	}
	display := b.Display
	if display.IsZero() {
		display = t.q.X
	}
	return Decision{Outcome: Connect, Reason: why, Row: row, Callee: callee, Display: display, Binding: b}
}

// refusal says what forbids the connection, in the order of precedence; "" is
// nothing.
func (t *table) refusal(row int, b *Binding, callee Number) Reason {
	open := row == 1 || row == 9
	switch {
	case !b.Direction.allows(t.owns(b)):
		return DirectionNotAllowed
	case t.p.RejectLandlines && t.q.Kind == Voice && open && t.q.Caller.Landline():
		return LandlineCaller
	case callee == t.q.Caller, callee == b.X:
		return SelfCall
	case t.q.Kind == SMS && b.SMS == Drop:
		return SMSDropped
	}
	return ""
}

// allows reports whether the owner may call, or else be called.
func (d Direction) allows(ownerCalls bool) bool {
	if ownerCalls {
		return d == Both || d == FromA
	}
	return d == Both || d == ToA
}
