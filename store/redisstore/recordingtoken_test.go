package redisstore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// TestTokenIsNotGivenTwiceByAServerThatForgot: a Redis that lost its last second gave
// the next worker the token of the one before, and both held the claim.
func TestTokenIsNotGivenTwiceByAServerThatForgot(t *testing.T) {
	client := realRedis(t)
	s := newStore(t, client, "forgot", time.Now)
	id := call.RecordingID("huawei", "c")
	reads := 0
	d := push(&reads, "a")
	read := d.Read
	d.Read = func(i int) call.Report {
		r := read(i)
		r.Recording = &call.Recording{Platform: "huawei", ID: id, CallID: "c", ExpiresAt: time.Now().Add(time.Hour)}
		return r
	}
	deposit(t, s, d)
	claim := func() store.Claim {
		t.Helper()
		claims, err := s.ClaimRecordings(t.Context(), "huawei", 1)
		if err != nil || len(claims) != 1 {
			t.Fatalf("claims %+v, %v", claims, err)
		}
		return claims[0]
	}
	before := claim()
	const base = "forgot:{r0}:"
	if err := client.Del(t.Context(), base+"vt", base+"vn", base+"vl:huawei").Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.ZAdd(t.Context(), base+"vd:huawei", redis.Z{Member: id}).Err(); err != nil {
		t.Fatal(err)
	}
	after := claim()
	if after.Token <= before.Token {
		t.Errorf("token %d after %d", after.Token, before.Token)
	}
	if err := s.HoldRecording(t.Context(), before); !errors.Is(err, store.ErrLost) {
		t.Errorf("held by two: %v", err)
	}
}
