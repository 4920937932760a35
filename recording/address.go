package recording

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// maxAddress is how long an address may be, in bytes.
const maxAddress = 8 << 10

// maxRedirects is how many redirections are followed.
const maxRedirects = 5

// address is one that may be asked, as far as can be told without looking its host
// up; what it resolves to is checked when it is dialled.
type address struct {
	url  *url.URL
	host string
	// upgrade: the address is plain, and its host may be asked so, but is asked
	// with TLS first.
	upgrade bool
}

// policy decides which addresses may be asked.
type policy struct {
	hosts, insecure, plain hostList
	allowPrivate           bool
}

// read reads an address that a platform told.
func (p policy) read(text string) (address, *Failure) {
	if len(text) > maxAddress {
		return address{}, newFailure(ReasonAddressRefused, "too long")
	}
	u, err := url.Parse(text)
	if err != nil {
		return address{}, newFailure(ReasonAddressRefused, "no URL")
	}
	return p.check(u)
}

// follow reads where a server redirects to.
func (p policy) follow(from *url.URL, location string) (address, *Failure) {
	if len(location) > maxAddress {
		return address{}, newFailure(ReasonAddressRefused, "too long")
	}
	u, err := from.Parse(location)
	if err != nil {
		return address{}, newFailure(ReasonAddressRefused, "redirected to no URL")
	}
	return p.check(u)
}

func (p policy) check(u *url.URL) (address, *Failure) {
	if fault := shapeFault(u); fault != "" {
		return address{}, newFailure(ReasonAddressRefused, fault)
	}
	host := canonicalHost(u.Hostname())
	if !validHost(host) {
		return address{}, newFailure(ReasonAddressRefused, "no host name")
	}
	if !p.hosts.has(host) {
		return address{}, newFailure(ReasonAddressRefused, "the host is not on the list")
	}
	c := *u
	c.Fragment, c.RawFragment = "", ""
	c.Host = withPort(host, u.Port())
	a := address{url: &c, host: host}
	if u.Scheme == "https" {
		return a, nil
	}
	var ok bool
	a.upgrade, ok = p.plainly(host)
	if !ok {
		return address{}, newFailure(ReasonInsecure, "plain HTTP is not allowed for this host")
	}
	return a, nil
}

// shapeFault says what no address of a recording looks like; empty: nothing.
func shapeFault(u *url.URL) string {
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return "neither https nor http"
	case u.Opaque != "" || u.Host == "":
		return "no host"
	case u.User != nil:
		return "holds a user"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "no port"
		}
	}
	return ""
}

// plainly reports whether a host may be asked without TLS, and whether TLS has to
// be tried first.
func (p policy) plainly(host string) (upgrade, ok bool) {
	switch {
	case p.allowPrivate && isLoopback(host):
		return false, true
	case p.plain.has(host):
		return true, true
	}
	return false, p.insecure.has(host)
}

// overTLS is the same address, asked with TLS: at the port for it where the plain
// one is the usual one, otherwise at the same.
func (a address) overTLS() address {
	c := *a.url
	port := c.Port()
	if port == "80" {
		port = ""
	}
	c.Scheme, c.Host = "https", withPort(a.host, port)
	return address{url: &c, host: a.host}
}

func withPort(host, port string) string {
	if port != "" {
		return net.JoinHostPort(host, port)
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
