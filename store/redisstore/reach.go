package redisstore

import (
	"net"
	"net/netip"
)

// Reach is how a Redis address is spoken to.
type Reach struct {
	// Local: all of its servers are on this machine.
	Local bool
	// TLS guards the way there.
	TLS bool
	// Password is shown to the servers; empty: none.
	Password string
}

// ReachOf reads an address without dialling. The error is [Connect]'s.
func ReachOf(address string) (Reach, error) {
	o, _, err := parseURL(address)
	if err != nil {
		return Reach{}, err
	}
	r := Reach{Local: true, TLS: o.TLSConfig != nil, Password: o.Password}
	for _, addr := range o.Addrs {
		host, _, err := net.SplitHostPort(addr)
		ip, ipErr := netip.ParseAddr(host)
		r.Local = r.Local && err == nil && (host == "localhost" || ipErr == nil && ip.Unmap().IsLoopback())
	}
	return r, nil
}
