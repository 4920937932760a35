package redisstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// How long the asks of a call are counted, and what Ping wrote stays.
const (
	askMemory  = time.Hour
	pingMemory = 5 * time.Second
)

// sight is what one query sends to Redis: four commands, the same ones whatever
// there is to find. None has two keys: on Cluster such a command is refused
// while its slot moves.
type sight struct {
	nonce  *redis.StatusCmd // SET NX GET: claims the nonce, or says who did
	routes *redis.SliceCmd  // HMGET: see the fields in look
	last   *redis.StringCmd // GET: last caller of the caller
	asks   *redis.StringCmd // GET: digests of the messages that asked
}

// Route files the nonce and fetches what one decision needs, in one round trip.
// Only an owner calling back costs a second, where the last caller came by a
// binding that the first one could not show: a group, or one with an extension.
func (s *Store) Route(ctx context.Context, q call.Query, m *store.Message) (call.Routes, store.Seen, error) {
	run := s.queries
	if m == nil {
		run = s.exec // no caller waits for this one: it has more time, and must not hold up those who have not
	}
	var c sight
	err := run(ctx, func(p redis.Pipeliner) { c = s.look(ctx, p, q, m) })
	if err != nil {
		return call.Routes{}, store.Fresh, unavailable("looking up a route", err)
	}
	seen, err := judge(c.nonce, m)
	if err != nil {
		return call.Routes{}, seen, unavailable("checking a nonce", err)
	}
	r, last, err := c.routesOf(q, m)
	if err != nil {
		return call.Routes{}, seen, unavailable("reading a route", err)
	}
	if r.Last, err = s.lastCaller(ctx, r, q, last); err != nil {
		return call.Routes{}, seen, unavailable("reading the last caller", err)
	}
	return r, seen, nil
}

func (s *Store) look(ctx context.Context, p redis.Pipeliner, q call.Query, m *store.Message) (c sight) {
	if m != nil {
		c.nonce = s.fileNonce(ctx, p, m)
	}
	extension, _ := call.NormalExtension(q.Extension)
	caller := q.Caller.Full()
	// Made by hand: the client's own method copies and boxes every argument.
	c.routes = redis.NewSliceCmd(ctx, "hmget", s.keys.routes(q.X),
		"e"+extension, "m"+extension+":"+caller, "c"+caller, "o", "x", "x"+string(q.Platform))
	_ = p.Process(ctx, c.routes)
	c.last = p.Get(ctx, s.keys.last(q.X, q.Caller))
	c.asks = p.Get(ctx, s.keys.asks(q))
	return c
}

// fileNonce claims the nonce, or returns who did before.
func (s *Store) fileNonce(ctx context.Context, p redis.Pipeliner, m *store.Message) *redis.StatusCmd {
	return p.SetArgs(ctx, s.nonce(m.Platform, m.Nonce), nonceValue(m), redis.SetArgs{Mode: "NX", Get: true, TTL: nonceTTL(m)})
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
	switch {
	case earlier[:len(m.Digest)] != string(m.Digest[:]):
		return store.Replayed, nil
	case m.At.Sub(at).Abs() > store.RetryWindow:
		return store.Late, nil
	}
	return store.Repeated, nil
}

// lastSeen is the last caller as it was written down.
type lastSeen struct {
	caller call.Number
	id     call.ID
}

// routesOf reads the replies. A field that is absent is "".
func (c sight) routesOf(q call.Query, m *store.Message) (call.Routes, lastSeen, error) {
	f, err1 := texts(c.routes, 6)
	past, err2 := text(c.last)
	asks, err3 := text(c.asks)
	if err := errors.Join(err1, err2, err3); err != nil {
		return call.Routes{}, lastSeen{}, err
	}
	extension, err1 := decodeRoute(q.X, f[0])
	own, err2 := decodeRoute(q.X, f[2])
	open, err3 := decodeRoute(q.X, f[3])
	anybody, err4 := instant(f[4])
	platform, err5 := instant(f[5])
	last, err6 := decodeLast(past)
	r := call.Routes{
		Extension: extension, Admits: extension != nil && f[1] == extension.ID.String(),
		Own: own, Open: open, ExtensionsUntil: later(anybody, platform), Asks: asksBefore(asks, m),
	}
	return r, last, errors.Join(err1, err2, err3, err4, err5, err6)
}

// text reads a string; nil is "".
func text(cmd *redis.StringCmd) (string, error) {
	if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
		return "", err
	}
	return cmd.Val(), nil
}

// texts reads n strings; nil is "".
func texts(cmd *redis.SliceCmd, n int) ([]string, error) {
	values, err := cmd.Result()
	if err != nil {
		return nil, err
	}
	if len(values) != n {
		return nil, fmt.Errorf("%d values instead of %d", len(values), n)
	}
	list := make([]string, n)
	for i, v := range values {
		list[i], _ = v.(string)
	}
	return list, nil
}

// decodeRoute reads id, tab, body; nil for "".
func decodeRoute(x call.Number, value string) (*call.Binding, error) {
	if value == "" {
		return nil, nil
	}
	digits, body, _ := strings.Cut(value, "\t")
	id, err := call.ParseID(digits)
	if err != nil {
		return nil, err
	}
	b, err := decodeBody(x, id, body)
	if err != nil {
		return nil, err
	}
	return &b, nil
}

// instant reads a score: milliseconds, "inf", or "" for none.
func instant(score string) (time.Time, error) {
	if score == "" {
		return time.Time{}, nil
	}
	ms, err := strconv.ParseFloat(score, 64)
	if math.IsInf(ms, 1) {
		return call.Never, nil
	}
	return time.UnixMilli(int64(ms)).UTC(), err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// asksBefore counts the asks before message m: all of them, or, when m is the
// platform's retry of one that was answered with an ask, those before that one.
func asksBefore(digests string, m *store.Message) int {
	if m == nil {
		return len(digests) / 16
	}
	for i := 0; i+16 <= len(digests); i += 16 {
		if digests[i:i+16] == string(m.Digest[:]) {
			return i / 16
		}
	}
	return len(digests) / 16
}

func decodeLast(value string) (lastSeen, error) {
	if value == "" {
		return lastSeen{}, nil
	}
	caller, digits, _ := strings.Cut(value, "\t")
	id, err := call.ParseID(digits)
	return lastSeen{call.NumberFromStore(caller), id}, err
}

// lastCaller completes what is known of the last caller: the binding, and
// whether it still admits them.
func (s *Store) lastCaller(ctx context.Context, r call.Routes, q call.Query, last lastSeen) (*call.LastCaller, error) {
	own := r.Own
	if last.id == 0 || r.Extension == nil && own != nil && own.Live(q.Platform, q.At) && (own.A != q.Caller || own.PeerCount == 1) {
		return nil, nil // a peer calls the owner, or the owner the only peer: nobody is called back
	}
	if own != nil && own.ID == last.id && own.PeerCount == 0 {
		return &call.LastCaller{Caller: last.caller, Binding: own}, nil
	}
	var body *redis.StringCmd
	err := s.execHot(ctx, func(p redis.Pipeliner) { body = p.HGet(ctx, s.keys.bodies(q.X), last.id.String()) })
	if err == nil {
		err = body.Err()
	}
	if errors.Is(err, redis.Nil) {
		return &call.LastCaller{Caller: last.caller}, nil
	}
	if err != nil {
		return nil, err
	}
	b, err := decodeBody(q.X, last.id, body.Val())
	if err != nil {
		return nil, err
	}
	return &call.LastCaller{Caller: last.caller, Binding: &b, Admits: slices.Contains(b.Peers, last.caller)}, nil
}
