package sim

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"xmode/signature"
)

// Addresses are where the platform's console has the endpoint, one for each
// kind of message.
type Addresses struct {
	// Status is for call events, 呼叫状态接收地址.
	Status string
	// Records is for call records, 呼叫话单接收地址.
	Records string
	// Numbers is for the state of X numbers, X号码状态接收地址; empty: Status.
	Numbers string
	// SMS is for text messages, Block and Notify.
	SMS string
}

// AddressesAt are the addresses of this project's endpoint under a base such as
// "http://127.0.0.1:8080".
func AddressesAt(base string) Addresses {
	return Addresses{
		Status: base + "/huawei/call-events", Records: base + "/huawei/cdrs",
		Numbers: base + "/huawei/number-status", SMS: base + "/huawei/sms",
	}
}

// Config says where to send messages and how to sign them.
type Config struct {
	// Addresses of the endpoint; an empty one cannot be sent to.
	Addresses Addresses
	// AppKey and AppSecret sign.
	AppKey, AppSecret string
	// Scheme of the signature; empty: AKSK.
	Scheme signature.TokenScheme
	// Spaces writes a space after the commas of the headers, as the platform's
	// page does; its samples have none.
	Spaces bool
	// HTTP sends; nil: a client that gives up after three seconds (inferred).
	HTTP *http.Client
	// Now is the platform's clock; required.
	Now func() time.Time
	// Nonce makes nonces; nil: RandomNonce.
	Nonce func() string
	// Edit changes a signed request before it is sent, for what a platform would
	// never do; nil: nothing is changed.
	Edit func(*http.Request)
}

// Client asks and tells an endpoint. It is safe for concurrent use.
type Client struct{ c Config }

// Faults of a [Config].
var (
	ErrURL    = errors.New("addresses must be http or https with a host")
	ErrNow    = errors.New("a clock is due")
	ErrApp    = errors.New("app key and secret are due")
	ErrScheme = errors.New("scheme must be aksk or wsse")
)

// New returns a client. The error lists all faults, and no secret.
func New(c Config) (*Client, error) {
	var err error
	for _, address := range []string{c.Addresses.Status, c.Addresses.Records, c.Addresses.Numbers, c.Addresses.SMS} {
		if address != "" && !sendable(address) {
			err = ErrURL
		}
	}
	if c.Now == nil {
		err = errors.Join(err, ErrNow)
	}
	if c.AppKey == "" || c.AppSecret == "" {
		err = errors.Join(err, ErrApp)
	}
	switch c.Scheme {
	case "":
		c.Scheme = signature.AKSK
	case signature.AKSK, signature.WSSE:
	default:
		err = errors.Join(err, ErrScheme)
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
	return &Client{c}, nil
}

func sendable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// String hides the secret.
func (c *Client) String() string { return "sim.Client" }

// Exchange is one message and its answer, as they went over the wire.
type Exchange struct {
	// URL and Body of the request, which is a POST.
	URL, Body string
	// Header of the request.
	Header http.Header
	// Status of the response.
	Status int
	// Raw is the body of the response.
	Raw []byte
}

// Request returns the request for a transcript: method and URL on one line, then
// the body.
func (e Exchange) Request() string { return http.MethodPost + " " + e.URL + "\n" + e.Body }

// Accepted reports whether the platform takes the message for delivered: the
// status 200 decides, and nothing else.
func (e Exchange) Accepted() bool { return e.Status == http.StatusOK }

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

// Post signs any body and sends it to any address. A response of any status is
// no error. On an error the exchange holds what there was.
func (c *Client) Post(ctx context.Context, address string, body []byte) (Exchange, error) {
	e := Exchange{URL: address, Body: string(body)}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return e, fmt.Errorf("compose message: %w", err)
	}
	c.Sign(req.Header)
	if c.c.Edit != nil {
		c.c.Edit(req)
	}
	e.Header = req.Header
	resp, err := c.c.HTTP.Do(req)
	if err != nil {
		return e, fmt.Errorf("send message: %w", err)
	}
	defer resp.Body.Close()
	e.Status = resp.StatusCode
	if e.Raw, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return e, fmt.Errorf("read answer: %w", err)
	}
	return e, nil
}

// Sign sets the headers of a message: each call takes a new nonce.
func (c *Client) Sign(h http.Header) {
	comma := ","
	if c.c.Spaces {
		comma = ", "
	}
	name, header := "AKSK", "X-AKSK"
	if c.c.Scheme == signature.WSSE {
		name, header = "WSSE", "X-WSSE"
	}
	nonce, created := c.c.Nonce(), c.c.Now().UTC().Format("2006-01-02T15:04:05Z")
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Authorization", name+` realm="SDP"`+comma+`profile="UsernameToken"`+comma+`type="Appkey"`)
	h.Set(header, `UsernameToken Username="`+c.c.AppKey+`"`+comma+
		`PasswordDigest="`+c.c.Scheme.Digest(c.c.AppSecret, nonce, created)+`"`+comma+
		`Nonce="`+nonce+`"`+comma+`Created="`+created+`"`)
}

// RandomNonce returns 32 random hexadecimal digits, as in the platform's samples.
func RandomNonce() string {
	var b [16]byte
	rand.Read(b[:]) // never returns an error
	return fmt.Sprintf("%X", b)
}
