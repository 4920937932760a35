package huawei_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"xmode/call"
)

// edited replaces a part that has to be there.
func edited(t testing.TB, item, old, new string) string {
	t.Helper()
	if !strings.Contains(item, old) {
		t.Fatalf("%s is not in %s", old, item)
	}
	return strings.Replace(item, old, new, 1)
}

func without(t testing.TB, item string, parts ...string) string {
	t.Helper()
	for _, part := range parts {
		item = edited(t, item, part, "")
	}
	return item
}

func record(t testing.TB, kind, item string) call.Record {
	t.Helper()
	r := adapter(t, settings()).Read(kind, []byte(item), now)
	if r.Record == nil || r.Event != nil || r.Status != nil || r.Fault != "" {
		t.Fatalf("no record: %+v of %s", r, item)
	}
	return *r.Record
}

func event(t testing.TB, item string) call.Event {
	t.Helper()
	r := adapter(t, settings()).Read("event", []byte(item), now)
	if r.Event == nil || r.Record != nil || r.Status != nil || r.Fault != "" {
		t.Fatalf("no event: %+v of %s", r, item)
	}
	return *r.Event
}

func faulty(t *testing.T, kind, item, want string) {
	t.Helper()
	if r := adapter(t, settings()).Read(kind, []byte(item), now); r != (call.Report{Fault: want}) {
		t.Errorf("%s %s:\n got %+v\nwant %s", kind, item, r, want)
	}
}

// digestOf is the identity of parts, made anew.
func digestOf(parts ...string) string {
	var text []byte
	for _, part := range parts {
		text = append(binary.AppendUvarint(text, uint64(len(part))), part...)
	}
	sum := sha256.Sum256(text)
	return "h" + hex.EncodeToString(sum[:16])
}

func TestReadFee(t *testing.T) {
	want := call.Record{
		Platform: "huawei", ID: "ba171f34e6953fcd751edc77127748f4.3757285803.338666679.5", CallID: sessionID, Kind: call.Voice,
		X: x(t, "17000000001"), Caller: x(t, "13800000021"), Callee: x(t, "13900000022"),
		StartedAt: at("05:03:04"), RingingAt: at("05:03:08"), AnsweredAt: at("05:03:15"), EndedAt: at("05:05:00"), Duration: 105,
		Outcome: call.Answered, Cause: call.Cause{Code: "0", Text: "answered, then hung up"}, Recording: call.RecordingPending, UserData: "order-1",
		RecordingID: call.RecordingID("huawei", "ostor.huawei.com", "2603040503.wav"),
	}
	if got := record(t, "fee", fee); got != want {
		t.Errorf("\n got %#v\nwant %#v", got, want)
	}
	least := record(t, "fee", `{"sessionId":"s"}`)
	if want := (call.Record{Platform: "huawei", ID: digestOf("content", `{"sessionId":"s"}`), CallID: "s", Kind: call.Voice,
		Outcome: call.Failed, Recording: call.NoRecording}); least != want {
		t.Errorf("\n got %#v\nwant %#v", least, want)
	}
}

func TestReadFeeFields(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		holds    func(r call.Record) bool
	}{
		"told duration":          {`"direction":0`, `"callDuration":"33"`, func(r call.Record) bool { return r.Duration == 33 }},
		"end before answer":      {"05:05:00", "05:01:00", func(r call.Record) bool { return r.Duration == 0 }},
		"failed, not ended":      {`"callEndTime":"2026-03-04 05:05:00"`, `"failTime":"2026-03-04 05:05:01"`, func(r call.Record) bool { return r.EndedAt.Equal(at("05:05:01")) }},
		"no start":               {`"callInTime":"2026-03-04 05:03:04",`, ``, func(r call.Record) bool { return r.StartedAt.Equal(at("05:03:05")) }},
		"empty time":             {"2026-03-04 05:03:08", "", func(r call.Record) bool { return r.RingingAt.IsZero() }},
		"far future":             {"2026-03-04 05:05:00", "9999-12-31 23:59:59", func(r call.Record) bool { return r.EndedAt.Year() == 9999 }},
		"caller hung up":         {`"direction":0`, `"callRelDirection":1`, func(r call.Record) bool { return r.ReleasedBy == call.ByCaller }},
		"callee hung up":         {`"direction":0`, `"callRelDirection":"2"`, func(r call.Record) bool { return r.ReleasedBy == call.ByCallee }},
		"nobody hung up":         {`"direction":0`, `"callRelDirection":0`, func(r call.Record) bool { return r.ReleasedBy == "" }},
		"named, flag says no":    {`"recordFlag":1`, `"recordFlag":"0"`, func(r call.Record) bool { return r.Recording == call.RecordingPending }},
		"recorded, no flag":      {`"recordFlag":1,`, ``, func(r call.Record) bool { return r.Recording == call.RecordingPending }},
		"binding":                {`"direction":0`, `"subscriptionId":100001`, func(r call.Record) bool { return r.BindingID == 100001 }},
		"binding of others":      {`"direction":0`, `"subscriptionId":"efw89efwf"`, func(r call.Record) bool { return r.BindingID == 0 }},
		"caller withheld":        {`"callerNum":"+8613800000021"`, `"callerNum":"anonymous"`, func(r call.Record) bool { return r.Caller.IsZero() }},
		"callee of 40 digits":    {"+8613900000022", strings.Repeat("1", 40), func(r call.Record) bool { return r.Callee.IsZero() }},
		"X missing":              {`"bindNum":"+8617000000001",`, ``, func(r call.Record) bool { return r.X.IsZero() }},
		"X is no phone":          {`"bindNum":"+8617000000001"`, `"bindNum":"+8695013123456789"`, func(r call.Record) bool { return r.X == x(t, "95013123456789") }},
		"code nobody knows":      {`"ulFailReason":0`, `"ulFailReason":9876`, func(r call.Record) bool { return r.Cause == call.Cause{Code: "9876"} }},
		"code with zeros":        {`"fwdUnaswRsn":0`, `"fwdUnaswRsn":"016"`, func(r call.Record) bool { return r.Cause == call.Cause{Code: "16", Text: "normal clearing"} }},
		"SIP status":             {`"sipStatusCode":0`, `"sipStatusCode":480`, func(r call.Record) bool { return r.Cause == call.Cause{Code: "480", Text: "SIP status"} }},
		"the point goes before":  {`"fwdUnaswRsn":0,"ulFailReason":0`, `"fwdUnaswRsn":16,"ulFailReason":8010`, func(r call.Record) bool { return r.Cause.Text == "longest duration reached" }},
		"no causes":              {`"fwdUnaswRsn":0,"ulFailReason":0,"sipStatusCode":0,`, ``, func(r call.Record) bool { return r.Cause == call.Cause{} }},
		"user data not in ASCII": {"order-1", `\u5bc6\ud83d\ude00`, func(r call.Record) bool { return r.UserData == "密😀" }},
	} {
		t.Run(name, func(t *testing.T) {
			if r := record(t, "fee", edited(t, fee, c.old, c.new)); !c.holds(r) {
				t.Errorf("%+v", r)
			}
		})
	}
	unrecorded := record(t, "fee", without(t, fee, `"recordFlag":1,`, `"recordObjectName":"2603040503.wav",`))
	if unrecorded.Recording != call.NoRecording {
		t.Errorf("recording %s", unrecorded.Recording)
	}
}

func TestOutcomes(t *testing.T) {
	unanswered := without(t, fee, `"fwdAnswerTime":"2026-03-04 05:03:15",`)
	for _, c := range []struct {
		q850, point, sip int
		want             call.RecordOutcome
	}{
		{17, 0, 0, call.Busy}, {18, 0, 0, call.NoAnswer}, {19, 0, 0, call.NoAnswer}, {21, 0, 0, call.Rejected}, {1, 0, 0, call.Failed}, {99, 0, 0, call.Failed},
		{0, 8102, 0, call.Busy}, {0, 8101, 0, call.NoAnswer}, {0, 8003, 0, call.NoAnswer}, {0, 8035, 0, call.NoAnswer}, {31, 7501, 0, call.NoAnswer},
		{16, 7502, 0, call.NoAnswer}, {0, 7516, 0, call.NoAnswer}, {0, 8004, 0, call.NoAnswer}, {0, 8009, 0, call.NoAnswer},
		{0, 7503, 0, call.Rejected}, {0, 7504, 0, call.Rejected}, {0, 8014, 0, call.Blocked}, {0, 8013, 0, call.Blocked}, {0, 7004, 0, call.Blocked},
		{0, 7005, 0, call.Blocked}, {0, 8047, 0, call.Blocked}, {0, 8055, 0, call.Blocked}, {0, 8059, 0, call.Blocked}, {0, 7108, 0, call.Blocked},
		{0, 8100, 0, call.Failed}, {0, 8103, 0, call.Failed}, {0, 8006, 0, call.Failed}, {0, 7508, 0, call.Failed}, {0, 9999, 0, call.Failed},
		{0, 0, 486, call.Busy}, {0, 0, 480, call.NoAnswer}, {0, 0, 603, call.Rejected}, {0, 0, 404, call.Failed}, {0, 518, 480, call.Failed},
		{17, 8014, 404, call.Busy}, {0, 0, 0, call.Failed},
	} {
		item := edited(t, unanswered, `"fwdUnaswRsn":0,"ulFailReason":0,"sipStatusCode":0`,
			fmt.Sprintf(`"fwdUnaswRsn":%d,"ulFailReason":%d,"sipStatusCode":%d`, c.q850, c.point, c.sip))
		if r := record(t, "fee", item); r.Outcome != c.want || r.Duration != 0 {
			t.Errorf("%+v: %s, %d s", c, r.Outcome, r.Duration)
		}
	}
	if r := record(t, "fee", edited(t, unanswered, `"direction":0`, `"direction":2`)); r.Outcome != call.Blocked {
		t.Errorf("no binding: %s", r.Outcome)
	}
	if r := record(t, "fee", edited(t, unanswered, `"direction":0`, `"callDuration":5`)); r.Outcome != call.Answered {
		t.Errorf("spoken 5 s: %s", r.Outcome)
	}
}

func TestEveryListedCauseHasAText(t *testing.T) {
	listed := map[string][]int{
		"fwdUnaswRsn": {1, 3, 16, 17, 18, 19, 20, 21, 22, 27, 28, 31, 34, 38, 41, 42, 44, 47, 102, 111, 127},
		"ulFailReason": {522, 7001, 7002, 7003, 7004, 7005, 7100, 7101, 7102, 7103, 7104, 7105, 7106, 7107, 7108, 7109, 7500, 7501, 7502, 7503, 7504, 7505,
			7506, 7507, 7508, 7516, 8002, 8003, 8004, 8005, 8006, 8007, 8008, 8009, 8010, 8011, 8012, 8013, 8014, 8015, 8016, 8018, 8019, 8020, 8022, 8023,
			8024, 8025, 8033, 8035, 8040, 8041, 8042, 8043, 8044, 8046, 8047, 8048, 8049, 8050, 8051, 8055, 8056, 8057, 8058, 8059, 8100, 8101},
	}
	for field, codes := range listed {
		for _, code := range codes {
			r := record(t, "fee", fmt.Sprintf(`{"icid":"i","%s":%d}`, field, code))
			if r.Cause.Code != fmt.Sprint(code) || r.Cause.Text == "" {
				t.Errorf("%s %d: %+v", field, code, r.Cause)
			}
		}
	}
	for _, code := range []int{0, 522, 7001, 7107, 7503, 8007, 8008, 8013, 8014, 8030, 8031, 8032, 8103, 8104, 8105, 8139} {
		e := event(t, fmt.Sprintf(`{"eventType":"disconnect","statusInfo":{"sessionId":"s","stateCode":%d}}`, code))
		if e.Cause.Code != fmt.Sprint(code) || e.Cause.Text == "" {
			t.Errorf("stateCode %d: %+v", code, e.Cause)
		}
	}
}

func TestIdentityOfARecord(t *testing.T) {
	anonymous := without(t, fee, `"icid":"ba171f34e6953fcd751edc77127748f4.3757285803.338666679.5",`)
	millis := fmt.Sprint(at("05:03:04").UnixMilli())
	whole := digestOf("fee", sessionID, "+8617000000001", "+8613800000021", millis)
	for name, c := range map[string]struct{ item, want string }{
		"no icid":            {anonymous, whole},
		"empty icid":         {edited(t, anonymous, `{"direction"`, `{"icid":"","direction"`), whole},
		"other spelling":     {edited(t, anonymous, `"bindNum":"+8617000000001"`, `"bindNum":17000000001`), whole},
		"other fields":       {edited(t, anonymous, `"hostName":"h"`, `"hostName":"other"`), whole},
		"caller withheld":    {edited(t, anonymous, `"callerNum":"+8613800000021"`, `"callerNum":"unknown"`), digestOf("fee", sessionID, "+8617000000001", "unknown", millis)},
		"no start":           {`{"sessionId":"s","bindNum":"17000000001","fwdStartTime":"2026-03-04 05:03:05"}`, digestOf("content", `{"bindNum":"17000000001","fwdStartTime":"2026-03-04 05:03:05","sessionId":"s"}`)},
		"no session":         {`{"bindNum":"17000000001","callInTime":"2026-03-04 05:03:05"}`, digestOf("content", `{"bindNum":"17000000001","callInTime":"2026-03-04 05:03:05"}`)},
		"no X number":        {`{"sessionId":"s","callInTime":"2026-03-04 05:03:05"}`, digestOf("content", `{"callInTime":"2026-03-04 05:03:05","sessionId":"s"}`)},
		"nothing to tell by": {`{ "calleeNum" : "+8617000000001", "a":1.0, "hostName":"h" }`, digestOf("content", `{"a":"1.0","calleeNum":"+8617000000001"}`)},
		"caller alone":       {`{"callerNum":"13800000021"}`, digestOf("content", `{"callerNum":"13800000021"}`)},
		"numeric icid":       {`{"icid":12}`, "12"},
	} {
		if got := record(t, "fee", c.item).ID; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestSpellingIsNoContent(t *testing.T) {
	plain := record(t, "fee", fee)
	for name, item := range map[string]string{
		"numbers as texts":  strings.NewReplacer(`"recordFlag":1`, `"recordFlag":"1"`, `"ulFailReason":0`, `"ulFailReason":"0"`, `"fwdUnaswRsn":0`, `"fwdUnaswRsn":"0"`).Replace(fee),
		"national numbers":  strings.NewReplacer("+8613800000021", "13800000021", "+8617000000001", "008617000000001").Replace(fee),
		"other order":       `{"userData":"order-1",` + strings.Replace(strings.TrimPrefix(fee, "{"), `"userData":"order-1",`, "", 1),
		"unknown fields":    strings.Replace(fee, "{", `{"mptyId":"1","voiceCheckType":0,"x":{"y":[1]},`, 1),
		"another host":      strings.Replace(fee, `"hostName":"h"`, `"hostName":"h2"`, 1),
		"white space":       strings.ReplaceAll(fee, `":`, "\" :\n\t"),
		"escapes":           strings.Replace(fee, "order-1", `\u006frder-1`, 1),
		"empty and null":    strings.Replace(fee, "{", `{"subscriptionId":"","areaCode":null,"callRelDirection":"",`, 1),
		"blanks in a code":  strings.Replace(fee, `"sipStatusCode":0`, `"sipStatusCode":" 0 "`, 1),
		"recording's place": strings.Replace(fee, `"recordDomain":"ostor.huawei.com"`, `"recordDomain":"ostorQH2.huawei.com"`, 1),
	} {
		got := record(t, "fee", item)
		if got.ID != plain.ID || got.Content() != plain.Content() || item == fee {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for name, item := range map[string]string{
		"duration": strings.Replace(fee, "05:05:00", "05:05:01", 1), "cause": strings.Replace(fee, `"ulFailReason":0`, `"ulFailReason":8010`, 1),
		"user data": strings.Replace(fee, "order-1", "order-2", 1), "callee": strings.Replace(fee, "13900000022", "13900000023", 1),
	} {
		if got := record(t, "fee", item); got.ID != plain.ID || got.Content() == plain.Content() {
			t.Errorf("%s makes no difference", name)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct{ kind, item, want string }{
		{"fee", ``, "item: not valid JSON at byte 0"}, {"fee", `1`, "item: must be an object"}, {"fee", `{}`, "item: no field of a call record"},
		{"fee", `{"spId":"sp","appKey":"ak"}`, "item: no field of a call record"},
		{"fee", "{\"icid\":\"\xff\"}", "item: not valid UTF-8"}, {"fee", `{"icid":"\ud800"}`, "item: unpaired surrogate in a string"},
		{"fee", edited(t, fee, `"bindNum":"+8617000000001"`, `"bindNum":"`+strings.Repeat("1", 40)+`"`), "bindNum: not an X number"},
		{"fee", edited(t, fee, `"bindNum":"+8617000000001"`, `"bindNum":"1700000000X"`), "bindNum: not an X number"},
		{"fee", edited(t, fee, "2026-03-04 05:03:04", "2026-02-31 05:03:04"), "callInTime: not a time"},
		{"fee", edited(t, fee, "2026-03-04 05:03:04", "2026-03-04T05:03:04Z"), "callInTime: not a time"},
		{"fee", edited(t, fee, "2026-03-04 05:03:04", "2026-03-04 05:03:04.1"), "callInTime: not a time"},
		{"fee", edited(t, fee, `"recordFlag":1`, `"recordFlag":"yes"`), "recordFlag: must be a whole number"},
		{"fee", edited(t, fee, `"ulFailReason":0`, `"ulFailReason":[]`), "ulFailReason: must be text or a number"},
		{"fee", edited(t, fee, `"direction":0`, `"callDuration":-1`), "callDuration: must not be negative"},
		{"fee", edited(t, fee, `"callerNum":"+8613800000021"`, `"callerNum":{}`), "callerNum: must be text or a number"},
		{"fee", `{"icid":"i","icid":"i"}`, "icid: occurs twice"},
		{"fee", `{"icid":"a\u0000b"}`, "icid: must be 1 to 256 printable bytes"},
		{"fee", `{"icid":"` + strings.Repeat("i", 257) + `"}`, "icid: longer than 256 bytes"},
		{"fee", edited(t, fee, `"userData":"order-1"`, `"userData":true`), "userData: must be text or a number"},
		{"event", `{}`, "eventType: required; sessionId: required"}, {"event", `{"eventType":"answer","statusInfo":[]}`, "sessionId: required; statusInfo: must be an object"},
		{"event", edited(t, disconnect, "2026-03-04 05:08:00", "yesterday"), "timestamp: not a time"},
		{"event", edited(t, disconnect, "8010", `"x"`), "stateCode: must be a whole number"},
		{"event", edited(t, callin, "+8617000000001", "1700000000X"), "called: not an X number"},
		{"event", edited(t, callin, "callin", strings.Repeat("e", 65)), "eventType: must be at most 64 printable bytes"},
		{"sms", `{}`, "notificationMode: must be Block or Notify; smsEvent: required"},
		{"sms", edited(t, smsNotify, "T05:06:07.023Z", " 05:06:07"), "timeStamp: not a time"},
		{"sms", edited(t, smsNotify, "T05:06:07.023Z", "T05:06:07.0Z"), "timeStamp: not a time"},
		{"sms", edited(t, smsNotify, `"+8617000000001"`, `"x"`), "virtualNumber: not an X number"},
		{"numStatus", `{}`, "item: no field of an X number's state; number: required; status: required"},
		{"numStatus", `{"number":"+8617000000001"}`, "status: required"}, {"numStatus", `{"number":"x","status":"5"}`, "number: not an X number"},
		{"numStatus", `{"number":"17000000001","status":"a\u0000"}`, "status: must be at most 64 printable bytes"},
		{"other", fee, "kind: not known"}, {"", ``, "kind: not known"},
	} {
		faulty(t, c.kind, c.item, c.want)
	}
}

func TestReadEvents(t *testing.T) {
	millis := fmt.Sprint(at("05:08:00").UnixMilli())
	want := call.Event{
		Platform: "huawei", ID: digestOf("event", sessionID, "disconnect", millis), CallID: sessionID, Type: "disconnect", Stage: call.StageEnded,
		At: at("05:08:00"), Caller: x(t, "13800000021"), Callee: x(t, "13900000022"), Cause: call.Cause{Code: "8010", Text: "longest duration reached"},
		ReleasedBy: call.ByCallee, UserData: "order-1",
	}
	if got := event(t, disconnect); got != want {
		t.Errorf("\n got %#v\nwant %#v", got, want)
	}
	for name, stage := range map[string]call.Stage{"callout": call.StageStarted, "alerting": call.StageRinging, "answer": call.StageAnswered, "collectInfo": ""} {
		e := event(t, edited(t, disconnect, "disconnect", name))
		if e.Stage != stage || e.Type != name || e.Cause != (call.Cause{}) || e.Callee != want.Callee || e.ID == want.ID {
			t.Errorf("%s: %+v", name, e)
		}
	}
	notified := event(t, edited(t, callin, "Block", "Notify"))
	if notified.X != x(t, "17000000001") || !notified.Callee.IsZero() || notified.Stage != "" {
		t.Errorf("callin: %+v", notified)
	}
	for stamp, want := range map[string]time.Time{
		`"1772600880"`: at("05:08:00"), `1772600880`: at("05:08:00"), `"1772600880123"`: at("05:08:00").Add(123 * time.Millisecond), `""`: {}, `null`: {},
	} {
		if e := event(t, edited(t, disconnect, `"2026-03-04 05:08:00"`, stamp)); !e.At.Equal(want) {
			t.Errorf("%s: %v", stamp, e.At)
		}
	}
	original := event(t, edited(t, disconnect, `"stateCode"`, `"origCalleeNum":"+8617000000001","stateCode"`))
	if original.X != x(t, "17000000001") || original.Callee != want.Callee {
		t.Errorf("original callee: %+v", original)
	}
	masked := event(t, edited(t, edited(t, disconnect, "+8613900000022", "+8617000000001"), `"stateCode"`, `"origCalleeNum":"+8617000000001","stateCode"`))
	if masked.X != x(t, "17000000001") || !masked.Callee.IsZero() {
		t.Errorf("X number for a callee: %+v", masked)
	}
	unknown := event(t, edited(t, disconnect, "8010", "9999"))
	if unknown.Cause != (call.Cause{Code: "9999", Text: "The user releases the call."}) {
		t.Errorf("unknown code: %+v", unknown.Cause)
	}
}

func TestReadTextMessages(t *testing.T) {
	want := call.Record{
		Platform: "huawei", ID: "sms-1:Notify", CallID: "sms-1", Kind: call.SMS, X: x(t, "17000000001"), Caller: x(t, "13800000021"), Callee: x(t, "13900000022"),
		StartedAt: at("05:06:07").Add(23 * time.Millisecond), Outcome: call.Answered, Cause: call.Cause{Code: "2"}, Recording: call.NoRecording,
	}
	if got := record(t, "sms", smsNotify); got != want {
		t.Errorf("\n got %#v\nwant %#v", got, want)
	}
	want.ID, want.Outcome, want.Callee, want.Cause = "sms-1:Block", call.Blocked, call.Number{}, call.Cause{}
	if got := record(t, "sms", smsBlock); got != want {
		t.Errorf("\n got %#v\nwant %#v", got, want)
	}
	for name, c := range map[string]struct {
		item  string
		holds func(call.Record) bool
	}{
		"no receiver":     {edited(t, smsNotify, "+8613900000022", ""), func(r call.Record) bool { return r.Outcome == call.Failed }},
		"no milliseconds": {edited(t, smsNotify, ".023Z", "Z"), func(r call.Record) bool { return r.StartedAt.Equal(at("05:06:07")) }},
		"result a text":   {edited(t, smsNotify, `"sendResult":2`, `"sendResult":"12"`), func(r call.Record) bool { return r.Cause.Code == "12" }},
		"no id":           {edited(t, smsNotify, `"smsIdentifier":"sms-1",`, ""), func(r call.Record) bool { return len(r.ID) == 33 && r.ID[0] == 'h' }},
		"long id":         {edited(t, smsNotify, "sms-1", strings.Repeat("s", 256)), func(r call.Record) bool { return r.ID == digestOf("sms", strings.Repeat("s", 256), "Notify") }},
		"no X":            {edited(t, smsNotify, `"virtualNumber":"+8617000000001",`, ""), func(r call.Record) bool { return r.X.IsZero() }},
	} {
		if r := record(t, "sms", c.item); !c.holds(r) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestReadNumbers(t *testing.T) {
	for item, want := range map[string]call.NumberStatus{
		numberState:                                           {Status: "9", Cause: "2", Text: "paused: arrears"},
		`{"number":"17000000001","status":5}`:                 {Status: "5", Text: "normal"},
		`{"number":17000000001,"status":" 10 ","cause":7}`:    {Status: "10", Cause: "7", Text: "unusable: unconditional forwarding set"},
		`{"number":"17000000001","status":"11","cause":""}`:   {Status: "11", Text: "bindings frozen"},
		`{"number":"17000000001","status":"12","cause":"99"}`: {Status: "12", Cause: "99"},
		`{"number":"17000000001","status":"12","cause":"1"}`:  {Status: "12", Cause: "1", Text: "deleted"},
		`{"number":"17000000001","status":"10","cause":"3"}`:  {Status: "10", Cause: "3", Text: "unusable: stopped"},
		`{"number":"17000000001","status":"10","cause":"5"}`:  {Status: "10", Cause: "5", Text: "unusable: calls restricted by the carrier"},
		`{"number":"17000000001","status":"5","cause":"6"}`:   {Status: "5", Cause: "6", Text: "normal: restriction lifted"},
		`{"number":"17000000001","status":"10","cause":"8"}`:  {Status: "10", Cause: "8", Text: "unusable: forwarding on no answer set"},
		`{"number":"17000000001","status":"10","cause":"9"}`:  {Status: "10", Cause: "9", Text: "unusable: forwarding on busy set"},
		`{"number":"17000000001","status":"10","cause":null}`: {Status: "10", Text: "unusable"},
	} {
		want.Platform, want.Number, want.At = "huawei", x(t, "17000000001"), now
		r := adapter(t, settings()).Read("numStatus", []byte(item), now)
		if r.Status == nil || *r.Status != want || r.Fault != "" {
			t.Errorf("%s:\n got %+v, %s\nwant %+v", item, r.Status, r.Fault, want)
		}
	}
}
