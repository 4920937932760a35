package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// apiKey opens the admin listener of the endpoint under test.
const apiKey = "bench-api-key-0001"

// XMode is a running endpoint.
type XMode struct {
	*Process
	// Public and Admin are the addresses of its listeners.
	Public, Admin string
}

// RecordStream is the stream in which `xmode serve` appends each record once.
const RecordStream = "xmode:{r0}:records"

// ArchivedSet is the sorted set in which `xmode serve` has the recordings that it
// has archived.
const ArchivedSet = "xmode:{r0}:vs:huawei:archived"

// StartXMode runs `xmode serve` on a Redis server, with default settings but for
// those of env ("XMODE_…=…").
func StartXMode(ctx context.Context, program, redis string, env ...string) (*XMode, error) {
	public, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	admin, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	p, err := Start(ctx, append([]string{
		"XMODE_REDIS=redis://" + redis,
		"XMODE_ALIYUN_KEYS=" + Key,
		"XMODE_HUAWEI_APPS=" + AppKey + ":" + AppSecret,
		"XMODE_HUAWEI_API=http://127.0.0.1:9", // nobody is there, and no real platform is asked
		"XMODE_API_KEYS=bench:provision:" + apiKey,
		"XMODE_LISTEN=" + public,
		"XMODE_ADMIN_LISTEN=" + admin,
		"XMODE_DRAIN_DELAY=0s",
	}, env...), program, "serve")
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

// streamTime is the most time that reading all records may take.
const streamTime = 90 * time.Second

// StreamRecords reads all call records as NDJSON, keeps none, and returns how
// many lines came.
func (x *XMode) StreamRecords(ctx context.Context) (lines int, err error) {
	ctx, cancel := context.WithTimeout(ctx, streamTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+x.Admin+"/v1/cdrs", nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+apiKey)
	r.Header.Set("Accept", "application/x-ndjson")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 1024))
		return 0, fmt.Errorf("records: %s: %s", answer.Status, text)
	}
	part := make([]byte, 64<<10)
	for err == nil {
		var n int
		n, err = answer.Body.Read(part)
		lines += bytes.Count(part[:n], []byte("\n"))
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return lines, err
}
