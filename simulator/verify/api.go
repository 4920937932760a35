package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// Faults of the admin API.
var (
	// ErrKey: the key does not open it.
	ErrKey = errors.New("the admin API does not take the key")
	// ErrAPI: what answers is not the admin API.
	ErrAPI = errors.New("this is not the admin API")
	// ErrAway: it does not answer.
	ErrAway = errors.New("the admin API does not answer")
)

// errNone: there is no such thing.
var errNone = errors.New("not found")

// get asks for something. The caller closes the body.
func (v *Verifier) get(ctx context.Context, path, accept string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.c.URL+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+v.c.Key)
	req.Header.Set("Accept", accept)
	resp, err := v.c.HTTP.Do(req)
	if err != nil {
		return nil, away(ctx, err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return resp.Body, nil
	case http.StatusUnauthorized, http.StatusForbidden:
		err = ErrKey
	case http.StatusNotFound:
		err = errNone
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		err = fmt.Errorf("%w: status %d", ErrAway, resp.StatusCode)
	default:
		err = fmt.Errorf("%w: status %d", ErrAPI, resp.StatusCode)
	}
	return nil, errors.Join(err, resp.Body.Close())
}

// away words why there is no answer.
func away(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return fmt.Errorf("%w in time", ErrAway)
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return fmt.Errorf("%w: %w", ErrAway, err)
}

// maxCall is how large all that is known of one call may be.
const maxCall = 16 << 20

// getJSON asks for one object.
func (v *Verifier) getJSON(ctx context.Context, path string, into any) error {
	body, err := v.get(ctx, path, "application/json")
	if err != nil {
		return err
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxCall))
	if err != nil {
		return away(ctx, err)
	}
	if json.Unmarshal(text, into) != nil {
		return fmt.Errorf("%w: the answer cannot be read", ErrAPI)
	}
	return nil
}
