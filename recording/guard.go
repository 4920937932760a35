package recording

import (
	"context"
	"errors"
	"net/netip"
	"syscall"
)

// errNotPublic: a host resolves to an address that must not be dialled.
var errNotPublic = errors.New("not a public address")

// guard decides which IP addresses are dialled. It sees them as they are handed to
// the system, so that no second look-up can bring another one.
type guard struct {
	never, private []netip.Prefix
	nat64, given   netip.Prefix
	allowPrivate   bool
}

// newGuard follows IANA's registries of special-purpose addresses.
//
// The switch for private addresses opens what machines of the same owner have. It
// opens nothing that is special in other ways, and no cloud's metadata service,
// which hands credentials to whoever can make a machine ask it; those lie among
// link-local and, here and there, among private and public addresses.
func newGuard(allowPrivate bool) *guard {
	return &guard{
		allowPrivate: allowPrivate,
		nat64:        netip.MustParsePrefix("64:ff9b::/96"), // IPv4 inside
		given:        netip.MustParsePrefix("2000::/3"),     // of IPv6, this has been given out
		private: prefixes(
			"127.0.0.0/8", "::1/128", // loopback
			"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", // private
			"100.64.0.0/10", // shared: carriers, and the inner networks of clouds
		),
		never: prefixes(
			"100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128", "fd20:ce::254/128", // metadata
			"169.254.0.0/16", "fe80::/10", "fec0::/10", // link-local; site-local, which is no more
			"0.0.0.0/8", "::/96", // this network; IPv4 in the way that is no more, and unspecified
			"192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", // protocols, relays, benchmarks
			"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20", // documents
			"224.0.0.0/4", "240.0.0.0/4", "ff00::/8", // many receivers; reserved
			"64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", // local translation, discard
			"2001::/23", "2002::/16", // Teredo and other protocols, 6to4: IPv4 inside
			"5f00::/16", // segment routing
		),
	}
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, 0, len(texts))
	for _, t := range texts {
		list = append(list, netip.MustParsePrefix(t))
	}
	return list
}

// allows reports whether an address may be dialled.
func (g *guard) allows(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if g.nat64.Contains(ip) {
		b := ip.As16()
		return g.allows(netip.AddrFrom4([4]byte(b[12:])))
	}
	loopback := ip == netip.IPv6Loopback() // lies in ::/96
	if !ip.IsValid() || contains(g.never, ip) && !loopback {
		return false
	}
	if contains(g.private, ip) {
		return g.allowPrivate
	}
	return ip.Is4() || g.given.Contains(ip)
}

func contains(list []netip.Prefix, ip netip.Addr) bool {
	for _, p := range list {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// control is called by net.Dialer with each address before it connects.
func (g *guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !g.allows(at.Addr()) {
		return errNotPublic
	}
	return nil
}
