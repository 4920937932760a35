package redisstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// auditLength is about how many changes the audit log keeps.
const auditLength = 100_000

// Record appends entries to the audit stream.
func (s *Store) Record(ctx context.Context, entries ...store.AuditEntry) error {
	if len(entries) == 0 {
		return nil
	}
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for _, e := range entries {
			p.XAdd(ctx, &redis.XAddArgs{Stream: s.keys.audit(), MaxLen: auditLength, Approx: true, Values: []string{
				"at", e.At.UTC().Format(time.RFC3339Nano), "key", e.Key, "action", e.Action,
				"binding_id", e.BindingID.String(), "user_id", e.UserID,
			}})
		}
	})
	return unavailable("writing the audit log", err)
}

// Recent returns up to limit entries older than the cursor, newest first.
func (s *Store) Recent(ctx context.Context, limit int, cursor string) ([]store.AuditEntry, string, error) {
	from, err := before(cursor)
	if err != nil {
		return nil, "", err
	}
	found, err := s.client.XRevRangeN(ctx, s.keys.audit(), from, "-", int64(limit)+1).Result()
	if err != nil {
		return nil, "", unavailable("reading the audit log", err)
	}
	next := ""
	if len(found) > limit {
		found, next = found[:limit], found[limit-1].ID
	}
	entries := make([]store.AuditEntry, len(found))
	for i, m := range found {
		entries[i] = auditEntry(m.Values)
	}
	return entries, next, nil
}

// before is the upper end of a range of the stream that ends before the
// cursor, the id of an entry: two numbers of 64 bits. 0-0 is no entry's, and
// nothing is before it.
func before(cursor string) (string, error) {
	if cursor == "" {
		return "+", nil
	}
	ms, seq, both := strings.Cut(cursor, "-")
	at, err1 := strconv.ParseUint(ms, 10, 64)
	n, err2 := strconv.ParseUint(seq, 10, 64)
	if !both || err1 != nil || err2 != nil || at == 0 && n == 0 {
		return "", store.ErrCursor
	}
	return fmt.Sprintf("(%d-%d", at, n), nil
}

func auditEntry(values map[string]any) store.AuditEntry {
	text := func(name string) string { s, _ := values[name].(string); return s }
	at, _ := time.Parse(time.RFC3339Nano, text("at"))
	id, _ := call.ParseID(text("binding_id"))
	return store.AuditEntry{At: at, Key: text("key"), Action: text("action"), BindingID: id, UserID: text("user_id")}
}
