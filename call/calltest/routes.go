package calltest

import (
	"slices"
	"strings"
	"time"

	"xmode/call"
)

// Last is the record of the last caller who was connected to an owner.
type Last struct {
	// Caller was connected.
	Caller call.Number
	// Binding connected them; it may be gone since.
	Binding call.ID
}

// RoutesOf finds in bindings, in the order in which they were written, what a
// store finds for the query q. The records of last callers are those on q.X, by
// owner; asks is how often the call was asked.
//
// As in a store the peers of a group stay behind, and a later binding takes
// over the claims of an expired one.
func RoutesOf(bindings []call.Binding, q call.Query, last map[call.Number]Last, asks int) call.Routes {
	r := call.Routes{Asks: asks}
	digits, _ := strings.CutSuffix(q.Extension, "#")
	if digits == q.Extension {
		digits, _ = strings.CutSuffix(q.Extension, "*")
	}
	for i := range bindings {
		b := &bindings[i]
		if b.X != q.X {
			continue
		}
		switch {
		case b.Extension != "":
			r.ExtensionsUntil = later(r.ExtensionsUntil, until(b, q.Platform))
			if b.Extension == digits && claims(r.Extension, q.At) {
				r.Extension, r.Admits = kept(b), slices.Contains(b.Peers, q.Caller)
			}
		default:
			if isParty(b, q.Caller) && claims(r.Own, q.At) {
				r.Own = kept(b)
			}
			if len(b.Peers) == 0 && claims(r.Open, q.At) {
				r.Open = kept(b)
			}
		}
	}
	r.Last = lastCaller(bindings, q, last)
	return r
}

// claims reports whether the route that before has is free for the next one.
func claims(before *call.Binding, now time.Time) bool {
	return before == nil || before.Expired(now)
}

// until is the expiry of b as far as a query of platform p may see it.
func until(b *call.Binding, p call.Platform) time.Time {
	switch {
	case b.Platform != "" && b.Platform != p:
		return time.Time{}
	case b.ExpiresAt.IsZero():
		return call.Never
	default:
		return b.ExpiresAt
	}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// isParty reports whether n is the owner or a peer.
func isParty(b *call.Binding, n call.Number) bool {
	return !n.IsZero() && (b.A == n || slices.Contains(b.Peers, n))
}

// kept is b as a look-up for a decision gives it: without a group's peers.
func kept(b *call.Binding) *call.Binding {
	c := *b
	if len(c.Peers) > 1 {
		c.Peers = nil
	}
	return &c
}

// lastCaller is the record for the caller of q, with its binding if that is
// still there.
func lastCaller(bindings []call.Binding, q call.Query, last map[call.Number]Last) *call.LastCaller {
	record, ok := last[q.Caller]
	if !ok || q.Caller.IsZero() {
		return nil
	}
	found := &call.LastCaller{Caller: record.Caller}
	for i := range bindings {
		if b := &bindings[i]; b.ID == record.Binding && b.X == q.X {
			found.Binding, found.Admits = kept(b), slices.Contains(b.Peers, record.Caller)
		}
	}
	return found
}
