package call_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xmode/call"
	"xmode/call/calltest"
)

// question is a query of a scene with all that its decision depends on.
type question struct {
	query  call.Query
	last   map[call.Number]calltest.Last
	asks   int
	policy call.Policy
}

func drawQuestion(t *rapid.T, s calltest.Scene) question {
	q := calltest.Query(t, s)
	return question{q, s.Last[q.X], rapid.IntRange(0, 4).Draw(t, "asks"), calltest.Policy(t)}
}

func (q question) decide(bindings []call.Binding) call.Decision {
	return call.Decide(q.query, calltest.RoutesOf(bindings, q.query, q.last, q.asks), q.policy)
}

// inScenes checks a property for many questions to many scenes.
func inScenes(t *testing.T, property func(*rapid.T, calltest.Scene, question)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		s := calltest.World(t)
		for range 20 {
			property(t, s, drawQuestion(t, s))
		}
	})
}

func TestReferenceAgrees(t *testing.T) {
	inScenes(t, func(t *rapid.T, s calltest.Scene, q question) {
		got := q.decide(s.Bindings())
		want := calltest.Reference(s.Bindings(), q.query, q.last, q.asks, q.policy)
		if !calltest.Same(got, want) {
			t.Fatalf("decided %+v\nthe reference %+v", got, want)
		}
	})
}

func TestDeadBindingsChangeNothing(t *testing.T) {
	inScenes(t, func(t *rapid.T, s calltest.Scene, q question) {
		dead := func(b call.Binding) bool { return !b.Live(q.query.Platform, q.query.At) }
		with, without := q.decide(s.Bindings()), q.decide(slices.DeleteFunc(s.Bindings(), dead))
		if !calltest.Same(with, without) {
			t.Fatalf("decided %+v, but without expired bindings and those of other platforms %+v", with, without)
		}
		if with.Binding != nil && dead(*with.Binding) {
			t.Fatalf("decided by a dead binding: %+v", with)
		}
	})
}

func TestOnlyDeadBindingsAreNone(t *testing.T) {
	inScenes(t, func(t *rapid.T, s calltest.Scene, q question) {
		dead := s.Bindings()
		for i := range dead {
			if i%2 == 0 {
				dead[i].ExpiresAt = q.query.At
			} else {
				dead[i].Platform = "another"
			}
		}
		if got := q.decide(dead); got != (call.Decision{Outcome: call.Reject, Reason: call.NoBinding, Row: 11}) {
			t.Fatalf("decided %+v", got)
		}
	})
}

func TestCallersWithoutRouteAreRejected(t *testing.T) {
	inScenes(t, func(t *rapid.T, s calltest.Scene, q question) {
		q.query.Extension = ""
		reaches := func(b call.Binding) bool {
			return b.X == q.query.X && (len(b.Peers) == 0 && b.Extension == "" ||
				b.A == q.query.Caller || slices.Contains(b.Peers, q.query.Caller))
		}
		got := q.decide(slices.DeleteFunc(s.Bindings(), reaches))
		if got.Outcome == call.Connect || got.Row < 10 || got.Binding != nil {
			t.Fatalf("decided %+v", got)
		}
	})
}

// TestPrecedence holds the rows against what the routes of a query offer: what
// an earlier row needs must be missing where a later one decided.
func TestPrecedence(t *testing.T) {
	inScenes(t, func(t *rapid.T, s calltest.Scene, q question) {
		r := calltest.RoutesOf(s.Bindings(), q.query, q.last, q.asks)
		live := func(b *call.Binding) bool { return b != nil && b.Live(q.query.Platform, q.query.At) }
		_, extension := call.NormalExtension(q.query.Extension)
		var allowed []int
		switch {
		case extension && live(r.Extension):
			allowed = []int{1, 2, 3}
		case live(r.Own):
			allowed = []int{5, 6, 7}
		case q.query.Extension != "" && q.query.At.Before(r.ExtensionsUntil):
			allowed = []int{4}
		case live(r.Open):
			allowed = []int{9}
		case q.query.At.Before(r.ExtensionsUntil):
			allowed = []int{8, 10}
		default:
			allowed = []int{11}
		}
		if got := q.decide(s.Bindings()); !slices.Contains(allowed, got.Row) {
			t.Fatalf("decided %+v; expected one of the rows %d", got, allowed)
		}
	})
}

// TestScenesReachEverything keeps the properties honest: what the scenes never
// reach, they do not check. The examples are the same in every run.
func TestScenesReachEverything(t *testing.T) {
	rows, reasons := map[int]bool{}, map[call.Reason]bool{}
	decisions := rapid.Custom(func(t *rapid.T) call.Decision {
		s := calltest.World(t)
		return drawQuestion(t, s).decide(s.Bindings())
	})
	for i := range 6000 {
		d := decisions.Example(i)
		rows[d.Row], reasons[d.Reason] = true, true
	}
	if len(rows) != 11 {
		t.Errorf("rows reached: %v", slices.Sorted(maps.Keys(rows)))
	}
	for reason := range known {
		if !reasons[reason] {
			t.Errorf("no query was decided with the reason %s", reason)
		}
	}
}

// known are the reasons of the table and the outcomes that each may have.
var known = map[call.Reason][]call.Outcome{
	call.ByExtension: {call.Connect}, call.CallerNotAllowed: {call.Reject},
	call.ExtensionUnknown: {call.Ask, call.Reject}, call.ByPeer: {call.Connect},
	call.ByOwner: {call.Connect}, call.ByCallback: {call.Connect},
	call.NoCallbackTarget: {call.Reject}, call.ByOpen: {call.Connect},
	call.ExtensionRequired: {call.Ask, call.Reject}, call.NoBinding: {call.Reject},
	call.DirectionNotAllowed: {call.Reject}, call.LandlineCaller: {call.Reject},
	call.SelfCall: {call.Reject}, call.SMSDropped: {call.Reject},
}

// drawAny draws a binding as no store should hold it, or none.
func drawAny(t *rapid.T, label string) *call.Binding {
	if rapid.Bool().Draw(t, label+" is nil") {
		return nil
	}
	return &call.Binding{
		X: drawNumber(t, label), A: drawNumber(t, label), Display: drawNumber(t, label),
		Platform:  rapid.SampledFrom([]call.Platform{"", "aliyun", "?"}).Draw(t, label),
		Extension: rapid.SampledFrom([]string{"", "1", "#"}).Draw(t, label),
		Peers:     rapid.SliceOfN(rapid.Custom(func(t *rapid.T) call.Number { return drawNumber(t, "n") }), 0, 3).Draw(t, label),
		PeerCount: rapid.IntRange(-1, 3).Draw(t, label),
		Direction: rapid.SampledFrom([]call.Direction{"", call.Both, call.ToA, call.FromA, "?"}).Draw(t, label),
		SMS:       rapid.SampledFrom([]call.SMSMode{"", call.Drop, "?"}).Draw(t, label),
		ExpiresAt: rapid.SampledFrom([]time.Time{{}, now, now.Add(time.Hour), call.Never}).Draw(t, label),
	}
}

func drawNumber(t *rapid.T, label string) call.Number {
	return rapid.SampledFrom([]call.Number{{}, x, owner, peer, landline, call.NumberFromStore("?")}).Draw(t, label)
}

func drawAnyRoutes(t *rapid.T) call.Routes {
	r := call.Routes{
		Extension:       drawAny(t, "extension"),
		Admits:          rapid.Bool().Draw(t, "admits"),
		Own:             drawAny(t, "own"),
		Open:            drawAny(t, "open"),
		ExtensionsUntil: rapid.SampledFrom([]time.Time{{}, now, call.Never}).Draw(t, "until"),
		Asks:            rapid.IntRange(-1, 4).Draw(t, "asks"),
	}
	if rapid.Bool().Draw(t, "has last") {
		r.Last = &call.LastCaller{Caller: drawNumber(t, "last"), Binding: drawAny(t, "last"), Admits: rapid.Bool().Draw(t, "last")}
	}
	return r
}

func TestAnyRoutesAreDecided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := call.Query{
			Platform:  rapid.SampledFrom([]call.Platform{"", "aliyun"}).Draw(t, "platform"),
			Kind:      rapid.SampledFrom([]call.Kind{"", call.Voice, call.SMS}).Draw(t, "kind"),
			Caller:    drawNumber(t, "caller"),
			X:         drawNumber(t, "x"),
			Extension: rapid.OneOf(rapid.SampledFrom([]string{"", "1", "#"}), rapid.String()).Draw(t, "dialled"),
			CanAsk:    rapid.Bool().Draw(t, "can ask"),
			At:        rapid.SampledFrom([]time.Time{{}, now}).Draw(t, "at"),
		}
		d := call.Decide(q, drawAnyRoutes(t), calltest.Policy(t))
		connects := d.Outcome == call.Connect
		switch {
		case !slices.Contains(known[d.Reason], d.Outcome):
			t.Fatalf("unknown outcome or reason: %+v", d)
		case d.Row < 1 || 11 < d.Row:
			t.Fatalf("no row: %+v", d)
		case connects && (d.Callee.IsZero() || d.Callee == q.Caller || d.Binding == nil):
			t.Fatalf("connects nobody: %+v", d)
		case connects && !d.Binding.Live(q.Platform, q.At):
			t.Fatalf("connects by a dead binding: %+v", d)
		case !connects && !(d.Callee.IsZero() && d.Display.IsZero()):
			t.Fatalf("names a callee: %+v", d)
		}
	})
}
