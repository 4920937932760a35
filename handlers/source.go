package handlers

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// headerForwardedFor is where proxies note from whom they have a request.
const headerForwardedFor = "X-Forwarded-For"

// Networks are ranges of addresses. Nil holds none.
type Networks []netip.Prefix

// ParseNetworks reads "10.0.0.0/8,2001:db8::/32,192.0.2.7"; an address stands for
// itself. The error joins all faults. Nothing gives nil.
func ParseNetworks(s string) (Networks, error) {
	var all Networks
	var faults []error
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	for i, entry := range strings.Split(s, ",") {
		network, err := parseNetwork(strings.TrimSpace(entry))
		if err != nil {
			faults = append(faults, fmt.Errorf("entry %d: %w", i+1, err))
			continue
		}
		all = append(all, network)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return all, nil
}

// parseNetwork reads one range. One of IPv4 that is written as IPv6 is one of IPv4, as
// are the addresses that are compared with it.
func parseNetwork(entry string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(entry); err == nil && ip.Zone() == "" {
		ip = ip.Unmap()
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	network, err := netip.ParsePrefix(entry)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is no range such as 10.0.0.0/8 or 2001:db8::/32", entry)
	}
	const mapped = 96 // bits before the IPv4 address
	if ip := network.Addr(); ip.Is4In6() {
		if network.Bits() < mapped {
			return netip.Prefix{}, fmt.Errorf("%q is no range of IPv4 and none of IPv6", entry)
		}
		network = netip.PrefixFrom(ip.Unmap(), network.Bits()-mapped)
	}
	return network.Masked(), nil
}

// Contains reports whether an address is in one of the ranges.
func (n Networks) Contains(ip netip.Addr) bool {
	for _, network := range n {
		if network.Contains(ip) {
			return true
		}
	}
	return false
}

// source is the address that a request comes from: that of the connection, or where
// that is a trusted proxy, the last one in X-Forwarded-For that is none. Whoever is
// no trusted proxy may write into that header what he likes. It is the zero Addr,
// which is in no range, where a trusted proxy wrote what is no address.
func (n Networks) source(r *http.Request) netip.Addr {
	source := parseSource(r.RemoteAddr)
	lines := r.Header[headerForwardedFor]
	for i := len(lines) - 1; i >= 0; i-- {
		rest := lines[i]
		for more := true; more; {
			if !n.Contains(source) {
				return source
			}
			var entry string
			entry, rest, more = lastEntry(rest)
			if entry == "" {
				continue
			}
			if source = parseSource(entry); !source.IsValid() {
				return source
			}
		}
	}
	return source
}

// lastEntry cuts the last entry from a list; more says whether there are others.
func lastEntry(list string) (entry, rest string, more bool) {
	comma := strings.LastIndexByte(list, ',')
	if comma < 0 {
		return strings.TrimSpace(list), "", false
	}
	return strings.TrimSpace(list[comma+1:]), list[:comma], true
}

// parseSource reads an address, with or without a port, brackets and a zone.
func parseSource(text string) netip.Addr {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	} else if inner, ok := strings.CutPrefix(text, "["); ok {
		text = strings.TrimSuffix(inner, "]")
	}
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap().WithZone("")
}
