package redisstore_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"xmode/call"
	"xmode/store"
	"xmode/store/redisstore"
)

var makeDictionary = flag.String("dictionary", "", "write a new dictionary of packed documents to this file")

// TestDictionary packs documents that the dictionary was not made from. With
// -dictionary it makes one: what is packed with an older one must stay readable,
// so that a new one gets a file and a number of its own.
func TestDictionary(t *testing.T) {
	if *makeDictionary != "" {
		writeDictionary(t, *makeDictionary)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for sort, limit := range map[string]int{"huawei fee": 260, "aliyun SecretReport": 230, "huawei event": 180, "aliyun event": 210, "query": 150} {
		packed, plain := 0, 0
		for range 100 {
			document := sample(r, sort)
			entry := redisstore.Pack(t, document)
			if got := redisstore.Unpack(t, entry); got != string(document) {
				t.Fatalf("%s: unpacked to %s", sort, got)
			}
			packed, plain = packed+len(entry), plain+len(document)
		}
		t.Logf("%s: %d bytes packed to %d", sort, plain/100, packed/100)
		if packed/100 > limit {
			t.Errorf("%s: %d bytes on average, more than %d", sort, packed/100, limit)
		}
	}
}

func writeDictionary(t *testing.T, file string) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	sorts := []string{"query", "aliyun event", "huawei event", "aliyun SecretReport", "huawei fee"}
	var contents [][]byte
	var history []byte
	for _, sort := range sorts {
		for range 60 {
			contents = append(contents, sample(r, sort))
		}
		history = append(append(history, sample(r, sort)...), sample(r, sort)...)
	}
	for range 300 { // what there is most of
		contents = append(contents, sample(r, "huawei fee"))
	}
	made, err := zstd.BuildDict(zstd.BuildDictOptions{
		ID: 1, Contents: contents, History: history, Offsets: [3]int{1, 4, 8}, Level: zstd.SpeedFastest,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, made, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Skipf("%d bytes written to %s: run again without the flag", len(made), file)
}

// sample is a document of a sort, with the platform's JSON as its pages show it.
func sample(r *rand.Rand, sort string) []byte {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(300*86400)) * time.Second)
	x, a, b := fmt.Sprintf("170%08d", r.IntN(1000)), fmt.Sprintf("139%08d", r.IntN(1e8)), fmt.Sprintf("138%08d", r.IntN(1e8))
	session := fmt.Sprintf("1200_%d_4294967295_%s@callenabler%d.huaweicaas.com", r.IntN(9999), start.Format("20060102150405"), r.IntN(300))
	told := store.Pushed{First: start.Add(3 * time.Minute).Add(time.Duration(r.IntN(1e9))), Pushes: 1}
	at := func(seconds int) string { return start.Add(time.Duration(seconds) * time.Second).Format(time.DateTime) }
	number := func(s string) call.Number { return call.NumberFromStore("+86" + s) }
	ring, talk := 1+r.IntN(20), 1+r.IntN(300)
	user := fmt.Sprintf("order-%d", r.IntN(1e6))
	record := call.Record{
		Kind: call.Voice, X: number(x), Caller: number(a), Callee: number(b),
		StartedAt: start, RingingAt: start.Add(3 * time.Second), AnsweredAt: start.Add(time.Duration(ring) * time.Second),
		EndedAt: start.Add(time.Duration(ring+talk) * time.Second), Duration: talk, Outcome: call.Answered,
		Cause: call.Cause{Code: "0", Text: "answered, then normal hang-up"}, Recording: call.RecordingPending, UserData: user,
	}
	switch sort {
	case "huawei fee":
		icid := fmt.Sprintf("%016x%016x.%d.%d.%d", r.Uint64(), r.Uint64(), r.Uint32(), r.IntN(1e9), r.IntN(9))
		record.Platform, record.ID, record.CallID = "huawei", icid, session
		return store.AppendRecord(nil, &record, told, fmt.Appendf(nil, `{"direction":%d,"spId":"customer-sp","appKey":"app-key-1","icid":"%s","bindNum":"+86%s","sessionId":"%s","callerNum":"+86%s","calleeNum":"+86%s","fwdDisplayNum":"+86%s","fwdDstNum":"+86%s","callInTime":"%s","fwdStartTime":"%s","fwdAlertingTime":"%s","fwdAnswerTime":"%s","callEndTime":"%s","fwdUnaswRsn":0,"failTime":"","ulFailReason":0,"sipStatusCode":0,"callOutUnaswRsn":0,"recordFlag":1,"recordStartTime":"%s","recordDomain":"ostor.huawei.com","recordBucketName":"sp-x","recordObjectName":"%s.wav","ttsPlayTimes":0,"ttsTransDuration":0,"serviceType":"004","hostName":"callenabler%d.huaweicaas.com","userData":"%s","notifyMode":"Block"}`,
			r.IntN(2), icid, x, session, a, x, x, b, at(0), at(1), at(3), at(ring), at(ring+talk), at(ring), start.Format("0601021504")+fmt.Sprint(r.IntN(1e9)), r.IntN(300), user))
	case "aliyun SecretReport":
		id := fmt.Sprint(1e12 + float64(r.IntN(1e9)))
		record.Platform, record.ID, record.CallID, record.BindingID = "aliyun", id, fmt.Sprintf("%x^%d", r.Uint64(), r.IntN(1e9)), call.ID(100000+r.IntN(1e6))
		record.Cause = call.Cause{Code: "16", Text: "normal clearing"}
		return store.AppendRecord(nil, &record, told, fmt.Appendf(nil, `{"id":%s,"pool_key":"FC100000012345","partner_key":"FC100000012345","sub_id":%d,"call_id":"%s","phone_no":"%s","secret_no":"%s","peer_no":"%s","called_display_no":"%s","city":"杭州","call_type":%d,"unconnected_cause":0,"control_type":"CONTINUE","control_msg":"OK","call_time":"%s","call_out_time":"%s","ring_time":"%s","free_ring_time":"%s","start_time":"%s","release_time":"%s","release_dir":%d,"release_cause":16,"record_url":"","sms_number":0,"out_id":"%s"}`,
			id, record.BindingID, record.CallID, a, x, b, x, r.IntN(2), at(0), at(1), at(3), at(3), at(ring), at(ring+talk), r.IntN(3), user))
	case "huawei event":
		kind := []string{"callout", "alerting", "answer", "disconnect"}[r.IntN(4)]
		e := call.Event{Platform: "huawei", ID: fmt.Sprintf("h%016x%016x", r.Uint64(), r.Uint64()), CallID: session, Type: kind,
			Stage: call.StageRinging, At: start, X: number(x), Caller: number(a), Callee: number(b), UserData: user}
		return store.AppendEvent(nil, &e, told, fmt.Appendf(nil, `{"eventType":"%s","statusInfo":{"sessionId":"%s","timestamp":"%s","caller":"+86%s","called":"+86%s","userData":"%s","stateCode":0,"stateDesc":"The user releases the call."}}`,
			kind, session, at(0), a, b, user))
	case "aliyun event":
		kind := []string{"SecretStartReport", "SecretRingReport", "SecretPickUpReport"}[r.IntN(3)]
		e := call.Event{Platform: "aliyun", ID: fmt.Sprintf("h%016x%016x", r.Uint64(), r.Uint64()), CallID: fmt.Sprintf("%x^%d", r.Uint64(), r.IntN(1e9)),
			Type: kind, Stage: call.StageStarted, At: start, X: number(x), Caller: number(a), Callee: number(b), BindingID: call.ID(100000 + r.IntN(1e6)), UserData: user}
		return store.AppendEvent(nil, &e, told, fmt.Appendf(nil, `{"pool_key":"FC100000012345","sub_id":%d,"call_id":"%s","phone_no":"%s","secret_no":"%s","peer_no":"%s","call_type":0,"call_time":"%s","ring_time":"%s","city":"杭州","out_id":"%s"}`,
			e.BindingID, e.CallID, a, x, b, at(0), at(3), user))
	default:
		binding := call.Binding{ID: call.ID(100000 + r.IntN(1e6))}
		trace := call.Trace{
			Query:    call.Query{Platform: []call.Platform{"huawei", "aliyun"}[r.IntN(2)], CallID: session, Kind: call.Voice, X: number(x), Caller: number(a), At: start},
			Decision: call.Decision{Outcome: call.Connect, Reason: call.ByPeer, Row: 5, Callee: number(b), Display: number(x), Binding: &binding},
		}
		return store.AppendQuery(nil, &trace)
	}
}
