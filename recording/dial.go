package recording

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// connectTime is how long a connection, and then a handshake, may take.
const connectTime = 10 * time.Second

// newTransport returns the one way out. insecure: certificates are not checked.
func newTransport(c DownloadConfig, g *guard, insecure bool) *http.Transport {
	connect := min(connectTime, c.Idle)
	dialer := &net.Dialer{Timeout: connect, KeepAlive: 30 * time.Second, Resolver: c.Resolver, ControlContext: g.control}
	onlyHTTP1 := new(http.Protocols)
	onlyHTTP1.SetHTTP1(true) // a connection is one file at a time: nothing to share
	return &http.Transport{
		// Through a proxy the address that is checked would be the proxy's, and the
		// one that is asked would be looked up where nobody checks it.
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.CA, InsecureSkipVerify: insecure},
		TLSHandshakeTimeout:    connect,
		ResponseHeaderTimeout:  c.Idle,
		MaxResponseHeaderBytes: 64 << 10,
		MaxConnsPerHost:        64,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        30 * time.Second,
		DisableCompression:     true, // a recording is bytes, and compressed as it is
		Protocols:              onlyHTTP1,
	}
}
