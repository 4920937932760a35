package lab

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// apiKey opens the admin listener of the endpoint under test.
const apiKey = "bench-api-key-0001"

// XMode is a running endpoint with default settings.
type XMode struct {
	*Process
	// Public and Admin are the addresses of its listeners.
	Public, Admin string
}

// StartXMode runs `xmode serve` on a Redis server.
func StartXMode(ctx context.Context, program, redis string) (*XMode, error) {
	public, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	admin, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	p, err := Start(ctx, []string{
		"XMODE_REDIS=redis://" + redis,
		"XMODE_ALIYUN_KEYS=" + Key,
		"XMODE_API_KEYS=bench:provision:" + apiKey,
		"XMODE_LISTEN=" + public,
		"XMODE_ADMIN_LISTEN=" + admin,
	}, program, "serve")
	if err != nil {
		return nil, err
	}
	x := &XMode{Process: p, Public: public, Admin: admin}
	if err := AwaitHTTP(ctx, "http://"+admin+"/readyz"); err != nil {
		x.Stop()
		return nil, err
	}
	return x, nil
}

// ClientEnv is what `xmode bindings` needs to talk to the endpoint.
func (x *XMode) ClientEnv() []string { return []string{"XMODE_API_KEY=" + apiKey} }

// Provision binds the pairs of the request benchmarks.
func (x *XMode) Provision(ctx context.Context) error {
	bindings := make([]string, Pairs)
	for i := range bindings {
		bindings[i] = PairAt(i, PerX).JSON()
	}
	body := fmt.Sprintf(`{"mode":"live","user_id":"bench","payload":{"bind":[%s]}}`, strings.Join(bindings, ","))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+x.Admin+"/provision_x", bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+apiKey)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 1024))
		return fmt.Errorf("provision: %s: %s", answer.Status, text)
	}
	return nil
}
