package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Build compiles a program of this module into dir and returns its path.
func Build(ctx context.Context, dir, pkg string) (string, error) {
	program := filepath.Join(dir, filepath.Base(pkg))
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, pkg)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("build %s: %w", pkg, err)
	}
	return program, nil
}

// Process is a running server.
type Process struct{ cmd *exec.Cmd }

// Start runs a program until [Process.Stop]. Its variables are those of this
// process without XMODE_…, and env. What it says goes nowhere.
func Start(ctx context.Context, env []string, program string, args ...string) (*Process, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "XMODE_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &Process{cmd}, nil
}

// Stop ends the process and waits for it.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
}

// FreeAddress returns a loopback address on which nobody listens.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// patience is how long a server may take to start.
const patience = 20 * time.Second

// errNotReady: a server started and never answered.
var errNotReady = errors.New("not ready in time")

// await asks until ready is true.
func await(ctx context.Context, what string, ready func(context.Context) bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ready(ctx) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, errNotReady)
		case <-tick.C:
		}
	}
	return nil
}

// AwaitTCP waits until somebody listens on address.
func AwaitTCP(ctx context.Context, address string) error {
	return await(ctx, address, func(ctx context.Context) bool {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		return err == nil && conn.Close() == nil
	})
}

// AwaitHTTP waits until url answers 200.
func AwaitHTTP(ctx context.Context, url string) error {
	return await(ctx, url, func(ctx context.Context) bool {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return false
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return false
		}
		return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	})
}
