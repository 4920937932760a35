package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
)

// Faults of a target.
var (
	// ErrTarget: the text is no address of an endpoint.
	ErrTarget = errors.New("not of the form http://host:port or https://host:port")
	// ErrForeign: the endpoint is not on this machine or a private network.
	ErrForeign = errors.New("is neither on this machine nor on a private network")
)

// Lookup finds the addresses of a host, as net.Resolver.LookupNetIP does for "ip".
type Lookup func(ctx context.Context, host string) ([]netip.Addr, error)

// CheckTarget looks at the address of an endpoint that a platform is to be played
// to. Unless it is foreign by intent, all addresses of its host have to be loopback
// or private ones: whoever plays a platform to somebody else's endpoint attacks it.
// The error is ErrTarget, ErrForeign, or that of the look-up.
func CheckTarget(ctx context.Context, address string, foreign bool, lookup Lookup) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ErrTarget
	}
	if foreign {
		return nil
	}
	all, err := addressesOf(ctx, u.Hostname(), lookup)
	if err != nil {
		return fmt.Errorf("look up %s: %w", u.Hostname(), err)
	}
	for _, a := range all {
		if a = a.Unmap(); !a.IsLoopback() && !a.IsPrivate() && !a.IsLinkLocalUnicast() {
			return fmt.Errorf("%s %w", u.Hostname(), ErrForeign)
		}
	}
	return nil
}

// addressesOf are those that a host stands for.
func addressesOf(ctx context.Context, host string, lookup Lookup) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	return lookup(ctx, host)
}
