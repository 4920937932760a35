package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
)

// everyWrite has Redis write each command to disk before it answers.
func everyWrite() []string { return []string{"--appendonly", "yes", "--appendfsync", "always"} }

// TestAcknowledgedSurvivesRedisKill kills the Redis server with SIGKILL in the
// middle of a stream of pushes, and once more at its end.
func TestAcknowledgedSurvivesRedisKill(t *testing.T) {
	for seed := range *seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 3))
			redis := restartable(t, nil, everyWrite()...)
			e := serve(t, []string{"XMODE_REDIS=redis://" + redis.addr}, "--durability=fsync", "--log-level=debug")
			l := newLoad(t, 2000, aim(e))
			all := l.batches(random, 1)
			l.run(all, func() {
				redis.kill()
				before := l.refused.Load()
				within(t, 20*time.Second, "pushes to be refused", func() bool { return l.refused.Load() >= before+connections })
				redis.start()
			}, moments(random, 2, len(all)/2)...)
			redis.kill()
			redis.start()
			within(t, 20*time.Second, "the store to be there again", func() bool { return e.api(http.MethodGet, "/v1/cdrs?limit=1", "").status == http.StatusOK })
			l.holds(e, redis.addr, 1)
			e.hides("session-0", "call-0", "fee-0", "13900000", "17000000", "13800000021")
			t.Logf("%d batches in %d attempts, %d of them refused", len(all), l.attempts.Load(), l.refused.Load())
		})
	}
}

// TestDurabilityThatIsNotThere: what cannot be confirmed is not acknowledged,
// and readiness says so.
func TestDurabilityThatIsNotThere(t *testing.T) {
	for _, promised := range []string{"fsync", "replicas=1"} { // of a Redis that has neither
		t.Run(promised, func(t *testing.T) {
			e := serve(t, nil, "--durability="+promised, "--push-budget=200ms")
			m := huawei(callRecords, fees(plainFee(1)))
			for range 2 { // the repetition is a duplicate, and no more durable
				if r := e.huawei(m); r.status != http.StatusServiceUnavailable || r.body != notStored || r.header.Get("Retry-After") == "" {
					t.Errorf("%d %s", r.status, r.body)
				}
			}
			within(t, 20*time.Second, "readiness to say so", func() bool {
				r := e.get("http://" + e.admin + "/readyz")
				return r.status == http.StatusOK && strings.Contains(r.body, `"degraded":["durability"]`)
			})
		})
	}
}
