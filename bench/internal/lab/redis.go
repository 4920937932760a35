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
	return r.number(ctx, "INFO memory", "used_memory:")
}

// Kept is used_memory in bytes without what the connections of clients take,
// which grows and shrinks with what they happen to send.
func (r *Redis) Kept(ctx context.Context) (int64, error) {
	all, err := r.Memory(ctx)
	if err != nil {
		return 0, err
	}
	clients, err := r.number(ctx, "INFO memory", "mem_clients_normal:")
	return all - clients, err
}

// Entries is the length of a stream.
func (r *Redis) Entries(ctx context.Context, stream string) (int64, error) {
	return r.number(ctx, "XLEN "+stream, ":")
}

// Members is the size of a sorted set.
func (r *Redis) Members(ctx context.Context, set string) (int64, error) {
	return r.number(ctx, "ZCARD "+set, ":")
}

// number sends a command and returns what follows a prefix in its answer.
func (r *Redis) number(ctx context.Context, command, prefix string) (int64, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.Address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, command+"\r\nQUIT\r\n"); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), prefix); ok {
			return strconv.ParseInt(value, 10, 64)
		}
	}
	return 0, fmt.Errorf("%s: no %q in the answer: %w", command, prefix, io.ErrUnexpectedEOF)
}
