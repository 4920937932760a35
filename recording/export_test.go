package recording

import (
	"net/netip"
	"time"
)

// Judged is what the address policy makes of an address.
type Judged struct{ Host, Asked, First string }

// Judge returns the host of an address, the address that may be asked, and the one
// that is asked first.
func Judge(d *Downloader, plainHosts []string, text string) (Judged, error) {
	plain, err := parseHosts(plainHosts)
	if err != nil {
		return Judged{}, err
	}
	p := d.policy
	p.plain = plain
	a, refused := p.read(text)
	if refused != nil {
		return Judged{}, refused
	}
	j := Judged{Host: a.host, Asked: a.url.String(), First: a.url.String()}
	if a.upgrade {
		j.First = a.overTLS().url.String()
	}
	return j, nil
}

// Dials reports whether an IP address is dialled.
func Dials(allowPrivate bool, ip netip.Addr) bool { return newGuard(allowPrivate).allows(ip) }

// SetStall sets how long a bucket may take over one piece.
func SetStall(a *Archive, d time.Duration) { a.stall = d }

// ContentRange reads the header of that name.
func ContentRange(s string) (first, last, total int64, ok bool) { return contentRange(s) }
