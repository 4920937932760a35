package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"xmode/server"
)

// endpoint says where the admin listener of a running endpoint is.
type endpoint struct {
	URL string `name:"url" default:"http://127.0.0.1:8081" placeholder:"URL" help:"Admin listener of the endpoint. The key is taken from XMODE_API_KEY or the file that XMODE_API_KEY_FILE names."`
	CA  string `name:"ca" placeholder:"FILE" help:"Certificate authority (PEM) that the endpoint's certificate is checked against, besides the system's."`
}

// How long an answer may take to begin, and to a call that is no stream.
const (
	headerTimeout = 60 * time.Second
	callTimeout   = 60 * time.Second
)

// maxReply bounds an answer that is read whole: a page of 1000 large groups.
const maxReply = 64 << 20

// errNoAPIKey: nothing opens the admin listener.
var errNoAPIKey = errors.New("XMODE_API_KEY: not set: the admin listener asks for a key")

// client calls the admin listener.
type client struct {
	base *url.URL
	key  string
	http *http.Client
}

// dial makes a client. It connects when it is first used.
func (e endpoint) dial(input *server.Input) (*client, error) {
	if _, err := baseURL(e.URL); err != nil { // a wrong usage goes before a missing key
		return nil, err
	}
	var settings server.ClientSettings
	if err := input.LoadClient(&settings); err != nil {
		return nil, err
	}
	if !settings.APIKey.IsSet() {
		return nil, errNoAPIKey
	}
	return newClient(e.URL, settings.APIKey.Reveal(), e.CA)
}

// newClient makes a client for an address and a key; ca may be empty.
func newClient(address, key, ca string) (*client, error) {
	base, err := baseURL(address)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = headerTimeout
	if ca != "" {
		if transport.TLSClientConfig, err = trusting(ca); err != nil {
			return nil, err
		}
	}
	return &client{base: base, key: key, http: &http.Client{Transport: transport, CheckRedirect: stay}}, nil
}

// stay keeps a key from following a redirect to somebody else.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// baseURL reads --url.
func baseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, usageError{"--url: not of the form http://host:port or https://host:port"}
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// trusting adds an authority to those of the system.
func trusting(file string) (*tls.Config, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca: %s holds no certificate", file)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}

// request makes a request with the key. The path may hold a query.
func (c *client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	return req, nil
}

// call makes a call without a body and decodes the answer into dst, unless it
// is nil. The error is a *statusError for every status but 2xx.
func (c *client) call(ctx context.Context, method, path string, dst any) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := c.request(ctx, method, path, nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return readStatus(resp)
	}
	if dst == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxReply)).Decode(dst); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.base.Host, err)
	}
	return nil
}

// apiError is an error as the admin listener words it.
type apiError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// String returns "code: message".
func (e apiError) String() string { return e.Code + ": " + e.Message }

// statusError is an answer that is no success.
type statusError struct {
	status int
	said   apiError
}

// Error returns the status and what the endpoint said.
func (e *statusError) Error() string {
	text := fmt.Sprintf("%d %s", e.status, http.StatusText(e.status))
	if e.said.Code == "" {
		return text
	}
	return text + ": " + e.said.String()
}

// passing reports whether the same call may succeed a little later.
func (e *statusError) passing() bool {
	switch e.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// readStatus reads what an endpoint said beside its status.
func readStatus(resp *http.Response) error {
	var said struct {
		Error apiError `json:"error"`
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	// What is no JSON, a proxy's page, say, leaves the status alone to tell.
	_ = json.Unmarshal(bytes.TrimSpace(text), &said)
	return &statusError{status: resp.StatusCode, said: said.Error}
}
