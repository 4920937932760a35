package clauses

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"xmode/simulator/conform"
)

// fee is a call record with every documented field.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2a.html
func (t *trial) fee() fields {
	var end time.Time
	if t.c.Now != nil { // the clauses are listed without a clock
		end = t.c.Now().UTC().Add(-5 * time.Second)
	}
	at := func(before int) string {
		return end.Add(-time.Duration(before) * time.Second).Format("2006-01-02 15:04:05")
	}
	return fields{
		"direction": 0, "spId": "conform", "appKey": or(t.c.AppKey, "app"), "icid": t.id(), "bindNum": sampleX, "sessionId": t.id(),
		"callerNum": sampleCaller, "calleeNum": sampleX, "fwdDisplayNum": sampleX, "fwdDstNum": sampleCallee,
		"callInTime": at(70), "fwdStartTime": at(69), "fwdAlertingTime": at(65), "fwdAnswerTime": at(60), "callEndTime": at(0), "failTime": "",
		"fwdUnaswRsn": 0, "ulFailReason": 0, "sipStatusCode": 0, "callOutUnaswRsn": 0,
		"recordFlag": 1, "recordStartTime": at(60), "recordObjectName": t.id() + ".wav", "recordBucketName": "conform", "recordDomain": "ostor.huawei.com",
		"ttsPlayTimes": 0, "ttsTransDuration": 0, "serviceType": "004", "hostName": "host", "subscriptionId": "", "mptyId": "", "voiceCheckType": 0,
		"recordPushURL": "", "userData": "order-1", "notifyMode": "Block", "callRelDirection": 1, "areaCode": "0571", "callDuration": 60, "extendNum": "",
	}
}

// fees writes a push of records.
func fees(list ...fields) string { return text(fields{"eventType": "fee", "feeLst": list}) }

func (t *trial) feeBody() string { return fees(t.fee()) }

// push pushes records.
func (t *trial) push(ctx context.Context, what, body string) conform.Exchange {
	return t.post(ctx, what, t.recordsAddress(), t.token(), body)
}

// takes checks that a push of records is acknowledged.
func (t *trial) takes(what string, list func() []fields) conform.Check {
	return func(ctx context.Context) error { return t.push(ctx, what, fees(list()...)).WantEmpty() }
}

// records are the clauses about pushes of call records.
func (t *trial) records() []conform.Clause {
	rule := conform.Rule
	const ref = "P2 Request"
	return []conform.Clause{
		rule("HW-CDR-01", conform.Doc, ref, "A call record, eventType fee, is acknowledged with 200 and an empty body.",
			"cdr/eventType cdr/feeLst cdr/success", t.takes("a call record", func() []fields { return []fields{t.fee()} })),
		rule("HW-CDR-02", conform.Doc, ref, "50 records in one push are acknowledged.",
			"cdr/fifty", t.takes("a push of 50 call records", t.fifty)),
		rule("HW-CDR-03", conform.Doc, "P2 Re-push", "A push that comes again, signed anew, is acknowledged again, up to six times.",
			"push/duplicates push/schedule", t.pushedSixTimes),
		rule("HW-CDR-04", conform.Inferred, ref, "A record that is there twice in one push is acknowledged.",
			"cdr/repeated", t.takes("a push with the same call record twice", func() []fields { f := t.fee(); return []fields{f, f} })),
		rule("HW-CDR-05", conform.Inferred, ref, "A record that comes again with other content is acknowledged.",
			"cdr/conflict", t.contradicted),
		rule("HW-CDR-06", conform.Inferred, ref, "One broken record does not make its push fail.",
			"cdr/broken", t.brokenAmongRight),
		rule("HW-CDR-07", conform.Doc, "P8 Records", "A push is acknowledged before or after the disconnect of its call: both mark the end.",
			"cdr/order", t.beforeDisconnect),
		rule("HW-CDR-08", conform.Inferred, ref, "A push without records is acknowledged.",
			"cdr/empty", t.takes("a push without call records", func() []fields { return []fields{} })),
		rule("HW-CDR-09", conform.Inferred, ref, "Fields that nobody knows are no reason to refuse a record.",
			"rule/unknown-fields", t.takes("a call record with fields that nobody knows", func() []fields {
				return []fields{t.fee().with("nextYear", fields{"a": []int{1}})}
			})),
	}
}

func (t *trial) fifty() []fields {
	list := make([]fields, 50)
	for i := range list {
		list[i] = t.fee()
	}
	return list
}

func (t *trial) pushedSixTimes(ctx context.Context) error {
	body := fees(t.fee(), t.fee())
	for i := range 7 {
		what := "a push of call records"
		if i > 0 {
			what = fmt.Sprintf("the same push of call records again, re-push %d", i)
		}
		if err := t.push(ctx, what, body).WantEmpty(); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) contradicted(ctx context.Context) error {
	f := t.fee()
	if err := t.push(ctx, "a call record", fees(f)).WantEmpty(); err != nil {
		return err
	}
	return t.push(ctx, "the same call record with another callEndTime", fees(f.with("callEndTime", "2024-05-01 02:05:00"))).WantEmpty()
}

// brokenAmongRight breaks one record of a push in several ways; had the platform to
// push it again, it would break again.
func (t *trial) brokenAmongRight(ctx context.Context) error {
	return each(ctx, []string{
		`{"sessionId":{"a":1},"bindNum":[]}`, `{"bindNum":"none","callInTime":"soon"}`, `{}`, `null`, `"text"`, `17`,
	}, func(ctx context.Context, broken string) error {
		body := strings.Replace(fees(t.fee(), fields{"broken": 1}, t.fee()), `{"broken":1}`, broken, 1)
		return t.push(ctx, "a push of three call records, the second of them broken", body).WantEmpty()
	})
}

func (t *trial) beforeDisconnect(ctx context.Context) error {
	id := t.id()
	if err := t.push(ctx, "a call record", fees(t.fee().with("sessionId", id))).WantEmpty(); err != nil {
		return err
	}
	return t.tell(ctx, "the disconnect of a call whose record came before", "disconnect", t.info("disconnect").with("sessionId", id)).WantEmpty()
}

// feeRequired are the fields that records must have.
func feeRequired() []string {
	return []string{"direction", "spId", "appKey", "bindNum", "sessionId", "callerNum", "calleeNum"}
}

// recordFields are the clauses about what records hold.
func (t *trial) recordFields() []conform.Clause {
	rule := conform.Rule
	const ref = "P2 FeeInfo"
	var rows []string
	for _, name := range slices.Sorted(maps.Keys(t.fee())) {
		rows = append(rows, "feeLst/"+name)
	}
	return []conform.Clause{
		rule("HW-CDR-20", conform.Doc, ref, "A record with every documented field is acknowledged.",
			strings.Join(rows, " "), t.takes("a call record with every documented field", func() []fields { return []fields{t.fee()} })),
		rule("HW-CDR-21", conform.Sibling, ref, "A record with its required fields alone is acknowledged.",
			"cdr/required", t.takes("a call record with its required fields alone", t.bare)),
		rule("HW-CDR-22", conform.Sibling, ref, "A record may lack any field that is not required.",
			"cdr/optional", t.takes("call records, each without another optional field", func() []fields { return t.lackingEach(false) })),
		rule("HW-CDR-23", conform.Inferred, ref, "A record that lacks a required field does not make its push fail.",
			"cdr/required", t.takes("call records, each without another required field", func() []fields { return t.lackingEach(true) })),
		rule("HW-CDR-24", conform.Inferred, ref, "Numbers may be strings, and strings numbers.",
			"rule/numeric-strings", t.bothWays),
		rule("HW-CDR-25", conform.Doc, "P8 Records", "A call that nobody answered has no fwdAnswerTime; one that never rang has no fwdAlertingTime either.",
			"cdr/unanswered cdr/never-rang", t.takes("records of calls that nobody answered", t.unanswered)),
		rule("HW-CDR-26", conform.Doc, "P6 fwdUnaswRsn", "Every fwdUnaswRsn of the list is acknowledged.",
			"code/fwdUnaswRsn", t.takes("a call record for each fwdUnaswRsn", func() []fields {
				return t.coded("fwdUnaswRsn", 0, 1, 3, 16, 17, 18, 19, 20, 21, 22, 27, 28, 31, 34, 38, 41, 42, 44, 47, 102, 111, 127)
			})),
		rule("HW-CDR-27", conform.Doc, "P6 ulFailReason", "Every ulFailReason of the list is acknowledged.",
			"code/ulFailReason", t.failReasons),
		rule("HW-CDR-28", conform.Inferred, "P6 ulFailReason", "Codes in no list are acknowledged.",
			"code/unlisted", t.takes("call records with codes in no list", func() []fields {
				return append(t.coded("ulFailReason", 518, 99999, -1), t.fee().with("fwdUnaswRsn", 200), t.fee().with("sipStatusCode", 480))
			})),
		rule("HW-CDR-29", conform.Doc, "P8 Records", "A call of under three seconds has no recording.",
			"cdr/short", t.takes("a call record of two seconds", func() []fields {
				f := t.fee()
				return []fields{f.with("recordFlag", 0).with("recordStartTime", nil).with("recordObjectName", nil).with("recordBucketName", nil).
					with("recordDomain", nil).with("fwdAnswerTime", f["callEndTime"]).with("callDuration", 2)}
			})),
		rule("HW-CDR-30", conform.Sibling, ref, "Every direction, 0 to 2, is acknowledged.",
			"feeLst/direction-values", t.takes("a call record for each direction", func() []fields { return t.coded("direction", 0, 1, 2) })),
		rule("HW-CDR-31", conform.Sibling, ref, "A session id of 256 characters and other texts of their greatest length are acknowledged.",
			"cdr/lengths", t.takes("a call record with texts of their greatest length", t.longest)),
		rule("HW-CDR-32", conform.Inferred, ref, "A record without icid is acknowledged, and so is the same one again.",
			"cdr/identity", t.withoutICID),
	}
}

func (t *trial) bare() []fields {
	full, few := t.fee(), fields{}
	for _, name := range feeRequired() {
		few[name] = full[name]
	}
	return []fields{few}
}

func (t *trial) lackingEach(required bool) []fields {
	var list []fields
	for _, name := range slices.Sorted(maps.Keys(t.fee())) {
		if slices.Contains(feeRequired(), name) == required {
			list = append(list, t.fee().with(name, nil))
		}
	}
	return list
}

func (t *trial) bothWays(ctx context.Context) error {
	texts, numbers := t.fee(), t.fee()
	for name, value := range texts {
		if n, ok := value.(int); ok {
			texts[name] = fmt.Sprint(n)
		}
	}
	for name, value := range numbers {
		if s, ok := value.(string); ok && matches(`^[1-9][0-9]*$`, s) {
			numbers[name] = json.Number(s)
		}
	}
	return t.push(ctx, "a call record with its numbers as strings, and one with its strings as numbers", fees(texts, numbers)).WantEmpty()
}

func (t *trial) unanswered() []fields {
	f := t.fee().with("fwdAnswerTime", nil).with("recordFlag", 0).with("recordObjectName", nil).with("fwdUnaswRsn", 19).with("callDuration", 0)
	silent := f.with("icid", t.id()).with("sessionId", t.id()).with("fwdAlertingTime", nil).with("fwdUnaswRsn", 20).with("failTime", f["callEndTime"])
	return []fields{f, silent}
}

func (t *trial) coded(name string, codes ...int) []fields {
	var list []fields
	for _, code := range codes {
		list = append(list, t.fee().with(name, code))
	}
	return list
}

// failReasons pushes the list of disconnect points, 50 at a time.
func (t *trial) failReasons(ctx context.Context) error {
	codes := []int{0, 522, 7500, 7501, 7502, 7503, 7504, 7505, 7506, 7507, 7508, 7516, 8033, 8035, 8040, 8041, 8100, 8101}
	for _, group := range [][2]int{{7001, 7005}, {7100, 7109}, {8002, 8016}, {8018, 8020}, {8022, 8025}, {8042, 8044}, {8046, 8051}, {8055, 8059}} {
		for code := group[0]; code <= group[1]; code++ {
			codes = append(codes, code)
		}
	}
	for part := range slices.Chunk(codes, 50) {
		if err := t.push(ctx, "a call record for each ulFailReason", fees(t.coded("ulFailReason", part...)...)).WantEmpty(); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) longest() []fields {
	pad := func(name string, length int) func(fields) fields {
		return func(f fields) fields {
			s := fmt.Sprint(f[name])
			return f.with(name, s+strings.Repeat("x", max(0, length-len(s))))
		}
	}
	f := t.fee()
	for name, length := range map[string]int{"sessionId": 256, "spId": 32, "icid": 64, "recordObjectName": 128, "recordBucketName": 128, "recordDomain": 128,
		"serviceType": 32, "hostName": 128, "subscriptionId": 64, "userData": 256, "areaCode": 32} {
		f = pad(name, length)(f)
	}
	return []fields{f}
}

func (t *trial) withoutICID(ctx context.Context) error {
	body := fees(t.fee().with("icid", nil))
	return each(ctx, []string{"a call record without icid", "the same call record without icid again"}, func(ctx context.Context, what string) error {
		return t.push(ctx, what, body).WantEmpty()
	})
}

// recordFaults are the clauses about what is no push of records at all.
func (t *trial) recordFaults() []conform.Clause {
	const ref = "P2 Request"
	return []conform.Clause{
		conform.Rule("HW-CDR-40", conform.Inferred, ref, "A push that is no JSON gets a status 4xx.",
			"malformed/not-json", t.bad(t.recordsAddress, "a push that is no JSON", "eventType=fee")),
		conform.Rule("HW-CDR-41", conform.Inferred, ref, "A push that breaks off gets a status 4xx.",
			"malformed/truncated", t.cut(t.recordsAddress, "a push of call records that breaks off", t.feeBody)),
		conform.Rule("HW-CDR-42", conform.Inferred, ref, "A push that is a JSON list, text or number gets a status 4xx.",
			"malformed/wrong-types", t.bad(t.recordsAddress, "a push that is no object", `[]`, `"fee"`, `17`, `null`)),
		conform.Rule("HW-CDR-43", conform.Inferred, ref, "A feeLst that is no list never fails the endpoint: it gets a status 4xx, or is acknowledged.",
			"malformed/wrong-types", t.oddLists),
		conform.Rule("HW-CDR-44", conform.Inferred, ref, "A push of ten megabytes gets a status 4xx.",
			"malformed/huge", t.hugePush),
	}
}

func (t *trial) oddLists(ctx context.Context) error {
	return each(ctx, []string{`"none"`, `17`, `null`, `{"sessionId":"conform"}`}, func(ctx context.Context, list string) error {
		x := t.push(ctx, "a push whose feeLst is no list", `{"eventType":"fee","feeLst":`+list+`}`)
		if x.WantEmpty() == nil {
			return nil
		}
		return x.WantRefused()
	})
}

func (t *trial) hugePush(ctx context.Context) error {
	x := t.push(ctx, "a push of ten megabytes", fees(t.fee().with("note", strings.Repeat("x", 10<<20))))
	return x.WantTurnedAway(func() conform.Exchange { return t.push(ctx, "a call record", t.feeBody()) })
}
