package e2e_test

import (
	"testing"
	"time"

	"xmode/store/storetest"
)

// Keys of what a failover is played with: the records, and the number that is asked about.
// On the Cluster two masters have them.
const (
	recordsKey = "xmode:{r0}:records"
	numberKey  = "xmode:{+8617000000001}:r"
)

// failover is a way to lose a master and to get it back.
type failover struct {
	key  string
	lose func(*storetest.Server)
	back func(*storetest.Server)
}

func killed(key string) failover {
	return failover{key, (*storetest.Server).Kill, (*storetest.Server).Start}
}

// hung is a master that keeps its connections and answers nobody, until it goes on as if
// nothing had happened.
func hung(key string) failover {
	return failover{key, (*storetest.Server).Pause, (*storetest.Server).Resume}
}

// failoverBy is when an answer counts as none. How quick they are while Redis is away is
// a promise of its own.
const failoverBy = 2 * time.Second

const failoverPromise = "with detection after 2 s and one replica a master: no malformed answer; queries as usual within 5 s of the promotion; " +
	"with replicas=1 pushes get 503 until the promoted master has a replica again, and nothing acknowledged is lost or doubled"

func TestPromiseClusterMasterKilled(t *testing.T) {
	promised(t, "a master of a Redis Cluster is killed", failoverPromise)
	rounds := []failover{killed(recordsKey), killed(numberKey)}
	if playsAll() {
		rounds = append(rounds, hung(recordsKey), hung(numberKey), killed(recordsKey), killed(numberKey))
	}
	playFailovers(t, storetest.Cluster(t), rounds)
}

func TestPromiseSentinelFailover(t *testing.T) {
	promised(t, "the master is killed, and Sentinel promotes its replica", failoverPromise)
	rounds := []failover{killed(recordsKey)}
	if playsAll() {
		rounds = append(rounds, hung(recordsKey), killed(recordsKey), hung(recordsKey), killed(recordsKey))
	}
	playFailovers(t, storetest.Sentinel(t, storetest.Access{}), rounds)
}

// playFailovers asks and pushes while masters go and come back.
func playFailovers(t *testing.T, redis *storetest.Topology, rounds []failover) {
	e := serve(t, []string{"XMODE_REDIS=" + redis.URL}, "--durability=replicas=1")
	e.bind(askedPair)
	a := asking(e, 100)
	p := pushing(e, newLoad(t, 2000*len(rounds), aim(e)), 25)
	pause(t, time.Second)
	for _, f := range rounds {
		f.play(t, redis, a, p)
	}
	a.stop()
	p.finish(e, redis.Master(recordsKey).Addr)
	e.hides("13900000022", "17000000001")
}

// lately reports whether everything had a word in its outcome for two seconds.
func lately(all responses, word string) bool {
	some := all.between(time.Now().Add(-2*time.Second), time.Now())
	return len(some) > 25 && len(some.of(word)) == len(some)
}

// play loses the master of a key and gives its heir a replica again.
func (f failover) play(t *testing.T, redis *storetest.Topology, a *asker, p *pusher) {
	t.Helper()
	master := redis.Master(f.key)
	heir, holdsRecords := redis.ReplicaOf(master), master == redis.Master(recordsKey)
	began := time.Now()
	f.lose(master)
	within(t, 20*time.Second, "the promotion", heir.IsMaster)
	promoted := time.Now()
	within(t, 20*time.Second, "queries to be connected again", func() bool { return lately(a.now(), "connect") })
	returned := time.Now()
	f.back(master)
	within(t, 40*time.Second, "the heir to have a replica", func() bool { return heir.Replicas() > 0 })
	whole := time.Now()
	within(t, 20*time.Second, "pushes to be stored again", func() bool { return lately(p.now(), pushStored) })
	end := time.Now()
	queries, pushes := a.now().between(began, end), p.now().between(began, end)
	queries.wellFormed(t, "queries", failoverBy)
	pushes.wellFormed(t, "pushes", failoverBy)
	asUsual, ok := queries.settled(promoted, "connect")
	if !ok || asUsual > recoverBy {
		t.Errorf("queries as usual %v after the promotion (%v): %s", asUsual, ok, queries.outcomes())
	}
	if !holdsRecords {
		whole = promoted // their master kept its replica
	} else if n := len(pushes.between(promoted, returned.Add(-answerBy)).of(pushStored)); n > 0 {
		t.Errorf("%d pushes were acknowledged while the master had no replica", n)
	}
	stored, ok := pushes.settled(whole, pushStored)
	if !ok || stored > recoverBy {
		t.Errorf("pushes are stored %v after the master had a replica (%v): %s", stored, ok, pushes.outcomes())
	}
	measured(t, "promotion after %v; queries as usual %v after it, the last answer after %v: %s",
		promoted.Sub(began).Round(time.Millisecond), asUsual, queries.percentile(1), queries.outcomes())
	measured(t, "pushes stored %v after the master had its replica, which took %v from the promotion: %s",
		stored, whole.Sub(promoted).Round(time.Millisecond), pushes.outcomes())
}
