package redisstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// askMemory is how long the asks of a call are counted.
const askMemory = time.Hour

// Route files the nonce and fetches what one decision needs, in one round trip:
// a SET for the nonce and the script route.lua for the rest.
func (s *Store) Route(ctx context.Context, q call.Query, m *store.Message) (call.Routes, store.Seen, error) {
	var nonce *redis.StatusCmd
	var routes *redis.Cmd
	err := s.exec(ctx, func(p redis.Pipeliner) {
		if m != nil {
			nonce = s.fileNonce(ctx, p, m)
		}
		routes = s.lookUp(ctx, p, q, m)
	})
	if err != nil {
		return call.Routes{}, store.Fresh, unavailable("looking up a route", err)
	}
	seen, err := judge(nonce, m)
	if err != nil {
		return call.Routes{}, seen, unavailable("checking a nonce", err)
	}
	r, err := decodeRoutes(q, routes)
	if err != nil {
		return call.Routes{}, seen, unavailable("reading a route", err)
	}
	return r, seen, nil
}

func (s *Store) lookUp(ctx context.Context, p redis.Pipeliner, q call.Query, m *store.Message) *redis.Cmd {
	extension, _ := call.NormalExtension(q.Extension)
	var digest []byte
	if m != nil {
		digest = m.Digest[:]
	}
	keys := []string{
		s.keys.routes(q.X), s.keys.bodies(q.X), s.keys.last(q.X, q.Caller), s.keys.asks(q),
		s.keys.extensions(q.X, ""), s.keys.extensions(q.X, q.Platform),
	}
	return s.scripts.route.call(ctx, p, keys, q.Caller.Full(), extension, digest)
}

// fileNonce claims the nonce, or returns who did before.
func (s *Store) fileNonce(ctx context.Context, p redis.Pipeliner, m *store.Message) *redis.StatusCmd {
	value := binary.BigEndian.AppendUint64(m.Digest[:len(m.Digest):len(m.Digest)], uint64(m.At.UnixMilli()))
	ttl := max(m.Until.Sub(m.At), 0) + store.RetryWindow
	return p.SetArgs(ctx, s.keys.nonce(m.Platform, m.Nonce), value, redis.SetArgs{Mode: "NX", Get: true, TTL: ttl})
}

// judge says what an earlier use of the nonce means for m.
func judge(nonce *redis.StatusCmd, m *store.Message) (store.Seen, error) {
	if m == nil {
		return store.Fresh, nil
	}
	earlier, err := nonce.Result()
	switch {
	case errors.Is(err, redis.Nil):
		return store.Fresh, nil
	case err != nil:
		return store.Fresh, err
	case len(earlier) != len(m.Digest)+8:
		return store.Replayed, nil
	}
	at := time.UnixMilli(int64(binary.BigEndian.Uint64([]byte(earlier[len(m.Digest):]))))
	if earlier[:len(m.Digest)] == string(m.Digest[:]) && m.At.Sub(at).Abs() <= store.RetryWindow {
		return store.Repeated, nil
	}
	return store.Replayed, nil
}

// decodeRoutes reads the result of route.lua.
func decodeRoutes(q call.Query, cmd *redis.Cmd) (call.Routes, error) {
	v, err := cmd.Slice()
	if err != nil {
		return call.Routes{}, err
	}
	if len(v) != 14 {
		return call.Routes{}, fmt.Errorf("route.lua gave %d values", len(v))
	}
	d := reply{values: v, x: q.X}
	r := call.Routes{
		Extension: d.binding(13, 0), Admits: d.int(1) == 1,
		Own: d.binding(2, 3), Open: d.binding(4, 5),
		ExtensionsUntil: later(d.instant(6), d.instant(7)), Asks: d.int(12),
	}
	if caller := d.text(8); caller != "" {
		r.Last = &call.LastCaller{Caller: call.NumberFromStore(caller), Binding: d.binding(9, 10), Admits: d.int(11) == 1}
	}
	return r, d.err
}

// reply reads a script's values and keeps the first fault.
type reply struct {
	values []any
	x      call.Number
	err    error
}

func (r *reply) text(i int) string {
	s, ok := r.values[i].(string)
	if !ok && r.err == nil {
		r.err = fmt.Errorf("value %d is %T", i, r.values[i])
	}
	return s
}

func (r *reply) int(i int) int {
	n, ok := r.values[i].(int64)
	if !ok && r.err == nil {
		r.err = fmt.Errorf("value %d is %T", i, r.values[i])
	}
	return int(n)
}

// binding reads an id and a body; nil where the body is empty.
func (r *reply) binding(id, body int) *call.Binding {
	text := r.text(body)
	if text == "" {
		return nil
	}
	n, err := call.ParseID(r.text(id))
	if err == nil {
		var b call.Binding
		if b, err = decodeBody(r.x, n, text); err == nil {
			return &b
		}
	}
	if r.err == nil {
		r.err = err
	}
	return nil
}

// instant reads a score: milliseconds, "inf", or "" for none.
func (r *reply) instant(i int) time.Time {
	s := r.text(i)
	if s == "" {
		return time.Time{}
	}
	ms, err := strconv.ParseFloat(s, 64)
	if err != nil && r.err == nil {
		r.err = err
	}
	if math.IsInf(ms, 1) {
		return call.Never
	}
	return time.UnixMilli(int64(ms)).UTC()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
