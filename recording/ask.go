package recording

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
)

// answer is a response, and the address that gave it.
type answer struct {
	*http.Response
	from address
}

func (a answer) close() { _ = a.Body.Close() }

// ask sends a request and follows redirections, each of which has to pass the
// policy by itself.
func (f *fetch) ask(to address, header http.Header) (answer, error) {
	for range maxRedirects + 1 {
		a, err := f.send(to, header)
		if err != nil {
			return answer{}, err
		}
		if !isRedirect(a.StatusCode) {
			return a, nil
		}
		a.close()
		location := a.Header.Get("Location")
		if location == "" {
			return answer{}, statusFailure(a.StatusCode, " without Location")
		}
		next, refused := f.policy.follow(a.from.url, location)
		if refused != nil {
			return answer{}, refused
		}
		to = next
	}
	return answer{}, newFailure(ReasonAddressRefused, "too many redirections")
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func statusFailure(status int, more string) *Failure {
	return newFailure(ReasonStatus, strconv.Itoa(status)+more)
}

// send sends one request: with TLS first where the address is plain, and without
// it only if that is not to be had.
func (f *fetch) send(to address, header http.Header) (answer, error) {
	if !to.upgrade || f.plain.has(to.url.Host) {
		return f.trip(to, header)
	}
	a, err := f.trip(to.overTLS(), header)
	if !isUnconnected(err) {
		return a, err
	}
	a, err = f.trip(to, header)
	if !isUnconnected(err) {
		f.plain.add(to.url.Host)
	}
	return a, err
}

// isUnconnected reports a connection or a handshake that did not come about, for no
// reason of ours.
func isUnconnected(err error) bool {
	f, ok := errors.AsType[*Failure](err)
	return ok && (f.Reason == ReasonUnreachable || f.Reason == ReasonTLS)
}

// trip sends one request.
func (f *fetch) trip(to address, header http.Header) (answer, error) {
	var p progress
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(f.ctx, p.trace()), http.MethodGet, "", nil)
	if err != nil {
		return answer{}, newFailure(ReasonAddressRefused, "no request")
	}
	r.URL, r.Host = to.url, to.url.Host
	r.Header = http.Header{"User-Agent": {"xmode"}, "Accept": {"*/*"}}
	for name, values := range header {
		r.Header[name] = values
	}
	// The transport, not a client: it follows nothing, and keeps no address in its
	// errors.
	response, err := f.transport(to.host).RoundTrip(r)
	if err != nil {
		return answer{}, f.tripFailure(err, &p)
	}
	return answer{response, to}, nil
}

func (f *fetch) transport(host string) *http.Transport {
	if f.policy.insecure.has(host) {
		return f.trusting
	}
	return f.checked
}

// progress is how far a request came. The connection is made in the background,
// and may be told of after the request has ended.
type progress struct{ connected, handshake atomic.Bool }

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:           func(httptrace.GotConnInfo) { p.connected.Store(true) },
		TLSHandshakeStart: func() { p.handshake.Store(true) },
	}
}

// tripFailure is why there was no answer.
func (f *fetch) tripFailure(err error, p *progress) *Failure {
	if over := f.over(); over != nil {
		return over
	}
	n, isNet := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, errNotPublic):
		return newFailure(ReasonAddressRefused, "the host has no public address")
	case p.connected.Load() && isNet && n.Timeout():
		return newFailure(ReasonTimeout, errSilent.Error())
	case p.connected.Load():
		return &Failure{Reason: ReasonCutOff, Detail: "no answer", Err: harmless(err)}
	case p.handshake.Load():
		return newFailure(ReasonTLS, handshakeWord(err))
	}
	return &Failure{Reason: ReasonUnreachable, Detail: networkWord(err), Err: harmless(err)}
}

// handshakeWord is why a handshake came to nothing. The errors themselves name hosts.
func handshakeWord(err error) string {
	// What the server complains of is one of the protocol's alerts.
	if remote, ok := errors.AsType[*net.OpError](err); ok && remote.Op == "remote error" {
		return strings.TrimPrefix(remote.Err.Error(), "tls: ")
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the certificate is another host's"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "the certificate is signed by an unknown authority"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "the certificate has expired, or is not valid yet"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the certificate does not verify"
	}
	if word := networkWord(err); word != "" {
		return word
	}
	return "no handshake"
}
