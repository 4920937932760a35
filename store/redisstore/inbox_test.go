package redisstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
	"xmode/store/redisstore"
	"xmode/store/storetest"
)

// push is a delivery of records with these ids, and how often it was read.
func push(reads *int, ids ...string) store.Delivery {
	d := store.Delivery{Platform: "huawei", Kind: "fee", At: storetest.NewClock().Now()}
	for _, id := range ids {
		d.Items = append(d.Items, []byte(`{"icid":"`+id+`"}`))
	}
	d.Read = func(i int) call.Report {
		*reads++
		id, _, _ := strings.Cut(ids[i], "/") // what stands behind it is another content
		return call.Report{Record: &call.Record{Platform: "huawei", ID: id, CallID: "call-" + id, Kind: call.Voice,
			X: call.NumberFromStore("+8617000000001"), UserData: ids[i]}}
	}
	return d
}

func deposit(t *testing.T, s *redisstore.Store, d store.Delivery) store.Deposited {
	t.Helper()
	got, err := s.Deposit(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestPushRoundTrips: a batch costs one round trip of one command, with fifty
// records as with one, and what is known by its text is not understood again.
func TestPushRoundTrips(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	s := newStore(t, client, "trips", storetest.NewClock().Now)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := &counter{}
	client.AddHook(c)
	var ids []string
	for i := range 50 {
		ids = append(ids, fmt.Sprint("r", i))
	}
	for round, want := range []store.Deposited{{Fresh: 50}, {Duplicates: 50}} {
		reads := 0
		d := push(&reads, ids...)
		d.Message = &store.Message{Platform: "huawei", Nonce: fmt.Sprint(round), At: d.At, Until: d.At.Add(time.Hour)}
		if got := deposit(t, s, d); got != want || reads != want.Fresh {
			t.Errorf("round %d: deposited %+v after reading %d", round, got, reads)
		}
		if trips, commands := c.take(); trips != 1 || commands != 1 {
			t.Errorf("round %d: %d round trips, %d commands", round, trips, commands)
		}
	}
}

// TestStoreThatLostEverything: what this process remembers of records is not
// believed when the store has lost them.
func TestStoreThatLostEverything(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	s := newStore(t, client, "lost", storetest.NewClock().Now)
	reads := 0
	deposit(t, s, push(&reads, "a", "b"))
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if got := deposit(t, s, push(&reads, "a", "b", "c")); got != (store.Deposited{Fresh: 3}) {
		t.Errorf("deposited %+v", got)
	}
}

// TestStreamForConsumers: each new record is one entry, a conflict another, a
// duplicate none, and the entry is what readers see.
func TestStreamForConsumers(t *testing.T) {
	for _, lean := range []bool{false, true} {
		t.Run(fmt.Sprintf("lean %t", lean), func(t *testing.T) {
			client := connect(t, storetest.Redis(t))
			s := newStore(t, client, "stream", storetest.NewClock().Now, func(c *redisstore.Config) { c.LeanStream = lean })
			reads := 0
			deposit(t, s, push(&reads, "a", "b", "a"))
			deposit(t, s, push(&reads, "b", "a/2"))
			again := push(&reads, "c")
			again.Requeued = true
			deposit(t, s, again)
			entries, err := client.XRange(t.Context(), "stream:{r0}:records", "-", "+").Result()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range entries {
				var record struct {
					RecordID string `json:"record_id"`
					Pushes   int
					Conflict bool
					Raw      json.RawMessage
				}
				if err := json.Unmarshal([]byte(e.Values["record"].(string)), &record); err != nil || len(e.Values) != 3 {
					t.Fatalf("%v in %v", err, e.Values)
				}
				if (record.Raw == nil) != lean {
					t.Errorf("raw is %s", record.Raw)
				}
				got = append(got, fmt.Sprintf("%s %s %s %t", e.Values["id"], e.Values["type"], record.RecordID, record.Conflict))
			}
			if want := "a record a false, b record b false, a conflict a true, c requeued c false"; strings.Join(got, ", ") != want {
				t.Errorf("got %s", strings.Join(got, ", "))
			}
		})
	}
}

// TestNoKeyOutlivesItsUse: every key has a time to live, or is one of those that
// the documentation gives a reason for.
func TestNoKeyOutlivesItsUse(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	clock := storetest.NewClock()
	s := newStore(t, client, "keys", clock.Now)
	reads := 0
	d := push(&reads, "a")
	d.Message = &store.Message{Platform: "huawei", Nonce: "n", At: d.At, Until: d.At.Add(time.Hour)}
	deposit(t, s, d)
	left := func(lives bool) (keys []string) {
		for _, key := range client.Keys(t.Context(), "*").Val() {
			if ttl := client.TTL(t.Context(), key).Val(); (ttl > 0) == lives {
				keys = append(keys, key)
			}
		}
		return keys
	}
	mortal := left(true)
	slices.Sort(mortal)
	if len(mortal) != 2 || !strings.HasPrefix(mortal[0], "keys:{r0}:n:") || mortal[1] != "keys:{r0}:ping" {
		t.Errorf("with a time to live: %v", mortal)
	}
	for range 3 {
		if _, err := s.Retire(t.Context(), clock.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if immortal := left(false); len(immortal) != 4 { // partitions, seq, and the two streams, empty
		t.Errorf("after the retention: %v", immortal)
	}
	for _, stream := range []string{"keys:{r0}:j", "keys:{r0}:records"} {
		// The stream for consumers goes by Redis' own clock, in which the record is young.
		if n := client.XLen(t.Context(), stream).Val(); n != 0 && stream == "keys:{r0}:j" {
			t.Errorf("%s has %d entries", stream, n)
		}
	}
}

// TestOtherPartitions: a store that was set up with another number refuses.
func TestOtherPartitions(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	clock := storetest.NewClock()
	reads := 0
	deposit(t, newStore(t, client, "p", clock.Now, func(c *redisstore.Config) { c.Partitions = 2 }), push(&reads, "a"))
	other := newStore(t, client, "p", clock.Now, func(c *redisstore.Config) { c.Partitions = 3 })
	if _, err := other.Deposit(t.Context(), push(&reads, "b")); !errors.Is(err, store.ErrPartitions) {
		t.Errorf("deposit: %v", err)
	}
	if err := other.Ping(t.Context()); !errors.Is(err, store.ErrPartitions) {
		t.Errorf("ping: %v", err)
	}
}

// TestReplicas: a push is acknowledged once the replicas have it, and not while
// there are too few.
func TestReplicas(t *testing.T) {
	master := storetest.Redis(t)
	host, port, _ := net.SplitHostPort(master)
	replica := connect(t, storetest.Redis(t, "--replicaof", host+" "+port))
	client := connect(t, master)
	of := func(n int) *redisstore.Store {
		return newStore(t, client, "w", storetest.NewClock().Now, func(c *redisstore.Config) {
			c.Durability = redisstore.Durability{Replicas: n, Patience: 200 * time.Millisecond}
		})
	}
	waitFor(t, func() bool {
		return strings.Contains(replica.Info(t.Context(), "replication").Val(), "master_link_status:up")
	})
	reads := 0
	one, two := of(1), of(2)
	if got := deposit(t, one, push(&reads, "a")); got != (store.Deposited{Fresh: 1}) {
		t.Errorf("deposited %+v", got)
	}
	if n := replica.XLen(t.Context(), "w:{r0}:records").Val(); n != 1 {
		t.Errorf("%d entries on the replica", n)
	}
	for range 2 { // the second time it is a batch of duplicates alone
		if _, err := two.Deposit(t.Context(), push(&reads, "b")); !errors.Is(err, store.ErrNotDurable) {
			t.Errorf("two replicas of one: %v", err)
		}
	}
	if err := one.CheckDurability(t.Context()); err != nil {
		t.Error(err)
	}
	status := store.Delivery{Platform: "aliyun", Kind: "number", At: storetest.NewClock().Now(), Items: [][]byte{[]byte("{}")}, Read: func(int) call.Report {
		return call.Report{Status: &call.NumberStatus{Platform: "aliyun", Number: call.NumberFromStore("95013"), Status: "1", At: time.Unix(-1, 0)}}
	}}
	for _, s := range []*redisstore.Store{one, two} { // the second one has nothing to change, and waits all the same
		if _, err := s.Deposit(t.Context(), status); (err == nil) != (s == one) {
			t.Errorf("status: %v", err)
		}
	}
	if err := two.CheckDurability(t.Context()); !errors.Is(err, store.ErrNotDurable) {
		t.Errorf("check: %v", err)
	}
}

// waitFor asks until something is so, for ten seconds at most.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(10 * time.Second)
	for !so() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("not so in time")
		}
	}
}

// TestFsync: a server that may lose what it has acknowledged takes no push, from
// the moment on at which its settings are changed and somebody looks.
func TestFsync(t *testing.T) {
	fsync := func(c *redisstore.Config) { c.Durability = redisstore.Durability{Fsync: true, Patience: time.Second} }
	reads := 0
	for name, c := range map[string]struct {
		args []string
		old  error // before Redis 7.2
		now  error
	}{
		"no file":             {nil, store.ErrNotDurable, store.ErrNotDurable},
		"every second":        {[]string{"--appendonly", "yes", "--appendfsync", "everysec"}, store.ErrNotDurable, nil},
		"not while rewriting": {[]string{"--appendonly", "yes", "--appendfsync", "always", "--no-appendfsync-on-rewrite", "yes"}, store.ErrNotDurable, nil},
		"always":              {[]string{"--appendonly", "yes", "--appendfsync", "always"}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			client := connect(t, storetest.Redis(t, c.args...))
			want := c.old
			if hasWaitAOF(t, client) {
				want = c.now
			}
			s := newStore(t, client, "f", storetest.NewClock().Now, fsync)
			if _, err := s.Deposit(t.Context(), push(&reads, "a")); !errors.Is(err, want) {
				t.Errorf("deposit: %v, want %v", err, want)
			}
			if err := s.CheckDurability(t.Context()); !errors.Is(err, want) {
				t.Errorf("check: %v, want %v", err, want)
			}
		})
	}
	t.Run("changed in service", func(t *testing.T) {
		client := connect(t, storetest.Redis(t, "--appendonly", "yes", "--appendfsync", "always"))
		s := newStore(t, client, "f", storetest.NewClock().Now, fsync)
		deposit(t, s, push(&reads, "a"))
		set := func(value string) {
			if err := client.ConfigSet(t.Context(), "appendonly", value).Err(); err != nil {
				t.Fatal(err)
			}
		}
		set("no")
		if err := s.CheckDurability(t.Context()); !errors.Is(err, store.ErrNotDurable) {
			t.Errorf("check: %v", err)
		}
		if _, err := s.Deposit(t.Context(), push(&reads, "b")); !errors.Is(err, store.ErrNotDurable) {
			t.Errorf("deposit: %v", err)
		}
		set("yes")
		waitFor(t, func() bool { return s.CheckDurability(t.Context()) == nil }) // the file is written first
		if got := deposit(t, s, push(&reads, "b")); got.Duplicates+got.Fresh != 1 {
			t.Errorf("deposited %+v", got)
		}
	})
	t.Run("hidden", func(t *testing.T) {
		addr := storetest.Redis(t, "--rename-command", "CONFIG", "", "--appendonly", "yes", "--appendfsync", "always")
		client := connect(t, addr)
		s := newStore(t, client, "f", storetest.NewClock().Now, fsync)
		var want error // WAITAOF needs no configuration
		if !hasWaitAOF(t, client) {
			want = store.ErrNotDurable
		}
		if _, err := s.Deposit(t.Context(), push(&reads, "a")); !errors.Is(err, want) {
			t.Errorf("deposit: %v", err)
		}
		trusting := newStore(t, client, "f", storetest.NewClock().Now, func(c *redisstore.Config) {
			c.Durability = redisstore.Durability{Fsync: true, Assumed: true}
		})
		deposit(t, trusting, push(&reads, "a"))
	})
	t.Run("a new connection is looked at", func(t *testing.T) {
		durable := storetest.Redis(t, "--appendonly", "yes", "--appendfsync", "always")
		volatile := storetest.Redis(t)
		address := durable
		client := redis.NewClient(&redis.Options{Addr: "any", ContextTimeoutEnabled: true, PoolSize: 1,
			Dialer: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}})
		t.Cleanup(func() { _ = client.Close() })
		s := newStore(t, client, "f", storetest.NewClock().Now, fsync)
		deposit(t, s, push(&reads, "a"))
		address = volatile // a failover
		_ = connect(t, durable).Do(t.Context(), "client", "kill", "type", "normal", "skipme", "yes").Err()
		for range 2 { // the first one finds the connection broken
			if _, err := s.Deposit(t.Context(), push(&reads, "b")); err == nil {
				t.Error("acknowledged by a server that keeps nothing")
			}
		}
	})
}

// hasWaitAOF reports whether the server knows WAITAOF.
func hasWaitAOF(t *testing.T, client redis.UniversalClient) bool {
	t.Helper()
	n, err := client.Do(t.Context(), "command", "info", "waitaof").Slice()
	return err == nil && len(n) == 1 && n[0] != nil
}

func TestParseDurability(t *testing.T) {
	for text, want := range map[string]redisstore.Durability{
		"memory": {}, "fsync": {Fsync: true}, "fsync=assumed": {Fsync: true, Assumed: true}, "replicas=1": {Replicas: 1}, "replicas=16": {Replicas: 16},
	} {
		if got, err := redisstore.ParseDurability(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "disk", "replicas", "replicas=0", "replicas=17", "replicas=x", "fsync=always", "memory=1"} {
		if _, err := redisstore.ParseDurability(text); !errors.Is(err, redisstore.ErrDurability) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestLongJournal: places stay right when the journal has seen more chunks than
// four bytes can count, and retention finds them.
func TestLongJournal(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	clock := storetest.NewClock()
	s := newStore(t, client, "long", clock.Now)
	if err := client.Set(t.Context(), "long:{r0}:seq", 1<<34-1, 0).Err(); err != nil {
		t.Fatal(err)
	}
	reads := 0
	deposit(t, s, push(&reads, "a"))
	deposit(t, s, push(&reads, "b", "a"))
	page, err := s.Records(t.Context(), store.RecordFilter{Limit: 10})
	if err != nil || len(page.Records) != 2 || !strings.Contains(string(page.Records[0])+string(page.Records[1]), `"pushes":2`) {
		t.Errorf("%s, %v", page.Records, err)
	}
	if joined, err := s.Call(t.Context(), "huawei", "call-b"); err != nil || len(joined.Records) != 1 {
		t.Errorf("%+v, %v", joined, err)
	}
	for range 3 {
		if _, err := s.Retire(t.Context(), clock.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if page, err := s.Records(t.Context(), store.RecordFilter{Limit: 10}); err != nil || len(page.Records) != 0 {
		t.Errorf("after the retention: %s, %v", page.Records, err)
	}
}

// TestLargeQuarantine: a page of large texts ends early, and the next one goes on.
func TestLargeQuarantine(t *testing.T) {
	s := newStore(t, connect(t, storetest.Redis(t)), "large", storetest.NewClock().Now)
	noise := rand.New(rand.NewPCG(1, 1))
	const texts = 20
	for range texts {
		text := make([]byte, 1<<20)
		for i := range text {
			text[i] = byte(noise.Uint32()) // cannot be packed
		}
		d := store.Delivery{Platform: "huawei", Kind: "fee", At: storetest.NewClock().Now(), Items: [][]byte{text},
			Read: func(int) call.Report { return call.Report{Fault: "noise"} }}
		deposit(t, s, d)
	}
	var pages []int
	for cursor := ""; ; {
		entries, next, err := s.ListQuarantine(t.Context(), 1000, cursor)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, len(entries))
		if cursor = next; cursor == "" {
			break
		}
	}
	sum := 0
	for _, n := range pages {
		sum += n
	}
	if sum != texts || slices.Max(pages) > 15 {
		t.Errorf("pages of %v", pages)
	}
}

// FuzzUnchunk: whatever lies in the journal, reading it ends in documents or an
// error.
func FuzzUnchunk(f *testing.F) {
	f.Add([]byte{}, true)
	f.Add([]byte("r\x00\x00\x00\x02{}e\x00\x00\x00\x01x"), true)
	f.Add([]byte("r\xff\xff\xff\xff{}"), true)
	f.Add([]byte("no zstd"), false)
	f.Fuzz(func(t *testing.T, text []byte, packed bool) {
		entry := string(text)
		if packed {
			entry = redisstore.Pack(t, text)
		}
		documents, err := redisstore.Unchunk(t, entry)
		total := 0
		for _, d := range documents {
			total += 5 + len(d)
		}
		if packed && err == nil && total != len(text) {
			t.Errorf("%d bytes of documents in %d", total, len(text))
		}
	})
}

// TestScriptThatFailsHalfWay: what stands in the way of a deposit leaves no record
// half stored, and the push that comes again is stored once.
func TestScriptThatFailsHalfWay(t *testing.T) {
	for _, key := range []string{"records", "j", "i", "c", "x:huawei:+8617000000001", "t:huawei:0", "m:huawei", "seq"} {
		t.Run(key, func(t *testing.T) {
			client := connect(t, storetest.Redis(t))
			s := newStore(t, client, "half", storetest.NewClock().Now)
			reads := 0
			d := push(&reads, "a", "b")
			d.Read = func(i int) call.Report {
				r := push(&reads, "a", "b").Read(i)
				r.Record.StartedAt = time.Unix(0, 0)
				return r
			}
			if err := client.SAdd(t.Context(), "half:{r0}:"+key, "of another type").Err(); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err := s.Deposit(t.Context(), d); !errors.Is(err, store.ErrUnavailable) {
					t.Fatalf("deposit: %v", err)
				}
			}
			if err := client.Del(t.Context(), "half:{r0}:"+key).Err(); err != nil {
				t.Fatal(err)
			}
			deposit(t, s, d)
			if n := client.XLen(t.Context(), "half:{r0}:records").Val(); n != 2 {
				t.Errorf("%d entries in the stream", n)
			}
			page, err := s.Records(t.Context(), store.RecordFilter{Limit: 10})
			if err != nil || len(page.Records) != 2 {
				t.Errorf("%d records, %v", len(page.Records), err)
			}
		})
	}
}

// TestNewerServerIsWaitedFor: the first push that a server gets after it took the
// place of an older one is not acknowledged without the wait that it knows.
func TestNewerServerIsWaitedFor(t *testing.T) {
	durable := storetest.Redis(t, "--appendonly", "yes", "--appendfsync", "always")
	client := connect(t, durable)
	s := newStore(t, client, "newer", storetest.NewClock().Now, func(c *redisstore.Config) {
		c.Durability = redisstore.Durability{Fsync: true, Patience: time.Second}
	})
	reads := 0
	deposit(t, s, push(&reads, "before"))
	redisstore.ForgetVersion(s) // as if that server had been older, and the connection to it broke
	other := connect(t, durable)
	if err := other.Do(t.Context(), "client", "kill", "type", "normal", "skipme", "yes").Err(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Deposit(t.Context(), push(&reads, "a"))
	if newer := hasWaitAOF(t, client); newer != errors.Is(err, store.ErrNotDurable) || !newer && err != nil {
		t.Errorf("newer %t: %v", newer, err)
	}
	if _, err := s.Deposit(t.Context(), push(&reads, "b")); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

// TestPushOfThousands: more items than one script takes are stored all the same,
// and a text that occurs in it a thousand times is kept once.
func TestPushOfThousands(t *testing.T) {
	client := connect(t, storetest.Redis(t))
	s := newStore(t, client, "many", storetest.NewClock().Now)
	var ids []string
	for i := range 3500 {
		ids = append(ids, fmt.Sprint("r", i%3000))
	}
	reads := 0
	d := push(&reads, ids...)
	d.Message = &store.Message{Platform: "huawei", Nonce: "n", Digest: [16]byte{1}, At: d.At, Until: d.At.Add(time.Hour)}
	if got := deposit(t, s, d); got != (store.Deposited{Fresh: 3000, Duplicates: 500}) {
		t.Errorf("deposited %+v", got)
	}
	again := push(&reads, append(slices.Clone(ids), "new")...)
	again.Message = &store.Message{Platform: "huawei", Nonce: "n", Digest: [16]byte{2}, At: d.At, Until: d.At.Add(time.Hour)}
	if _, err := s.Deposit(t.Context(), again); !errors.Is(err, store.ErrReplayed) {
		t.Errorf("another body: %v", err)
	}
	faulty := store.Delivery{Platform: "huawei", Kind: "fee", At: d.At, Read: func(int) call.Report { return call.Report{Fault: "no record"} }}
	for range 2000 {
		faulty.Items = append(faulty.Items, []byte("0"))
	}
	if got := deposit(t, s, faulty); got != (store.Deposited{Quarantined: 2000}) {
		t.Errorf("deposited %+v", got)
	}
	faulty.Read = func(int) call.Report { t.Error("read again"); return call.Report{Fault: "no record"} }
	if got := deposit(t, s, faulty); got != (store.Deposited{Quarantined: 2000}) {
		t.Errorf("deposited %+v", got)
	}
	if entries, _, err := s.ListQuarantine(t.Context(), 10, ""); err != nil || len(entries) != 1 || entries[0].Pushes != 2 {
		t.Errorf("%+v, %v", entries, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Deposit(ctx, push(&reads, "late")); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("after the budget: %v", err)
	}
}

// TestManyContents: an identity that comes with ever other contents fills no
// memory without end; what is too much is set aside.
func TestManyContents(t *testing.T) {
	s := newStore(t, connect(t, storetest.Redis(t)), "contents", storetest.NewClock().Now)
	var ids []string
	for i := range 70 {
		ids = append(ids, fmt.Sprint("a/", i))
	}
	reads := 0
	if got := deposit(t, s, push(&reads, ids...)); got != (store.Deposited{Fresh: 1, Conflicts: 63, Quarantined: 6}) {
		t.Errorf("deposited %+v", got)
	}
}

// TestRequeuedRecordStays: a record that comes out of the quarantine long after it
// came does not take the others of its minute along when it is retired.
func TestRequeuedRecordStays(t *testing.T) {
	clock := storetest.NewClock()
	s := newStore(t, connect(t, storetest.Redis(t)), "requeue", clock.Now)
	reads := 0
	at := clock.Now()
	deposit(t, s, push(&reads, "a"))
	old := push(&reads, "b")
	old.Read = func(int) call.Report {
		return call.Report{Record: &call.Record{Platform: "huawei", ID: "b", StartedAt: at}}
	}
	old.At, old.Requeued = at.Add(-40*time.Hour), true
	deposit(t, s, old)
	for range 3 {
		if _, err := s.Retire(t.Context(), at.Add(-24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	page, err := s.Records(t.Context(), store.RecordFilter{Limit: 10})
	if err != nil || !strings.Contains(string(bytes.Join(page.Records, nil)), `"record_id":"a"`) {
		t.Errorf("%s, %v", page.Records, err)
	}
}
