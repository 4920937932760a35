package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"xmode/bench/internal/lab"
)

// byCurl lets curl fetch from addresses that it is given. It does not care whether
// what it wrote is on the disk; that is seen to once it has ended.
func (b *recordingBench) byCurl(ctx context.Context, p *lab.Platform, folder string, f *fetched) (time.Time, error) {
	addresses, err := p.Addresses(ctx)
	if err != nil {
		return time.Time{}, err
	}
	cmd := exec.CommandContext(ctx, "curl", "--disable", "--silent", "--no-progress-meter", "--show-error", "--fail", "--noproxy", "*", "--http1.1",
		"--parallel", "--parallel-immediate", "--parallel-max", strconv.Itoa(b.workers), "--config", "-")
	cmd.Stdin = strings.NewReader(curlConfig(addresses, folder))
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return time.Time{}, err
	}
	f.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	files, err := filesIn(folder)
	if err != nil {
		return time.Time{}, err
	}
	err = syncAll(files, b.workers)
	return time.Now(), err
}

// curlConfig names an address and a file for each recording.
func curlConfig(addresses, folder string) string {
	var config bytes.Buffer
	for line := range strings.Lines(addresses) {
		name, address, _ := strings.Cut(strings.TrimSpace(line), " ")
		fmt.Fprintf(&config, "url = %q\noutput = %q\n", address, filepath.Join(folder, name))
	}
	return config.String()
}

// manyAsks lifts the limit of what a platform is asked a second, of which Huawei
// takes 20: it is not what is measured.
const manyAsks = "100000"

// byXMode lets xmode serve fetch what pushes name.
func (b *recordingBench) byXMode(ctx context.Context, p *lab.Platform, folder string, f *fetched) (kept time.Time, err error) {
	redis, err := lab.StartRedis(ctx, b.dir)
	if err != nil {
		return kept, err
	}
	defer redis.Stop()
	x, err := lab.StartXMode(ctx, b.xmode, redis.Address, "XMODE_HUAWEI_API="+p.API,
		"XMODE_RECORDINGS=file://"+folder, "XMODE_RECORDING_HOSTS=127.0.0.1", "XMODE_RECORDING_ALLOW_PRIVATE=true",
		"XMODE_RECORDING_WORKERS="+strconv.Itoa(b.workers), "XMODE_RECORDING_RATE="+manyAsks)
	if err != nil {
		return kept, err
	}
	defer x.Stop()
	before, err := x.Resident()
	if err != nil {
		return kept, err
	}
	if err := x.ForgetPeak(); err != nil {
		return kept, err
	}
	cpu, err := x.CPU()
	if err != nil {
		return kept, err
	}
	if err := p.Push(ctx, "http://"+x.Public); err != nil {
		return kept, err
	}
	if err := b.awaitArchived(ctx, redis); err != nil {
		return kept, err
	}
	kept = time.Now()
	peak, err := x.Peak()
	if err != nil {
		return kept, err
	}
	f.growth = peak - before
	f.cpu, err = x.CPU()
	f.cpu -= cpu
	return kept, err
}

// awaitArchived waits until every recording is archived.
func (b *recordingBench) awaitArchived(ctx context.Context, redis *lab.Redis) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := redis.Members(ctx, lab.ArchivedSet)
		if err != nil {
			return err
		}
		if n == int64(b.recordings) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %d recordings archived, not %d", ctx.Err(), n, b.recordings)
		case <-tick.C:
		}
	}
}
