package redisstore_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
	"xmode/store/storetest"
)

// TestBusyMinute: of far more records than a page takes, which came in any order within
// two minutes, pages give all, newest first.
func TestBusyMinute(t *testing.T) {
	s := newStore(t, embedded(t), "busy", storetest.NewClock().Now)
	const many = 600
	at := storetest.NewClock().Now().Truncate(time.Minute)
	var want []string
	for _, n := range rand.New(rand.NewPCG(5, 5)).Perm(many) {
		id := fmt.Sprintf("record-%03d", n)
		d := push(new(int), id)
		d.Read = func(int) call.Report {
			return call.Report{Record: &call.Record{Platform: "huawei", ID: id, CallID: id, Kind: call.Voice,
				X: call.NumberFromStore("+8617000000001"), StartedAt: at.Add(-time.Duration(n) * 200 * time.Millisecond)}}
		}
		deposit(t, s, d)
		want = append(want, id)
	}
	slices.Sort(want)
	for _, limit := range []int{7, 100, many} {
		var got []string
		for f := (store.RecordFilter{Limit: limit}); ; {
			page, err := s.Records(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, record := range page.Records {
				_, rest, _ := strings.Cut(string(record), `"record_id":"`)
				id, _, _ := strings.Cut(rest, `"`)
				got = append(got, id)
			}
			if f.Cursor = page.Next; f.Cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: %d records, want %d, newest first", limit, len(got), many)
		}
	}
}
