package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"time"
)

// Faults of the admin API.
var (
	// ErrKey: the key does not open it.
	ErrKey = errors.New("the admin API does not take the key")
	// ErrAPI: what answers is not the admin API.
	ErrAPI = errors.New("this is not the admin API")
	// ErrAway: it does not answer, or not to the end.
	ErrAway = errors.New("the admin API does not answer")
)

// errNone: there is no such thing.
var errNone = errors.New("not found")

// errLate: nothing came for too long.
var errLate = fmt.Errorf("%w in time", ErrAway)

// get asks for something in a form. The caller closes the body.
func (v *Verifier) get(ctx context.Context, path, form string) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	a := &answer{ctx: ctx, cancel: cancel, patience: v.c.Patience, late: time.AfterFunc(v.c.Patience, func() { cancel(errLate) })}
	resp, err := v.send(ctx, path, form)
	if err != nil {
		err = away(ctx, err)
		a.end()
		return nil, err
	}
	a.body = resp.Body
	if err := judge(resp, form); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (v *Verifier) send(ctx context.Context, path, form string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.c.URL+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+v.c.Key)
	req.Header.Set("Accept", form)
	return v.c.HTTP.Do(req)
}

// judge reads status and form of an answer.
func judge(resp *http.Response, form string) error {
	got, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("%w: status %d", ErrKey, status)
	case status == http.StatusServiceUnavailable || status == http.StatusBadGateway || status == http.StatusGatewayTimeout:
		return fmt.Errorf("%w: status %d", ErrAway, status)
	case status == http.StatusNotFound && got == "application/json":
		return errNone
	case status != http.StatusOK:
		return fmt.Errorf("%w: status %d", ErrAPI, status)
	case got != form:
		return fmt.Errorf("%w: it answers with %q", ErrAPI, got)
	}
	return nil
}

// listed: where lists are, something is always found.
func listed(err error) error {
	if errors.Is(err, errNone) {
		return fmt.Errorf("%w: status %d", ErrAPI, http.StatusNotFound)
	}
	return err
}

// answer is a body that has to go on coming.
type answer struct {
	ctx      context.Context
	cancel   context.CancelCauseFunc
	body     io.ReadCloser
	late     *time.Timer
	patience time.Duration
}

// Read reads on. That it took too long or was cut off is [ErrAway].
func (a *answer) Read(p []byte) (int, error) {
	a.late.Reset(a.patience)
	n, err := a.body.Read(p)
	if err != nil && err != io.EOF {
		err = away(a.ctx, err)
	}
	return n, err
}

// Close ends it.
func (a *answer) Close() error {
	defer a.end()
	return a.body.Close()
}

func (a *answer) end() {
	a.late.Stop()
	a.cancel(nil)
}

// away words why there is no answer, without the address.
func away(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return errLate
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
		return err
	}
	if json.Unmarshal(text, into) != nil {
		return fmt.Errorf("%w: the answer cannot be read", ErrAPI)
	}
	return nil
}
