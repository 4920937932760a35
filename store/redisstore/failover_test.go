package redisstore_test

import (
	"context"
	"testing"
	"time"

	"xmode/store/storetest"
)

// TestFirstQueryAfterFailover: an endpoint that is asked seldom has not noticed that a
// master died and another one took its place. The first query is answered all the
// same, within its budget.
func TestFirstQueryAfterFailover(t *testing.T) {
	for name, start := range map[string]func() *storetest.Topology{
		"Cluster":  func() *storetest.Topology { return storetest.Cluster(t) },
		"Sentinel": func() *storetest.Topology { return storetest.Sentinel(t, storetest.Access{}) },
	} {
		t.Run(name, func(t *testing.T) {
			p := start()
			s := newStore(t, reach(t, p.URL), "seldom", time.Now)
			q := query("+8613900000022", "+8617000000001", "")
			route := func() error {
				ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
				defer cancel()
				_, _, err := s.Route(ctx, q, nil)
				return err
			}
			waitFor(t, func() bool { return route() == nil })
			master := p.Master("seldom:{+8617000000001}:r")
			heir := p.ReplicaOf(master)
			master.Kill()
			waitFor(t, heir.IsMaster)
			p.Settled(t, heir)
			if err := route(); err != nil {
				t.Error(err)
			}
		})
	}
}
