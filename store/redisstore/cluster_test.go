package redisstore_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
	"xmode/store/storetest"
)

// TestSlotThatMoves: while the slot of a partition moves to another node, nothing of
// ours makes keys there, which would stop the move. Pushes wait; then all is as
// before.
func TestSlotThatMoves(t *testing.T) {
	client := reach(t, storetest.Shards(t).URL).(*redis.ClusterClient)
	s := newStore(t, client, "moving", storetest.NewClock().Now)
	reads := 0
	deposit(t, s, push(&reads, "a"))
	base := "moving:{r0}:"
	slot := int(client.ClusterKeySlot(t.Context(), base).Val())
	from, err := client.MasterForKey(t.Context(), base)
	if err != nil {
		t.Fatal(err)
	}
	masters := make(chan *redis.Client, 3)
	if err := client.ForEachMaster(t.Context(), func(_ context.Context, node *redis.Client) error {
		masters <- node
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	to := <-masters
	if to == from {
		to = <-masters
	}
	fromID, toID := nodeID(t, from), nodeID(t, to)
	run := func(node *redis.Client, args ...any) {
		t.Helper()
		if err := node.Do(t.Context(), args...).Err(); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
	}
	run(to, "cluster", "setslot", slot, "importing", fromID)
	run(from, "cluster", "setslot", slot, "migrating", toID)
	q := query("+8613900000022", "+8617000000001", "")
	_ = s.Leave(t.Context(), []call.Trace{{Query: q}}) // may be lost, and must do no harm
	if _, err := s.Deposit(t.Context(), push(&reads, "b")); err != nil && !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("deposit: %v", err)
	}
	if _, err := s.Retire(t.Context(), storetest.NewClock().Now().Add(-time.Hour)); err != nil && !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("retire: %v", err)
	}
	if n := to.ClusterCountKeysInSlot(t.Context(), slot).Val(); n != 0 {
		t.Fatalf("%d keys on the node that the slot moves to", n)
	}
	host, port, _ := net.SplitHostPort(to.Options().Addr)
	for _, key := range from.ClusterGetKeysInSlot(t.Context(), slot, 100).Val() {
		run(from, "migrate", host, port, key, 0, 1000)
	}
	for _, node := range []*redis.Client{to, from} {
		run(node, "cluster", "setslot", slot, "node", toID)
	}
	waitFor(t, func() bool {
		_, err := s.Deposit(t.Context(), push(&reads, "a", "b", "c"))
		return err == nil
	})
	if n := to.XLen(t.Context(), base+"records").Val(); n != 3 {
		t.Errorf("%d entries in the stream", n)
	}
}

func nodeID(t *testing.T, node *redis.Client) string {
	t.Helper()
	id, err := node.Do(t.Context(), "cluster", "myid").Text()
	if err != nil {
		t.Fatal(err)
	}
	return id
}
