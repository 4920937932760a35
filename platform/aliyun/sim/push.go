package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// PushConfig says where to push receipts.
type PushConfig struct {
	// URL is the address of the receipts before the token and the type,
	// "https://endpoint/aliyun/receipts".
	URL string
	// Token is the secret element of the address, as it stands between two
	// slashes; the platform signs nothing.
	Token string
	// HTTP sends; nil: a client that gives up after 700 ms, as the platform does.
	HTTP *http.Client
}

// ErrToken: the token is no element of an address.
var ErrToken = errors.New("a token without slash is due")

// Pusher pushes receipts to an endpoint. It is safe for concurrent use.
type Pusher struct {
	base string
	http *http.Client
}

// NewPusher returns a pusher. The error lists all faults, and not the token.
func NewPusher(c PushConfig) (*Pusher, error) {
	var err error
	if !plainURL(c.URL) {
		err = ErrURL
	}
	if c.Token == "" || strings.Contains(c.Token, "/") {
		err = errors.Join(err, ErrToken)
	}
	if err != nil {
		return nil, err
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 700 * time.Millisecond}
	}
	return &Pusher{base: strings.TrimSuffix(c.URL, "/") + "/" + url.PathEscape(c.Token) + "/", http: c.HTTP}, nil
}

// Pushed is one push and what came back.
type Pushed struct {
	// Type of the receipts, and Body as it was sent.
	Type Type
	Body []byte
	// Status and Raw are the response's.
	Status int
	Raw    []byte
	// Acknowledged: the platform takes the push for received and does not
	// repeat it.
	Acknowledged bool
}

// Push pushes receipts of a type once, as an array. A response of any status is
// no error.
func (p *Pusher) Push(ctx context.Context, t Type, receipts ...Receipt) (Pushed, error) {
	body, err := Batch(receipts...)
	if err != nil {
		return Pushed{Type: t}, err
	}
	return p.PushBody(ctx, t, body)
}

// PushBody pushes any body to the address of a type. On an error, which holds
// no address, Pushed has what there was.
func (p *Pusher) PushBody(ctx context.Context, t Type, body []byte) (Pushed, error) {
	pushed := Pushed{Type: t, Body: body}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+url.PathEscape(string(t)), bytes.NewReader(body))
	if err != nil {
		return pushed, fmt.Errorf("compose push: %w", secretless(err))
	}
	req.Header.Set("Content-Type", "application/json;charset=UTF-8") // the page names UTF-8 alone
	resp, err := p.http.Do(req)
	if err != nil {
		return pushed, fmt.Errorf("push: %w", secretless(err))
	}
	defer resp.Body.Close()
	pushed.Status = resp.StatusCode
	if pushed.Raw, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return pushed, fmt.Errorf("read acknowledgement: %w", err)
	}
	pushed.Acknowledged = Acknowledges(pushed.Status, pushed.Raw)
	return pushed, nil
}

// secretless takes the address, which holds the token, out of an error.
func secretless(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}

// Acknowledges reads a response as the platform does: status 200 and a code
// that is a number, whatever its value.
func Acknowledges(status int, body []byte) bool {
	var answer map[string]any // a struct would take "Code" for "code"
	if status != http.StatusOK || json.Unmarshal(body, &answer) != nil {
		return false
	}
	_, number := answer["code"].(float64)
	return number
}
