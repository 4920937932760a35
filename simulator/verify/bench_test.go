package verify_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"xmode/simulator/load"
	"xmode/simulator/verify"
)

// BenchmarkVerify compares 100 000 calls with an admin API that has them at hand, in
// the same process. MB is what the heap holds beyond what it held before, once all
// records were read.
func BenchmarkVerify(b *testing.B) {
	const calls = 100_000
	raw := `,"raw":{"text":"` + strings.Repeat("x", 700) + `"}}` // as long as real ones
	var before, most uint64
	records := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", ndjson)
		out := bufio.NewWriter(w)
		for n := range calls {
			caller := strconv.Itoa(13900000000 + n)
			fmt.Fprintf(out, `{"call_id":"p-%d","kind":"voice","x":"+8617000000001","caller":"+86%s","callee":"+8613800000021","duration_s":5,"outcome":"answered"%s`+"\n", n, caller, raw)
		}
		_ = out.Flush()
		most = max(most, held())
	}
	s := httptest.NewServer(fake{records, answers("application/json", strings.TrimSuffix(ended, "}")+raw)})
	defer s.Close()
	wants := func(yield func(load.Want) bool) {
		for n := range calls {
			w := load.Want{
				CallID: "p-" + strconv.Itoa(n), Decision: load.Decision{Verb: load.Connect, Callee: "13800000021"}, Caller: strconv.Itoa(13900000000 + n),
				X: "17000000001", Talked: 5 * time.Second, Record: load.Due,
			}
			if !yield(w) {
				return
			}
		}
	}
	for b.Loop() {
		before = held()
		v, err := verify.New(verify.Config{URL: s.URL, Key: apiKey, Platform: "aliyun", Prefix: "p-", Now: time.Now})
		if err != nil {
			b.Fatal(err)
		}
		verdict, err := v.Verify(b.Context(), wants, calls)
		if err != nil || !verdict.OK() || verdict.RecordsRight != calls || verdict.CallsRight != calls {
			b.Fatalf("%v, %v", verdict, err)
		}
		b.ReportMetric(float64(most-before)/1e6, "MB")
	}
}

// held is how much memory is in use.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
