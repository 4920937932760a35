package redisstore_test

import (
	"encoding/json"
	"fmt"

	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// BenchmarkDeposit stores batches of fifty records on a real Redis server.
func BenchmarkDeposit(b *testing.B) {
	for _, c := range []struct {
		name string
		pool int // how many batches come again and again; 0: all are new
	}{{"new", 0}, {"duplicates", 20}} {
		b.Run(c.name, func(b *testing.B) {
			client := realRedis(b)
			s := newStore(b, client, "bench", time.Now)
			r := rand.New(rand.NewPCG(1, 1))
			var pool []store.Delivery
			for range max(c.pool, 200) {
				pool = append(pool, batch(r, 50))
			}
			n := 0
			deposit := func() {
				d := pool[n%len(pool)]
				if c.pool == 0 && n >= len(pool) {
					b.StopTimer()
					pool[n%len(pool)] = batch(r, 50)
					d = pool[n%len(pool)]
					b.StartTimer()
				}
				d.Message = &store.Message{Platform: "huawei", Nonce: fmt.Sprint("nonce", n), At: time.Now(), Until: time.Now().Add(time.Hour)}
				n++
				if _, err := s.Deposit(b.Context(), d); err != nil {
					b.Fatal(err)
				}
			}
			for range c.pool {
				deposit()
			}
			for b.Loop() {
				deposit()
			}
			b.ReportMetric(float64(50*b.N)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(scriptTime(b, client)/50, "redis-µs/record")
		})
	}
}

// batch makes a push of n records as large as real ones.
func batch(r *rand.Rand, n int) store.Delivery {
	d := store.Delivery{Platform: "huawei", Kind: "fee", At: time.Now()}
	var records []call.Record
	for range n {
		var document struct {
			RecordID string          `json:"record_id"`
			CallID   string          `json:"call_id"`
			Raw      json.RawMessage `json:"raw"`
			X        string
			Caller   string
		}
		if err := json.Unmarshal(sample(r, "huawei fee"), &document); err != nil {
			panic(err)
		}
		d.Items = append(d.Items, document.Raw)
		record := call.Record{Platform: "huawei", ID: document.RecordID, CallID: document.CallID, Kind: call.Voice,
			X: call.NumberFromStore(document.X), Caller: call.NumberFromStore(document.Caller), StartedAt: time.Now().Add(-time.Duration(r.IntN(1e9)))}
		records = append(records, record)
	}
	d.Read = func(i int) call.Report { return call.Report{Record: &records[i]} }
	return d
}

// scriptTime is how long a script takes in Redis, on average.
func scriptTime(b *testing.B, client redis.UniversalClient) float64 {
	b.Helper()
	info, err := client.Info(b.Context(), "commandstats").Result()
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "cmdstat_evalsha:")
	_, rest, _ = strings.Cut(rest, "usec_per_call=")
	text, _, _ := strings.Cut(rest, ",")
	us, err := strconv.ParseFloat(text, 64)
	if err != nil {
		b.Fatal(err)
	}
	return us
}
