package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"time"

	"xmode/bench/internal/lab"
	aliyun "xmode/platform/aliyun/sim"
	huawei "xmode/platform/huawei/sim"
)

// Keys that the simulator signs with; nobody looks at the signatures.
const (
	simulatedKey = "bench-signing-key"
	simulatedApp = "bench-app:bench-app-secret"
)

// asker asks the endpoint that answers at once, and tells how many requests a
// second it came to.
type asker struct {
	name  string
	ask   func(ctx context.Context) (rate float64, err error)
	rates []float64
}

// simulatorBench is what the measurements of the simulator have in common.
type simulatorBench struct {
	options
	dir, xmode, address string
}

// simulator measures how fast a load can be played, beside wrk. Who begins a round
// changes with each.
func simulator(ctx context.Context, dir string, o options) error {
	programs, err := build(ctx, dir, "./bench/instant", "./cmd/xmode")
	if err != nil {
		return err
	}
	b := simulatorBench{options: o, dir: dir, xmode: programs["./cmd/xmode"]}
	if b.address, err = lab.FreeAddress(); err != nil {
		return err
	}
	endpoint, err := lab.Start(ctx, nil, programs["./bench/instant"], "-listen", b.address)
	if err != nil {
		return err
	}
	defer endpoint.Stop()
	if err := lab.AwaitTCP(ctx, b.address); err != nil {
		return err
	}
	fmt.Printf("\nsimulator: %d rounds of %s, %d connections, on %d cores, against an endpoint that answers at once\n",
		o.rounds, o.duration, o.connections, runtime.NumCPU())
	askers, err := b.askers()
	if err != nil {
		return err
	}
	return b.measure(ctx, askers)
}

// measure lets all ask in turn, and prints the medians.
func (b *simulatorBench) measure(ctx context.Context, askers []*asker) error {
	order := slices.Clone(askers)
	for range b.rounds {
		for _, a := range order {
			rate, err := a.ask(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", a.name, err)
			}
			a.rates = append(a.rates, rate)
		}
		slices.Reverse(order)
	}
	fmt.Printf("\n%-52s %12s\n", "", "requests/s")
	for _, a := range askers {
		fmt.Printf("%-52s %12.0f\n", a.name, middle(a.rates))
	}
	for i := 0; i+1 < len(askers); i += 2 {
		fmt.Printf("%s / %s  %.2f (goal: at least 0.60)\n", askers[i+1].name[:1], askers[i].name[:1], middle(askers[i+1].rates)/middle(askers[i].rates))
	}
	return nil
}

func middle(rates []float64) float64 { return median(rates, func(r float64) float64 { return r }) }

// askers are wrk and xmode with the messages of either platform.
func (b *simulatorBench) askers() ([]*asker, error) {
	query, err := b.signedQuery()
	if err != nil {
		return nil, err
	}
	script, err := b.signedEvent()
	if err != nil {
		return nil, err
	}
	return []*asker{
		{name: "a  wrk, one signed query of Alibaba Cloud", ask: func(ctx context.Context) (float64, error) { return b.wrk(ctx, query) }},
		{name: "b  xmode simulate aliyun, queries, each signed", ask: func(ctx context.Context) (float64, error) { return b.play(ctx, "aliyun", 30_000) }},
		{name: "c  wrk, one signed event of Huawei Cloud", ask: func(ctx context.Context) (float64, error) {
			return b.wrk(ctx, "http://"+b.address+"/huawei/call-events", "-s", script)
		}},
		{name: "d  xmode simulate huawei, whole calls, each signed", ask: func(ctx context.Context) (float64, error) { return b.play(ctx, "huawei", 10_000) }},
	}, nil
}

// signedQuery is the address of a query.
func (b *simulatorBench) signedQuery() (string, error) {
	c, err := aliyun.New(aliyun.Config{URL: "http://" + b.address + "/aliyun/call-control", Key: simulatedKey, Now: time.Now})
	if err != nil {
		return "", err
	}
	e, _, err := c.Compose(aliyun.Query{Caller: "13900000022", X: "17000000001", CallID: "simulated-20261125T082822-afl2-532"}, time.Now(), aliyun.RandomNonce())
	return e.URL, err
}

// signedEvent is a script for wrk that posts a call that comes in.
func (b *simulatorBench) signedEvent() (file string, err error) {
	c, err := huawei.New(huawei.Config{AppKey: "bench-app", AppSecret: "bench-app-secret", Now: time.Now})
	if err != nil {
		return "", err
	}
	header := map[string][]string{}
	c.Sign(header)
	script := `wrk.method = "POST"
wrk.body = [[{"eventType":"callin","statusInfo":{"sessionId":"simulated-20261125T082822-afl2-532","timestamp":"2026-11-25 08:28:22",` +
		`"caller":"+8613900000022","called":"+8617000000001","notifyMode":"Block"}}]]` + "\n"
	for name, values := range header {
		script += fmt.Sprintf("wrk.headers[%q] = [[%s]]\n", name, values[0])
	}
	file = filepath.Join(b.dir, "event.lua")
	return file, os.WriteFile(file, []byte(script), 0o600)
}

// errWRK: wrk printed no rate.
var errWRK = errors.New("wrk tells no requests a second, or had errors")

// wrk asks with wrk.
func (b *simulatorBench) wrk(ctx context.Context, url string, more ...string) (float64, error) {
	args := append([]string{"-t2", "-c" + strconv.Itoa(b.connections), fmt.Sprintf("-d%.0fs", b.duration.Seconds())}, append(more, url)...)
	out, err := exec.CommandContext(ctx, "wrk", args...).Output()
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(`Requests/sec: +([0-9.]+)`).FindSubmatch(out)
	if found == nil || regexp.MustCompile(`Socket errors|Non-2xx`).Match(out) {
		return 0, fmt.Errorf("%w: %s", errWRK, out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// play asks with `xmode simulate`: so many calls for each second of a measurement.
func (b *simulatorBench) play(ctx context.Context, platform string, calls int) (float64, error) {
	cmd := exec.CommandContext(ctx, b.xmode, "simulate", platform, "--url=http://"+b.address, "--caller=13900000022", "--x=17000000001", "--texts=0",
		"--calls="+strconv.Itoa(calls*max(1, int(b.duration.Seconds()))), "--parallel="+strconv.Itoa(b.connections), "--json")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "XMODE_ALIYUN_KEYS=" + simulatedKey, "XMODE_HUAWEI_APPS=" + simulatedApp}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	var s struct {
		Load struct {
			Messages int
			Seconds  float64
			Findings []any
		}
	}
	if err := json.Unmarshal(out, &s); err != nil {
		return 0, err
	}
	if s.Load.Seconds == 0 || len(s.Load.Findings) > 0 {
		return 0, fmt.Errorf("%w: %s", lab.ErrWrong, out)
	}
	return float64(s.Load.Messages) / s.Load.Seconds, nil
}
