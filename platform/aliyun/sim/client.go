package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"xmode/signature"
)

// Via is how a query travels. The page does not say: inferred.
type Via int

// The ways of a query.
const (
	ViaGET  Via = iota // in the query string
	ViaForm            // POST, form body
	ViaJSON            // POST, a flat JSON object
)

// Config says where to send queries and how to sign them.
type Config struct {
	// URL is the endpoint's address, without parameters of its own, since they
	// might count as signed.
	URL string
	// Key is the signing key.
	Key string
	// Form is the signature form; empty: form encoder, key as given.
	Form signature.Form
	// Via is how a query travels.
	Via Via
	// HTTP sends; nil: a client that gives up after three seconds, as the
	// nearest relative of this interface does (inferred).
	HTTP *http.Client
	// Now is the platform's clock; required.
	Now func() time.Time
	// Nonce makes nonces; nil: RandomNonce.
	Nonce func() string
}

// Client asks an endpoint whom to connect. It is safe for concurrent use.
type Client struct {
	url    string
	via    Via
	signer *signature.Signer
	http   *http.Client
	now    func() time.Time
	nonce  func() string
}

// Faults of a [Config].
var (
	ErrURL = errors.New("URL must be http or https with a host and without parameters")
	ErrNow = errors.New("a clock is due")
)

// New returns a client. The error lists all faults, and not the key.
func New(c Config) (*Client, error) {
	if c.Form == "" {
		c.Form = signature.PlainForm
	}
	signer, err := signature.NewSigner(c.Key, c.Form)
	if !plainURL(c.URL) {
		err = errors.Join(err, ErrURL)
	}
	if c.Now == nil {
		err = errors.Join(err, ErrNow)
	}
	if err != nil {
		return nil, err
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 3 * time.Second}
	}
	if c.Nonce == nil {
		c.Nonce = RandomNonce
	}
	return &Client{url: c.URL, via: c.Via, signer: signer, http: c.HTTP, now: c.Now, nonce: c.Nonce}, nil
}

// plainURL reports whether an address is one of HTTP without parameters.
func plainURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// Exchange is one query and its answer, as they went over the wire.
type Exchange struct {
	// Method and URL are those of the request; a GET has its parameters,
	// signature included, in the URL.
	Method, URL string
	// Body of the request; empty for a GET.
	Body string
	// Status of the response.
	Status int
	// Raw is the body of the response.
	Raw []byte
	// Answer is Raw, decoded.
	Answer Answer
}

// Request returns the request for a transcript: method and URL on one line,
// then the body, if any.
func (e Exchange) Request() string {
	if e.Body == "" {
		return e.Method + " " + e.URL
	}
	return e.Method + " " + e.URL + "\n" + e.Body
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

// Send signs and sends a query. A response of any status is no error, as long
// as its body can be read: [ErrAnswer] if not. On an error the exchange holds
// what there was.
func (c *Client) Send(ctx context.Context, q Query) (Exchange, error) {
	e, contentType, err := c.Compose(q, c.now(), c.nonce())
	if err != nil {
		return e, fmt.Errorf("compose query: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, e.Method, e.URL, strings.NewReader(e.Body))
	if err != nil {
		return e, fmt.Errorf("compose query: %w", err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return e, fmt.Errorf("send query: %w", err)
	}
	defer resp.Body.Close()
	e.Status = resp.StatusCode
	if e.Raw, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return e, fmt.Errorf("read answer: %w", err)
	}
	e.Answer, err = Decode(e.Raw)
	return e, err
}

// Compose writes the request of a query, signed at a time and with a nonce, and
// does not send it. A GET has no content type.
func (c *Client) Compose(q Query, at time.Time, nonce string) (e Exchange, contentType string, err error) {
	params := c.signed(q, at, nonce)
	switch c.via {
	case ViaForm:
		e = Exchange{Method: http.MethodPost, URL: c.url, Body: formText(params)}
		return e, "application/x-www-form-urlencoded", nil
	case ViaJSON:
		e = Exchange{Method: http.MethodPost, URL: c.url}
		e.Body, err = jsonText(params)
		return e, "application/json", err
	}
	return Exchange{Method: http.MethodGet, URL: c.url + "?" + formText(params)}, "", nil
}
