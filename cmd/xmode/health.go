package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"xmode/server"
)

// healthTimeout is how long an endpoint may take to say how it is: less than a
// container's health check waits.
const healthTimeout = 2 * time.Second

// healthCmd is `xmode health`. It takes the settings of the listeners, so that
// it finds the endpoint that was started with the same ones.
type healthCmd struct {
	server.Listeners `embed:""`
	URL              string `name:"url" placeholder:"URL" help:"Admin listener to ask; without it the one of the settings, on this machine."`
}

// errNotReady: the endpoint answered, and is not ready.
var errNotReady = errors.New("not ready")

// Run asks /readyz.
func (c *healthCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	if err := input.LoadFlags(); err != nil {
		return err
	}
	ready, err := c.readyURL()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ready.String(), nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{TLSClientConfig: verifying(ready.Hostname())}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport, CheckRedirect: stay}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return c.tell(std.out, resp)
}

// tell says what the endpoint said.
func (c *healthCmd) tell(w io.Writer, resp *http.Response) error {
	var said struct {
		Draining bool     `json:"draining"`
		Degraded []string `json:"degraded"`
	}
	// The status decides; what cannot be read adds nothing to it.
	_ = json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&said)
	more := ""
	if len(said.Degraded) > 0 {
		more = ", degraded: " + strings.Join(said.Degraded, ", ")
	}
	switch {
	case resp.StatusCode == http.StatusOK:
		_, err := fmt.Fprintln(w, "ready"+more)
		return err
	case said.Draining:
		return fmt.Errorf("%w: stopping%s", errNotReady, more)
	default:
		return fmt.Errorf("%w: status %d%s", errNotReady, resp.StatusCode, more)
	}
}

// readyURL is where to ask.
func (c *healthCmd) readyURL() (*url.URL, error) {
	if c.URL != "" {
		u, err := baseURL(c.URL)
		if err != nil {
			return nil, err
		}
		return u.JoinPath("readyz"), nil
	}
	host, port, err := net.SplitHostPort(c.AdminListen)
	if err != nil {
		return nil, fmt.Errorf("XMODE_ADMIN_LISTEN: %w", err)
	}
	u := &url.URL{Scheme: "http", Host: net.JoinHostPort(reachable(host), port), Path: "/readyz"}
	if c.AdminTLSCert != "" {
		u.Scheme = "https"
	}
	return u, nil
}

// reachable turns an address to listen on into one to connect to.
func reachable(host string) string {
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "", err == nil && ip == netip.IPv4Unspecified():
		return "127.0.0.1"
	case err == nil && ip.IsUnspecified():
		return "::1"
	default:
		return host
	}
}

// verifying checks the endpoint's certificate, but on loopback, where its names
// do not fit and nobody stands in between.
func verifying(host string) *tls.Config {
	ip, err := netip.ParseAddr(host)
	local := host == "localhost" || err == nil && ip.Unmap().IsLoopback()
	return &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: local}
}
