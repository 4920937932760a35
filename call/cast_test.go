package call_test

import (
	"testing"
	"time"

	"xmode/call"
	"xmode/call/calltest"
)

// The cast of the tables.
var (
	now      = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	x        = call.NumberFromStore("+8617000000001")
	owner    = call.NumberFromStore("+8613800000021")
	peer     = call.NumberFromStore("+8613800000022")
	friend   = call.NumberFromStore("+8613800000023")
	stranger = call.NumberFromStore("+8613900000099")
	landline = call.NumberFromStore("+8675528780001")
	hotline  = call.NumberFromStore("+864001234567")
	nobody   = call.Number{}
)

// change alters a binding that passes Check.
type change func(*call.Binding)

func binding(id call.ID, changes ...change) call.Binding {
	b := call.Binding{ID: id, X: x, A: owner, Direction: call.Both, SMS: call.Forward}
	for _, c := range changes {
		c(&b)
	}
	return b
}

func peers(ns ...call.Number) change {
	return func(b *call.Binding) { b.Peers, b.PeerCount = ns, len(ns) }
}
func extension(e string) change                  { return func(b *call.Binding) { b.Extension = e } }
func ownedBy(n call.Number) change               { return func(b *call.Binding) { b.A = n } }
func on(p call.Platform) change                  { return func(b *call.Binding) { b.Platform = p } }
func only(d call.Direction) change               { return func(b *call.Binding) { b.Direction = d } }
func texts(m call.SMSMode) change                { return func(b *call.Binding) { b.SMS = m } }
func showing(n call.Number) change               { return func(b *call.Binding) { b.Display = n } }
func expires(d time.Duration) change             { return func(b *call.Binding) { b.ExpiresAt = now.Add(d) } }
func bindings(bs ...call.Binding) []call.Binding { return bs }

// ask alters a query of a call that can be asked for an extension.
type ask func(*call.Query)

func query(caller call.Number, asks ...ask) call.Query {
	q := call.Query{Platform: "aliyun", Kind: call.Voice, CallID: "call-1", Caller: caller, X: x, CanAsk: true, At: now}
	for _, a := range asks {
		a(&q)
	}
	return q
}

func dialling(e string) ask    { return func(q *call.Query) { q.Extension = e } }
func texting(q *call.Query)    { q.Kind = call.SMS }
func cannotAsk(q *call.Query)  { q.CanAsk = false }
func fromHuawei(q *call.Query) { q.Platform = "huawei" }

// calledBack is the record that caller reached owner through the binding.
func calledBack(caller call.Number, by call.ID) map[call.Number]calltest.Last {
	return map[call.Number]calltest.Last{owner: {Caller: caller, Binding: by}}
}

// want is the decision that a table expects; the binding is that with the id.
type want struct {
	call.Decision
	by call.ID
}

func connects(row int, why call.Reason, callee call.Number, by call.ID) want {
	return want{call.Decision{Outcome: call.Connect, Reason: why, Row: row, Callee: callee, Display: x}, by}
}

func (w want) as(display call.Number) want { w.Display = display; return w }

func rejects(row int, why call.Reason, by call.ID) want {
	return want{call.Decision{Outcome: call.Reject, Reason: why, Row: row}, by}
}

func asks(row int, why call.Reason) want {
	return want{call.Decision{Outcome: call.Ask, Reason: why, Row: row}, 0}
}

// policy is what the tables assume unless they say otherwise.
var policy = call.Policy{MaxAsks: 3}

// situation is one line of a table.
type situation struct {
	name     string
	bindings []call.Binding
	query    call.Query
	last     map[call.Number]calltest.Last
	asked    int
	policy   *call.Policy
	want     want
}

func decideAll(t *testing.T, table []situation) {
	t.Helper()
	for _, s := range table {
		t.Run(s.name, func(t *testing.T) {
			p := policy
			if s.policy != nil {
				p = *s.policy
			}
			if s.want.by != 0 {
				s.want.Binding = &call.Binding{ID: s.want.by}
			}
			got := call.Decide(s.query, calltest.RoutesOf(s.bindings, s.query, s.last, s.asked), p)
			if !calltest.Same(got, s.want.Decision) {
				t.Errorf("decided %+v, want %+v", got, s.want)
			}
			if reference := calltest.Reference(s.bindings, s.query, s.last, s.asked, p); !calltest.Same(reference, s.want.Decision) {
				t.Errorf("the reference decided %+v, want %+v", reference, s.want)
			}
		})
	}
}
