package lab

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// Redis is a Redis server that keeps everything in memory.
type Redis struct {
	*Process
	// Address is its host and port.
	Address string
}

// StartRedis runs redis-server on a free port, with dir as its folder.
func StartRedis(ctx context.Context, dir string) (*Redis, error) {
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(address)
	p, err := Start(ctx, nil, "redis-server", "--bind", host, "--port", port, "--dir", dir,
		"--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction")
	if err != nil {
		return nil, err
	}
	r := &Redis{Process: p, Address: address}
	err = await(ctx, "redis-server", func(ctx context.Context) bool {
		_, err := r.Memory(ctx)
		return err == nil
	})
	if err != nil {
		r.Stop()
		return nil, err
	}
	return r, nil
}

// Memory is used_memory in bytes.
func (r *Redis) Memory(ctx context.Context) (int64, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.Address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "INFO memory\r\nQUIT\r\n"); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), "used_memory:"); ok {
			return strconv.ParseInt(value, 10, 64)
		}
	}
	return 0, fmt.Errorf("used_memory: %w", io.ErrUnexpectedEOF)
}
