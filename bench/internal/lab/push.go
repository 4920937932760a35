package lab

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
)

// Pushed is what bench/load/push prints.
type Pushed struct {
	// Batches were acknowledged during the measurement, Rate records of them a
	// second.
	Batches int
	Rate    float64
	// Refused counts answers 503, after which a batch was pushed again.
	Refused int
	// Distinct records were acknowledged, before the measurement too.
	Distinct int
	// P50 and P99 are the latency of a batch in milliseconds.
	P50, P99 float64
}

// Push runs the generator of record pushes against an endpoint.
func Push(ctx context.Context, generator, address string, args ...string) (Pushed, error) {
	cmd := exec.CommandContext(ctx, generator, append([]string{"-address", address}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return Pushed{}, err
	}
	var p Pushed
	return p, json.Unmarshal(out, &p)
}
