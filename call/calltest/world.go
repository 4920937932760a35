package calltest

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"xmode/call"
)

// Scene is a small set of bindings and what earlier calls left behind.
type Scene struct {
	// Old bindings were written at Then, in order, when none was expired. By
	// now some are.
	Then time.Time
	Old  []call.Binding
	// New bindings were written at Now, in order, and are not expired. Some
	// take over routes of expired ones.
	Now time.Time
	New []call.Binding
	// Last holds the last callers by X number and owner. The binding may be
	// expired, or an id that no binding has.
	Last map[call.Number]map[call.Number]Last
}

// Bindings are all bindings in the order in which they were written.
func (s Scene) Bindings() []call.Binding { return slices.Concat(s.Old, s.New) }

// The few names that all scenes are made of, so that they collide.
var (
	instant    = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	xs         = numbers("+8617000000001", "95013123456789")
	parties    = numbers("+8613800000021", "+8613800000022", "+8613800000023", "+8675528780001", "+12125550123")
	stranger   = call.NumberFromStore("+8613900000099")
	extensions = []string{"1", "22", "12345678"}
	platforms  = []call.Platform{"aliyun", "huawei"}
)

func numbers(full ...string) []call.Number {
	ns := make([]call.Number, len(full))
	for i, f := range full {
		ns[i] = call.NumberFromStore(f)
	}
	return ns
}

// World draws a scene whose bindings all pass [call.Binding.Check] and never
// claimed one route twice at a time.
func World(t *rapid.T) Scene {
	s := Scene{Then: instant.Add(-time.Hour), Now: instant}
	s.Old = drawBindings(t, "old", 1, nil, s.Then,
		s.Then.Add(30*time.Minute), s.Now, s.Now.Add(time.Millisecond), s.Now.Add(time.Hour))
	s.New = drawBindings(t, "new", 101, s.Old, s.Now, s.Now.Add(time.Millisecond), s.Now.Add(time.Hour))
	s.Last = drawLast(t, s.Bindings())
	return s
}

// drawBindings draws bindings with ids from id on, written at now beside those
// that are there, with one of the expiries or none.
func drawBindings(t *rapid.T, label string, id call.ID, there []call.Binding, now time.Time, expiries ...time.Time) []call.Binding {
	var drawn []call.Binding
	for i := range rapid.IntRange(0, 6).Draw(t, label) {
		b := drawBinding(t, fmt.Sprintf("%s %d", label, i), append(expiries, time.Time{}))
		b.ID = id + call.ID(i)
		inWay := func(o call.Binding) bool { return !o.Expired(now) && Conflict(&b, &o) }
		if !slices.ContainsFunc(there, inWay) && !slices.ContainsFunc(drawn, inWay) {
			drawn = append(drawn, b)
		}
	}
	return drawn
}

func drawBinding(t *rapid.T, label string, expiries []time.Time) call.Binding {
	mix := rapid.Permutation(parties).Draw(t, label+": parties")
	// Extensions, no peers and no platform come more often than chance would
	// have it: that is where the rows differ.
	peers := rapid.SampledFrom([]int{0, 0, 1, 1, 2, 3}).Draw(t, label+": peers")
	b := call.Binding{
		X:           rapid.SampledFrom([]call.Number{xs[0], xs[0], xs[1]}).Draw(t, label+": x"),
		Platform:    rapid.SampledFrom([]call.Platform{"", "", platforms[0], platforms[1]}).Draw(t, label+": platform"),
		A:           mix[0],
		Peers:       mix[1 : 1+peers : 1+peers],
		PeerCount:   peers,
		Direction:   rapid.SampledFrom([]call.Direction{call.Both, call.Both, call.ToA, call.FromA}).Draw(t, label+": direction"),
		ExpiresAt:   rapid.SampledFrom(expiries).Draw(t, label+": expiry"),
		SMS:         rapid.SampledFrom([]call.SMSMode{call.Forward, call.Drop, call.Intercept}).Draw(t, label+": sms"),
		Record:      rapid.Bool().Draw(t, label+": record"),
		MaxDuration: rapid.SampledFrom([]int{0, 60, 86400}).Draw(t, label+": max duration"),
		UserData:    rapid.StringMatching(`[a-z0-9-]{0,8}`).Draw(t, label+": user data"),
	}
	if rapid.Bool().Draw(t, label+": extended") {
		b.Extension = rapid.SampledFrom(extensions).Draw(t, label+": extension")
	}
	if rapid.Bool().Draw(t, label+": displays") {
		b.Display = stranger
	}
	return b
}

// drawLast draws last callers, mostly such as the bindings could have made.
func drawLast(t *rapid.T, bindings []call.Binding) map[call.Number]map[call.Number]Last {
	all := map[call.Number]map[call.Number]Last{}
	const gone = 999
	for i, b := range bindings {
		if rapid.IntRange(0, 3).Draw(t, fmt.Sprintf("last caller by %d", b.ID)) == 0 {
			continue
		}
		last := Last{Caller: drawCaller(t, fmt.Sprintf("last caller %d", b.ID)), Binding: b.ID}
		if last.Caller.IsZero() || last.Caller == b.A {
			continue
		}
		if len(b.Peers) > 0 && rapid.Bool().Draw(t, fmt.Sprintf("last caller %d is a peer", b.ID)) {
			last.Caller = b.Peers[0]
		}
		if rapid.IntRange(0, 9).Draw(t, fmt.Sprintf("binding of last caller %d", b.ID)) == 0 {
			last.Binding = rapid.SampledFrom([]call.ID{gone, bindings[(i+1)%len(bindings)].ID}).Draw(t, "instead")
		}
		if all[b.X] == nil {
			all[b.X] = map[call.Number]Last{}
		}
		all[b.X][b.A] = last
	}
	return all
}

// drawCaller draws who might call: a party of bindings, a stranger, an X
// number, or nobody known.
func drawCaller(t *rapid.T, label string) call.Number {
	return rapid.SampledFrom(slices.Concat(parties, parties, []call.Number{stranger, xs[0], {}})).Draw(t, label)
}

// Query draws a query that has something to do with the scene, at its Now or
// somewhat later.
func Query(t *rapid.T, s Scene) call.Query {
	later := rapid.SampledFrom([]time.Duration{0, 0, time.Millisecond, 30 * time.Minute}).Draw(t, "later")
	dialled := slices.Concat(extensions, extensions, []string{"", "", "", "", "1#", "22*", "7", "#", "1##", "12a", "123456789"})
	return call.Query{
		Platform:  rapid.SampledFrom(platforms).Draw(t, "platform"),
		Kind:      rapid.SampledFrom([]call.Kind{call.Voice, call.Voice, call.SMS}).Draw(t, "kind"),
		CallID:    "call-1",
		Caller:    drawCaller(t, "caller"),
		X:         rapid.SampledFrom([]call.Number{xs[0], xs[0], xs[1]}).Draw(t, "x"),
		Extension: rapid.SampledFrom(dialled).Draw(t, "extension"),
		CanAsk:    rapid.Bool().Draw(t, "can ask"),
		At:        s.Now.Add(later),
	}
}

// Policy draws an operator's choices.
func Policy(t *rapid.T) call.Policy {
	return call.Policy{
		MaxAsks:         rapid.IntRange(0, 3).Draw(t, "max asks"),
		RejectLandlines: rapid.Bool().Draw(t, "reject landlines"),
	}
}

// Conflict reports whether two bindings, both of them not expired, claim one
// route and so may not exist side by side.
func Conflict(a, b *call.Binding) bool {
	switch {
	case a.X != b.X:
		return false
	case a.Extension != "" && b.Extension != "":
		return a.Extension == b.Extension
	case a.Extension != "":
		return len(b.Peers) == 0
	case b.Extension != "":
		return len(a.Peers) == 0
	case len(a.Peers) == 0 && len(b.Peers) == 0:
		return true
	}
	return isParty(b, a.A) || slices.ContainsFunc(a.Peers, func(n call.Number) bool { return isParty(b, n) })
}
