package redisstore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// A cursor that cannot be an entry's is told from a store that is away.
func TestAuditCursors(t *testing.T) {
	for name, client := range map[string]redis.UniversalClient{"redis": realRedis(t), "embedded": embedded(t)} {
		s := newStore(t, client, "cursors", time.Now)
		if err := s.Record(t.Context(), store.AuditEntry{At: time.Now(), Key: "ops", Action: "create", BindingID: call.ID(7)}); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{
			"0-0", "00-0", "18446744073709551616-0", "1-18446744073709551616", "99999999999999999999-1",
			"7", "7-", "-7", "-", "+7-1", "7-1-1", "x-1", "(7-1", " 7-1",
		} {
			if _, _, err := s.Recent(t.Context(), 1, bad); !errors.Is(err, store.ErrCursor) {
				t.Errorf("%s: %q: %v", name, bad, err)
			}
		}
		for good, want := range map[string]int{"0-1": 0, "1-0": 0, "007-01": 0, "18446744073709551615-18446744073709551615": 1} {
			if entries, _, err := s.Recent(t.Context(), 1, good); err != nil || len(entries) != want {
				t.Errorf("%s: %q: %d entries, %v", name, good, len(entries), err)
			}
		}
	}
}
