package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

// TestRecordDocument holds a document against the bytes that readers see.
func TestRecordDocument(t *testing.T) {
	at := time.Date(2024, 5, 1, 2, 3, 4, 0, time.UTC)
	r := call.Record{
		Platform: "huawei", ID: "icid\"1", CallID: "c", Kind: call.Voice, X: call.NumberFromStore("95013"),
		Caller: call.NumberFromStore("+8613800000021"), BindingID: 7, StartedAt: at, AnsweredAt: at.Add(11*time.Second + 50*time.Millisecond),
		Duration: 105, Outcome: call.Answered, ReleasedBy: call.ByCaller, Cause: call.Cause{Code: "16", Text: "正常"},
		Recording: call.NoRecording, UserData: "order\\1",
	}
	got := store.AppendRecord(nil, &r, store.Pushed{First: at, Pushes: 1}, []byte(`{"a":1}`))
	want := `{"platform":"huawei","record_id":"icid\"1","call_id":"c","kind":"voice","x":"95013","caller":"+8613800000021","callee":"",` +
		`"extension":"","binding_id":"7","started_at":"2024-05-01T02:03:04Z","ringing_at":null,"answered_at":"2024-05-01T02:03:15.05Z",` +
		`"ended_at":null,"duration_s":105,"outcome":"answered","released_by":"caller","cause":{"code":"16","text":"正常"},` +
		`"recording":"none","user_data":"order\\1","first_pushed_at":"2024-05-01T02:03:04Z","pushes":1,"conflict":false,"raw":{"a":1}}`
	if string(got) != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if !json.Valid(got) {
		t.Error("not valid JSON")
	}
	for _, c := range []struct {
		pushes   int
		conflict bool
		want     string
	}{{1, false, `"pushes":1,"conflict":false`}, {7, false, `"pushes":7,"conflict":false`}, {1, true, `"pushes":1,"conflict":true`}} {
		if updated := string(store.Update(got, c.pushes, c.conflict)); updated != strings.Replace(want, `"pushes":1,"conflict":false`, c.want, 1) {
			t.Errorf("%d pushes, conflict %t: %s", c.pushes, c.conflict, updated)
		}
	}
}

// TestInstantsOfDocuments compares with package time.
func TestInstantsOfDocuments(t *testing.T) {
	for _, at := range []time.Time{
		time.Unix(0, 0), time.UnixMilli(1), time.UnixMilli(1_700_000_000_120), time.UnixMilli(999), time.UnixMilli(100),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(33, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2024, 2, 29, 1, 2, 3, 0, time.FixedZone("", 8*3600)),
	} {
		document := string(store.AppendRecord(nil, &call.Record{StartedAt: at, RingingAt: time.Date(12024, 1, 1, 0, 0, 0, 0, time.UTC), AnsweredAt: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)}, store.Pushed{First: at, Pushes: 1}, nil))
		if want := `"started_at":"` + at.UTC().Format("2006-01-02T15:04:05.999Z07:00") + `"`; !strings.Contains(document, want) || !strings.Contains(document, `"ringing_at":null,"answered_at":null`) {
			t.Errorf("no %s in %s", want, document)
		}
	}
}
