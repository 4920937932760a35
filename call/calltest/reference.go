package calltest

import (
	"regexp"
	"slices"

	"xmode/call"
)

// Reference decides q straight from the words of the decision table, by looking
// at every binding for every word. The parameters are those of [RoutesOf].
func Reference(bindings []call.Binding, q call.Query, last map[call.Number]Last, asks int, p call.Policy) call.Decision {
	s := scan{q: q, last: last, asks: asks, p: p}
	for i := range bindings {
		b := &bindings[i]
		expired := !b.ExpiresAt.IsZero() && b.ExpiresAt.Compare(q.At) <= 0
		if b.X == q.X && !expired && (b.Platform == "" || b.Platform == q.Platform) {
			s.live = append(s.live, b)
		}
	}
	return s.decide()
}

// Same reports whether two decisions are equal; of their bindings only the id
// counts, since a store leaves a group's peers behind.
func Same(a, b call.Decision) bool {
	if (a.Binding == nil) != (b.Binding == nil) || a.Binding != nil && a.Binding.ID != b.Binding.ID {
		return false
	}
	a.Binding, b.Binding = nil, nil
	return a == b
}

// scan is a query and the live bindings on its X number.
type scan struct {
	q    call.Query
	live []*call.Binding
	last map[call.Number]Last
	asks int
	p    call.Policy
}

// first is the first live binding of which the words are true, or nil.
func (s *scan) first(words ...func(*call.Binding) bool) *call.Binding {
	for _, b := range s.live {
		if !slices.ContainsFunc(words, func(word func(*call.Binding) bool) bool { return !word(b) }) {
			return b
		}
	}
	return nil
}

var dialled = regexp.MustCompile(`^([0-9]{1,8})[#*]?$`)

func (s *scan) decide() call.Decision {
	has := func(b *call.Binding) bool {
		m := dialled.FindStringSubmatch(s.q.Extension)
		return m != nil && b.Extension == m[1]
	}
	nobodyHasIt := s.first(has) == nil
	claim := s.first(plain, s.ownerIsC) != nil || s.first(plain, s.peersHoldC) != nil
	if s.q.Extension != "" && s.first(extended) != nil && (!nobodyHasIt || !claim) {
		return s.dialledExtension(has)
	}
	return s.noExtension()
}

// dialledExtension is rows 1 to 4.
func (s *scan) dialledExtension(has func(*call.Binding) bool) call.Decision {
	notOwner := func(b *call.Binding) bool { return !s.ownerIsC(b) }
	if b := s.first(has, notOwner, noPeers); b != nil {
		return s.connect(1, call.ByExtension, b, b.A)
	}
	if b := s.first(has, notOwner, s.peersHoldC); b != nil {
		return s.connect(1, call.ByExtension, b, b.A)
	}
	if b := s.first(has, notOwner); b != nil {
		return reject(2, call.CallerNotAllowed, b)
	}
	if b := s.first(has, s.ownerIsC, onePeer); b != nil {
		return s.connect(3, call.ByOwner, b, b.Peers[0])
	}
	if b := s.first(has, s.ownerIsC); b != nil {
		return s.callBack(3, b)
	}
	return s.ask(4, call.ExtensionUnknown)
}

// noExtension is rows 5 to 11.
func (s *scan) noExtension() call.Decision {
	if b := s.first(plain, s.peersHoldC); b != nil {
		return s.connect(5, call.ByPeer, b, b.A)
	}
	if b := s.first(plain, s.ownerIsC, onePeer); b != nil {
		return s.connect(6, call.ByOwner, b, b.Peers[0])
	}
	if b := s.first(plain, s.ownerIsC); b != nil {
		return s.callBack(7, b)
	}
	if caller, by := s.lastCaller(); by != nil && s.first(extended, s.ownerIsC) != nil {
		return s.connect(8, call.ByCallback, by, caller)
	}
	if b := s.first(plain, noPeers); b != nil {
		return s.connect(9, call.ByOpen, b, b.A)
	}
	if s.first(extended) != nil {
		return s.ask(10, call.ExtensionRequired)
	}
	return reject(11, call.NoBinding, nil)
}

// The words of the table that concern one binding.

func plain(b *call.Binding) bool    { return b.Extension == "" }
func extended(b *call.Binding) bool { return b.Extension != "" }
func noPeers(b *call.Binding) bool  { return len(b.Peers) == 0 }
func onePeer(b *call.Binding) bool  { return len(b.Peers) == 1 }

func (s *scan) ownerIsC(b *call.Binding) bool { return !s.q.Caller.IsZero() && b.A == s.q.Caller }

func (s *scan) peersHoldC(b *call.Binding) bool { return slices.Contains(b.Peers, s.q.Caller) }

// lastCaller is the last caller of C and the binding that it came by, if that
// still counts.
func (s *scan) lastCaller() (call.Number, *call.Binding) {
	record, ok := s.last[s.q.Caller]
	if !ok || record.Caller.IsZero() {
		return call.Number{}, nil
	}
	admits := func(b *call.Binding) bool { return noPeers(b) || slices.Contains(b.Peers, record.Caller) }
	byRecord := func(b *call.Binding) bool { return b.ID == record.Binding }
	return record.Caller, s.first(byRecord, s.ownerIsC, admits)
}

func (s *scan) callBack(row int, b *call.Binding) call.Decision {
	caller, by := s.lastCaller()
	if by == nil {
		return reject(row, call.NoCallbackTarget, b)
	}
	return s.connect(row, call.ByCallback, b, caller)
}

func (s *scan) ask(row int, why call.Reason) call.Decision {
	if s.q.Kind == call.SMS || !s.q.CanAsk || s.asks >= s.p.MaxAsks {
		return reject(row, why, nil)
	}
	return call.Decision{Outcome: call.Ask, Reason: why, Row: row}
}

func reject(row int, why call.Reason, b *call.Binding) call.Decision {
	return call.Decision{Outcome: call.Reject, Reason: why, Row: row, Binding: b}
}

// connect connects, or refuses after all.
func (s *scan) connect(row int, why call.Reason, b *call.Binding, callee call.Number) call.Decision {
	towards, away := callee == b.A, callee != b.A
	if towards && b.Direction == call.FromA || away && b.Direction == call.ToA {
		return reject(row, call.DirectionNotAllowed, b)
	}
	anyone := row == 1 || row == 9
	if anyone && s.p.RejectLandlines && s.q.Kind == call.Voice && s.q.Caller.Landline() {
		return reject(row, call.LandlineCaller, b)
	}
	if callee == s.q.Caller || callee == s.q.X {
		return reject(row, call.SelfCall, b)
	}
	if s.q.Kind == call.SMS && b.SMS == call.Drop {
		return reject(row, call.SMSDropped, b)
	}
	d := call.Decision{Outcome: call.Connect, Reason: why, Row: row, Callee: callee, Display: s.q.X, Binding: b}
	if !b.Display.IsZero() {
		d.Display = b.Display
	}
	return d
}
