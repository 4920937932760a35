package call_test

import (
	"testing"
	"time"

	"xmode/call"
	"xmode/call/calltest"
)

func TestDialledExtension(t *testing.T) {
	open := binding(1, extension("22"))
	pair := binding(2, extension("33"), peers(peer))
	group := binding(3, extension("44"), peers(peer, friend))
	all := bindings(open, pair, group)
	decideAll(t, []situation{
		{name: "row 1: anyone reaches an open extension", bindings: all, query: query(stranger, dialling("22")),
			want: connects(1, call.ByExtension, owner, 1)},
		{name: "row 1: even an unknown caller", bindings: all, query: query(nobody, dialling("22")),
			want: connects(1, call.ByExtension, owner, 1)},
		{name: "row 1: the peer of a pair", bindings: all, query: query(peer, dialling("33")),
			want: connects(1, call.ByExtension, owner, 2)},
		{name: "row 1: a peer of a group", bindings: all, query: query(friend, dialling("44")),
			want: connects(1, call.ByExtension, owner, 3)},
		{name: "row 1: a trailing # is dropped", bindings: all, query: query(stranger, dialling("22#")),
			want: connects(1, call.ByExtension, owner, 1)},
		{name: "row 1: a trailing * is dropped", bindings: all, query: query(stranger, dialling("22*")),
			want: connects(1, call.ByExtension, owner, 1)},
		{name: "row 1: before the caller's own pair", bindings: append(all, binding(4, ownedBy(friend), peers(peer))),
			query: query(peer, dialling("22")), want: connects(1, call.ByExtension, owner, 1)},
		{name: "row 2: others do not reach a pair", bindings: all, query: query(stranger, dialling("33")),
			want: rejects(2, call.CallerNotAllowed, 2)},
		{name: "row 2: nor a group", bindings: all, query: query(stranger, dialling("44")),
			want: rejects(2, call.CallerNotAllowed, 3)},
		{name: "row 2: nor does an unknown caller", bindings: all, query: query(nobody, dialling("33")),
			want: rejects(2, call.CallerNotAllowed, 2)},
		{name: "row 3: the owner reaches the only peer", bindings: all, query: query(owner, dialling("33")),
			want: connects(3, call.ByOwner, peer, 2)},
		{name: "row 3: the owner of an open one calls back", bindings: all, query: query(owner, dialling("22")),
			last: calledBack(stranger, 1), want: connects(3, call.ByCallback, stranger, 1)},
		{name: "row 3: whichever extension the last caller came by", bindings: all, query: query(owner, dialling("44")),
			last: calledBack(stranger, 1), want: connects(3, call.ByCallback, stranger, 3)},
		{name: "row 3: nobody to call back", bindings: all, query: query(owner, dialling("44")),
			want: rejects(3, call.NoCallbackTarget, 3)},
		{name: "row 4: a wrong extension is asked again", bindings: all, query: query(stranger, dialling("7")), asked: 2,
			want: asks(4, call.ExtensionUnknown)},
		{name: "row 4: until it was asked often enough", bindings: all, query: query(stranger, dialling("7")), asked: 3,
			want: rejects(4, call.ExtensionUnknown, 0)},
		{name: "row 4: letters are a wrong extension", bindings: all, query: query(nobody, dialling("22a")),
			want: asks(4, call.ExtensionUnknown)},
		{name: "row 4: so is a lone #", bindings: all, query: query(stranger, dialling("#")),
			want: asks(4, call.ExtensionUnknown)},
		{name: "row 4: so are two of them", bindings: all, query: query(stranger, dialling("22##")),
			want: asks(4, call.ExtensionUnknown)},
		{name: "row 4: an expired binding has no extension", query: query(stranger, dialling("55")),
			bindings: append(all, binding(5, extension("55"), expires(0))), want: asks(4, call.ExtensionUnknown)},
		{name: "row 4: nor has the other platform's", query: query(stranger, dialling("55")),
			bindings: append(all, binding(5, extension("55"), on("huawei"))), want: asks(4, call.ExtensionUnknown)},
		{name: "row 4: a last caller does not matter", bindings: all, query: query(owner, dialling("7")),
			last: calledBack(stranger, 1), want: asks(4, call.ExtensionUnknown)},
	})
}

func TestIgnoredExtension(t *testing.T) {
	extended := binding(9, ownedBy(friend), extension("22"))
	decideAll(t, []situation{
		{name: "X has no extensions: an open binding", bindings: bindings(binding(1)), query: query(stranger, dialling("7")),
			want: connects(9, call.ByOpen, owner, 1)},
		{name: "X has no extensions: a pair", bindings: bindings(binding(1, peers(peer))), query: query(peer, dialling("7")),
			want: connects(5, call.ByPeer, owner, 1)},
		{name: "X has no extensions: garbage", bindings: bindings(binding(1)), query: query(nobody, dialling("**")),
			want: connects(9, call.ByOpen, owner, 1)},
		{name: "X has no extensions: no binding", query: query(stranger, dialling("7")),
			want: rejects(11, call.NoBinding, 0)},
		{name: "X has only expired extensions", query: query(stranger, dialling("22")),
			bindings: bindings(binding(1), binding(2, extension("22"), expires(-time.Hour))),
			want:     connects(9, call.ByOpen, owner, 1)},
		{name: "X has only the other platform's extensions", query: query(stranger, dialling("22")),
			bindings: bindings(binding(2, extension("22"), on("huawei"))), want: rejects(11, call.NoBinding, 0)},
		{name: "nobody has it, the caller is a peer", bindings: bindings(binding(1, peers(peer)), extended),
			query: query(peer, dialling("7")), want: connects(5, call.ByPeer, owner, 1)},
		{name: "nobody has it, the caller owns a pair", bindings: bindings(binding(1, peers(peer)), extended),
			query: query(owner, dialling("#")), want: connects(6, call.ByOwner, peer, 1)},
		{name: "nobody has it, the caller owns a group", bindings: bindings(binding(1, peers(peer, stranger)), extended),
			query: query(owner, dialling("7")), want: rejects(7, call.NoCallbackTarget, 1)},
		{name: "an expired claim is none", bindings: bindings(binding(1, peers(peer), expires(0)), extended),
			query: query(peer, dialling("7")), want: asks(4, call.ExtensionUnknown)},
		{name: "the other platform's claim is none", bindings: bindings(binding(1, peers(peer), on("huawei")), extended),
			query: query(peer, dialling("7")), want: asks(4, call.ExtensionUnknown)},
		{name: "somebody has it: not ignored", bindings: bindings(binding(1, peers(peer)), extended),
			query: query(peer, dialling("22")), want: connects(1, call.ByExtension, friend, 9)},
	})
}

func TestCallersWithAClaim(t *testing.T) {
	pair := binding(1, peers(peer))
	group := binding(2, peers(peer, friend))
	open := binding(3)
	extended := binding(4, extension("22"))
	decideAll(t, []situation{
		{name: "row 5: the peer of a pair", bindings: bindings(pair), query: query(peer),
			want: connects(5, call.ByPeer, owner, 1)},
		{name: "row 5: a peer of a group", bindings: bindings(group), query: query(friend),
			want: connects(5, call.ByPeer, owner, 2)},
		{name: "row 5: before an open binding", bindings: bindings(pair, binding(3, ownedBy(friend))), query: query(peer),
			want: connects(5, call.ByPeer, owner, 1)},
		{name: "row 6: the owner of a pair", bindings: bindings(pair), query: query(owner),
			want: connects(6, call.ByOwner, peer, 1)},
		{name: "row 6: whoever called last", bindings: bindings(pair, extended), query: query(owner),
			last: calledBack(stranger, 4), want: connects(6, call.ByOwner, peer, 1)},
		{name: "row 7: the owner of a group calls back", bindings: bindings(group), query: query(owner),
			last: calledBack(friend, 2), want: connects(7, call.ByCallback, friend, 2)},
		{name: "row 7: the owner of an open binding calls back", bindings: bindings(open), query: query(owner),
			last: calledBack(stranger, 3), want: connects(7, call.ByCallback, stranger, 3)},
		{name: "row 7: also who came by an extension", bindings: bindings(group, extended), query: query(owner),
			last: calledBack(stranger, 4), want: connects(7, call.ByCallback, stranger, 2)},
		{name: "row 7: nobody has called", bindings: bindings(open), query: query(owner),
			want: rejects(7, call.NoCallbackTarget, 3)},
		{name: "row 7: the last caller is no peer any more", bindings: bindings(group), query: query(owner),
			last: calledBack(stranger, 2), want: rejects(7, call.NoCallbackTarget, 2)},
		{name: "row 7: the last caller's binding is gone", bindings: bindings(open), query: query(owner),
			last: calledBack(stranger, 8), want: rejects(7, call.NoCallbackTarget, 3)},
		{name: "row 7: the last caller's binding expired", bindings: bindings(group, binding(4, extension("22"), expires(0))),
			query: query(owner), last: calledBack(stranger, 4), want: rejects(7, call.NoCallbackTarget, 2)},
		{name: "row 7: the last caller's binding is the other platform's",
			bindings: bindings(group, binding(4, extension("22"), on("huawei"))),
			query:    query(owner), last: calledBack(stranger, 4), want: rejects(7, call.NoCallbackTarget, 2)},
		{name: "row 7: the last caller's binding has another owner now",
			bindings: bindings(group, binding(4, extension("22"), ownedBy(friend))),
			query:    query(owner), last: calledBack(stranger, 4), want: rejects(7, call.NoCallbackTarget, 2)},
	})
}

func TestCallersWithoutAClaim(t *testing.T) {
	pair := binding(1, peers(peer))
	open := binding(3)
	extended := binding(4, extension("22"))
	decideAll(t, []situation{
		{name: "row 8: the owner of an extension calls back", bindings: bindings(extended), query: query(owner),
			last: calledBack(stranger, 4), want: connects(8, call.ByCallback, stranger, 4)},
		{name: "row 8: a peer who is still one", bindings: bindings(binding(4, extension("22"), peers(peer, friend))),
			query: query(owner), last: calledBack(friend, 4), want: connects(8, call.ByCallback, friend, 4)},
		{name: "row 8: not one who is no peer any more", bindings: bindings(binding(4, extension("22"), peers(peer, friend))),
			query: query(owner), last: calledBack(stranger, 4), want: asks(10, call.ExtensionRequired)},
		{name: "row 8: another extension does not vouch for the last caller",
			bindings: bindings(extended, binding(5, extension("33"), expires(0))),
			query:    query(owner), last: calledBack(stranger, 5), want: asks(10, call.ExtensionRequired)},
		{name: "row 9: anyone reaches an open binding", bindings: bindings(open), query: query(stranger),
			want: connects(9, call.ByOpen, owner, 3)},
		{name: "row 9: even an unknown caller", bindings: bindings(open), query: query(nobody),
			want: connects(9, call.ByOpen, owner, 3)},
		{name: "row 9: the platform's own", bindings: bindings(binding(3, on("aliyun"))), query: query(stranger),
			want: connects(9, call.ByOpen, owner, 3)},
		{name: "row 9: to the last instant", bindings: bindings(binding(3, expires(time.Millisecond))), query: query(stranger),
			want: connects(9, call.ByOpen, owner, 3)},
		{name: "row 9: the number shown", bindings: bindings(binding(3, showing(hotline))), query: query(stranger),
			want: connects(9, call.ByOpen, owner, 3).as(hotline)},
		{name: "row 10: an extension is needed", bindings: bindings(extended), query: query(stranger), asked: 2,
			want: asks(10, call.ExtensionRequired)},
		{name: "row 10: by an unknown caller too", bindings: bindings(extended), query: query(nobody),
			want: asks(10, call.ExtensionRequired)},
		{name: "row 10: and by the owner whom nobody called", bindings: bindings(extended), query: query(owner),
			want: asks(10, call.ExtensionRequired)},
		{name: "row 10: until it was asked often enough", bindings: bindings(extended), query: query(stranger), asked: 3,
			want: rejects(10, call.ExtensionRequired, 0)},
		{name: "row 10: never where no ask is allowed", bindings: bindings(extended), query: query(stranger),
			policy: &call.Policy{MaxAsks: 0}, want: rejects(10, call.ExtensionRequired, 0)},
		{name: "row 11: nothing there", query: query(stranger), want: rejects(11, call.NoBinding, 0)},
		{name: "row 11: an unknown caller", query: query(nobody), want: rejects(11, call.NoBinding, 0)},
		{name: "row 11: somebody else's pair", bindings: bindings(pair), query: query(stranger),
			want: rejects(11, call.NoBinding, 0)},
		{name: "row 11: somebody else's pair, unknown caller", bindings: bindings(pair), query: query(nobody),
			want: rejects(11, call.NoBinding, 0)},
		{name: "row 11: expired this instant", bindings: bindings(binding(3, expires(0))), query: query(stranger),
			want: rejects(11, call.NoBinding, 0)},
		{name: "row 11: the other platform's", bindings: bindings(binding(3, on("aliyun"))), query: query(stranger, fromHuawei),
			want: rejects(11, call.NoBinding, 0)},
	})
}

func TestRefusedDirection(t *testing.T) {
	toA := []change{only(call.ToA)}
	fromA := []change{only(call.FromA)}
	with := func(c []change, more ...change) []change { return append(c[:len(c):len(c)], more...) }
	decideAll(t, []situation{
		{name: "direction: a peer may not call", bindings: bindings(binding(1, with(fromA, peers(peer))...)), query: query(peer),
			want: rejects(5, call.DirectionNotAllowed, 1)},
		{name: "direction: nobody may call", bindings: bindings(binding(1, fromA...)), query: query(stranger),
			want: rejects(9, call.DirectionNotAllowed, 1)},
		{name: "direction: nor by extension", bindings: bindings(binding(1, with(fromA, extension("22"))...)),
			query: query(stranger, dialling("22")), want: rejects(1, call.DirectionNotAllowed, 1)},
		{name: "direction: the owner may not call", bindings: bindings(binding(1, with(toA, peers(peer))...)), query: query(owner),
			want: rejects(6, call.DirectionNotAllowed, 1)},
		{name: "direction: nor by extension, the owner", bindings: bindings(binding(1, with(toA, peers(peer), extension("22"))...)),
			query: query(owner, dialling("22")), want: rejects(3, call.DirectionNotAllowed, 1)},
		{name: "direction: nor call back", bindings: bindings(binding(1, toA...)), query: query(owner),
			last: calledBack(stranger, 1), want: rejects(7, call.DirectionNotAllowed, 1)},
		{name: "direction: nor call back from an extension", bindings: bindings(binding(1, with(toA, extension("22"))...)),
			query: query(owner), last: calledBack(stranger, 1), want: rejects(8, call.DirectionNotAllowed, 1)},
		{name: "direction: never falls through to an open binding", query: query(peer),
			bindings: bindings(binding(1, with(fromA, peers(peer))...), binding(2, ownedBy(friend))),
			want:     rejects(5, call.DirectionNotAllowed, 1)},
		{name: "direction: to_a lets peers call", bindings: bindings(binding(1, with(toA, peers(peer))...)), query: query(peer),
			want: connects(5, call.ByPeer, owner, 1)},
		{name: "direction: from_a lets the owner call", bindings: bindings(binding(1, with(fromA, peers(peer))...)),
			query: query(owner), want: connects(6, call.ByOwner, peer, 1)},
	})
}

func TestRefusedLandline(t *testing.T) {
	noLandlines := &call.Policy{MaxAsks: 3, RejectLandlines: true}
	decideAll(t, []situation{
		{name: "landline: to an open binding", bindings: bindings(binding(1)), query: query(landline), policy: noLandlines,
			want: rejects(9, call.LandlineCaller, 1)},
		{name: "landline: to an extension", bindings: bindings(binding(1, extension("22"))),
			query: query(landline, dialling("22")), policy: noLandlines, want: rejects(1, call.LandlineCaller, 1)},
		{name: "landline: a peer is welcome", bindings: bindings(binding(1, peers(landline))), query: query(landline),
			policy: noLandlines, want: connects(5, call.ByPeer, owner, 1)},
		{name: "landline: a text is not refused", bindings: bindings(binding(1)), query: query(landline, texting),
			policy: noLandlines, want: connects(9, call.ByOpen, owner, 1)},
		{name: "landline: allowed by default", bindings: bindings(binding(1)), query: query(landline),
			want: connects(9, call.ByOpen, owner, 1)},
		{name: "landline: a mobile is none", bindings: bindings(binding(1)), query: query(stranger), policy: noLandlines,
			want: connects(9, call.ByOpen, owner, 1)},
		{name: "landline: an unknown caller is none", bindings: bindings(binding(1)), query: query(nobody), policy: noLandlines,
			want: connects(9, call.ByOpen, owner, 1)},
		{name: "landline: after the direction", bindings: bindings(binding(1, only(call.FromA))), query: query(landline),
			policy: noLandlines, want: rejects(9, call.DirectionNotAllowed, 1)},
	})
}

func TestRefusedSelfCallOrText(t *testing.T) {
	decideAll(t, []situation{
		{name: "self call: calling back the X number", bindings: bindings(binding(1)), query: query(owner),
			last: calledBack(x, 1), want: rejects(7, call.SelfCall, 1)},
		{name: "self call: calling back oneself", bindings: bindings(binding(1)), query: query(owner),
			last: calledBack(owner, 1), want: rejects(7, call.SelfCall, 1)},
		{name: "self call: after the direction", bindings: bindings(binding(1, only(call.ToA))), query: query(owner),
			last: calledBack(x, 1), want: rejects(7, call.DirectionNotAllowed, 1)},
		{name: "self call: before dropping a text", bindings: bindings(binding(1, texts(call.Drop))), query: query(owner, texting),
			last: calledBack(x, 1), want: rejects(7, call.SelfCall, 1)},

		{name: "text: dropped", bindings: bindings(binding(1, texts(call.Drop), peers(peer))), query: query(peer, texting),
			want: rejects(5, call.SMSDropped, 1)},
		{name: "text: intercepted is accepted", bindings: bindings(binding(1, texts(call.Intercept), peers(peer))),
			query: query(peer, texting), want: connects(5, call.ByPeer, owner, 1)},
		{name: "text: forwarded", bindings: bindings(binding(1, peers(peer))), query: query(owner, texting),
			want: connects(6, call.ByOwner, peer, 1)},
		{name: "text: a call is not dropped", bindings: bindings(binding(1, texts(call.Drop), peers(peer))), query: query(peer),
			want: connects(5, call.ByPeer, owner, 1)},
	})
}

// TestRoutesThatCannotBe: what contradicts itself connects nobody by mistake.
func TestRoutesThatCannotBe(t *testing.T) {
	pair, open := binding(1, peers(peer)), binding(2)
	extended := binding(3, extension("22"))
	closed := binding(4, extension("22"), peers(peer))
	ownerless := binding(5, ownedBy(nobody))
	uncounted := binding(6, extension("22"), peers(peer))
	uncounted.PeerCount = 0
	cut := binding(7, peers(peer))
	cut.PeerCount = 2
	for _, c := range []struct {
		name   string
		query  call.Query
		routes call.Routes
		want   want
	}{
		{"an unknown caller is admitted", query(nobody, dialling("22")), call.Routes{Extension: &closed, Admits: true},
			rejects(2, call.CallerNotAllowed, 4)},
		{"an unknown caller has a claim", query(nobody), call.Routes{Own: &pair}, rejects(11, call.NoBinding, 0)},
		{"an unknown caller and no owner", query(nobody), call.Routes{Open: &ownerless}, rejects(11, call.NoBinding, 0)},
		{"an open binding without owner", query(stranger), call.Routes{Open: &ownerless}, rejects(11, call.NoBinding, 0)},
		{"an open binding with a peer", query(stranger), call.Routes{Open: &pair}, rejects(11, call.NoBinding, 0)},
		{"a last caller by no extension", query(owner), call.Routes{Last: &call.LastCaller{Caller: stranger, Binding: &open}},
			rejects(11, call.NoBinding, 0)},
		{"a last caller who is unknown", query(owner), call.Routes{Own: &open, Last: &call.LastCaller{Binding: &open}},
			rejects(7, call.NoCallbackTarget, 2)},
		{"garbage has an extension", query(stranger, dialling("2#2")),
			call.Routes{Extension: &extended, ExtensionsUntil: call.Never}, asks(4, call.ExtensionUnknown)},
		{"an extension that no expiry tells of", query(stranger, dialling("22")), call.Routes{Extension: &extended},
			connects(1, call.ByExtension, owner, 3)},
		{"peers that are not counted", query(stranger, dialling("22")), call.Routes{Extension: &uncounted},
			rejects(2, call.CallerNotAllowed, 6)},
		{"one peer of several", query(owner), call.Routes{Own: &cut}, rejects(7, call.NoCallbackTarget, 7)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want.by != 0 {
				c.want.Binding = &call.Binding{ID: c.want.by}
			}
			if got := call.Decide(c.query, c.routes, policy); !calltest.Same(got, c.want.Decision) {
				t.Errorf("decided %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestNeverAsked(t *testing.T) {
	extended := bindings(binding(1, extension("22"), peers(peer)))
	decideAll(t, []situation{
		{name: "a text without extension", bindings: extended, query: query(peer, texting),
			want: rejects(10, call.ExtensionRequired, 0)},
		{name: "a text with a wrong extension", bindings: extended, query: query(peer, texting, dialling("7")),
			want: rejects(4, call.ExtensionUnknown, 0)},
		{name: "a platform that cannot ask", bindings: extended, query: query(peer, cannotAsk),
			want: rejects(10, call.ExtensionRequired, 0)},
		{name: "a platform that cannot ask, wrong extension", bindings: extended, query: query(peer, cannotAsk, dialling("7")),
			want: rejects(4, call.ExtensionUnknown, 0)},
	})
}
