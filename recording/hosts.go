package recording

import (
	"fmt"
	"net/netip"
	"strings"
)

// hostList are hosts; an entry with a leading dot stands for all names that end in
// it, but not for the name without the dot.
type hostList []string

// parseHosts reads a setting.
func parseHosts(entries []string) (hostList, error) {
	var list hostList
	for _, e := range entries {
		h := canonicalHost(strings.TrimSpace(e))
		if !validHost(strings.TrimPrefix(h, ".")) {
			return nil, fmt.Errorf("%q is no host and no suffix of hosts", e)
		}
		list = append(list, h)
	}
	return list, nil
}

// has reports whether a canonical host is on the list. An IP address has no
// suffixes, for it is read from the other end.
func (l hostList) has(host string) bool {
	for _, entry := range l {
		if host == entry {
			return true
		}
		if entry[0] == '.' && strings.HasSuffix(host, entry) && len(host) > len(entry) && !isIP(host) {
			return true
		}
	}
	return false
}

// canonicalHost is a host in the one spelling that is compared and dialled: small
// letters, no dot at the end, IP addresses as package netip writes them.
func canonicalHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil && ip.Zone() == "" {
		return ip.String()
	}
	return host
}

// validHost reports whether a canonical host is an IP address or a name. What ends
// in a number is neither, if not an address of four decimal parts: other programs
// read 2130706433, 0x7f.1 and 0177.0.0.1 as addresses.
func validHost(host string) bool {
	if isIP(host) {
		return true
	}
	if host == "" || len(host) > 253 {
		return false
	}
	last := ""
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.IndexFunc(label, notInNames) >= 0 {
			return false
		}
		last = label
	}
	digits := strings.Trim(last, "0123456789") == ""
	return !digits && !strings.HasPrefix(last, "0x")
}

func notInNames(c rune) bool {
	return ('a' > c || c > 'z') && ('0' > c || c > '9') && c != '-' && c != '_'
}

func isIP(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == ""
}

// isLoopback reports whether a canonical host is this machine by its name alone.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
