package aliyun_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"
	"time"

	"xmode/call"
)

// item is a receipt; changes are name, value, name, value. A nil takes the name
// away.
type item map[string]any

func (i item) with(changes ...any) item {
	i = maps.Clone(i)
	for n := 0; n < len(changes); n += 2 {
		i[changes[n].(string)] = changes[n+1]
		if changes[n+1] == nil {
			delete(i, changes[n].(string))
		}
	}
	return i
}

// renamed spells a field otherwise.
func (i item) renamed(from, to string) item { return i.with(to, i[from], from, nil) }

func (i item) text(t testing.TB) []byte {
	t.Helper()
	text, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// answered is the record of a call that was answered.
func answered() item {
	return item{
		"id": 100042, "pool_key": "FC1", "partner_key": "FC1", "sub_id": 1000000001, "call_id": "112633^104922",
		"phone_no": "13800000021", "secret_no": "17000000001", "peer_no": "13900000012", "called_display_no": "17000000001",
		"city": "北京", "out_id": "order-1", "extension": "8011", "call_type": 0, "unconnected_cause": 0, "control_type": "CONTINUE",
		"control_msg": "OK", "call_time": "2026-03-04 13:06:07", "call_out_time": "2026-03-04 13:06:08",
		"ring_time": "2026-03-04 13:06:11", "free_ring_time": "2026-03-04 13:06:10", "start_time": "2026-03-04 13:06:20",
		"release_time": "2026-03-04 13:08:05", "release_dir": 1, "release_cause": 16,
		"record_url": "http://records.aliyuncs.com/1.mp3?Expires=1", "sms_number": 0,
	}
}

// missed is the record of a call that rang and was not answered.
func missed() item { return answered().with("start_time", "2026-03-04 13:08:05", "record_url", nil) }

// texted is the record of a text message.
func texted() item {
	const at = "2026-03-04 13:06:07"
	return answered().with("call_type", 2, "call_time", at, "start_time", at, "call_out_time", at, "ring_time", at, "release_time", at,
		"free_ring_time", at, "record_url", nil, "sms_number", 12, "release_dir", nil, "release_cause", nil, "extension", nil)
}

// beijing reads a time of 4 March 2026 in Beijing, "13:06:07".
func beijing(t testing.TB, clock string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, "2026-03-04T"+clock+"+08:00")
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

func read(t testing.TB, kind string, i item) call.Report {
	t.Helper()
	return adapter(t, settings()).Read(kind, i.text(t), now)
}

// record reads a SecretReport.
func record(t testing.TB, i item) call.Record {
	t.Helper()
	report := read(t, "SecretReport", i)
	if report.Record == nil || report.Fault != "" || report.Event != nil || report.Status != nil {
		t.Fatalf("%+v is no record", report)
	}
	return *report.Record
}

// faults asserts why an item is not understood, word for word.
func faults(t *testing.T, kind string, text []byte, want string) {
	t.Helper()
	got := adapter(t, settings()).Read(kind, text, now)
	if !reflect.DeepEqual(got, call.Report{Fault: want}) {
		t.Errorf("%s %s:\n got %+v\nwant %s", kind, text, got, want)
	}
}

func TestWhatIsNoReceipt(t *testing.T) {
	for _, kind := range types {
		faults(t, kind, []byte(`"x"`), "item: must be an object")
		faults(t, kind, []byte("{\"city\":\"\xff\"}"), "item: not valid UTF-8")
		faults(t, kind, []byte(`{"city":"\ud800"}`), "item: unpaired surrogate in a string")
		faults(t, kind, []byte(`{"call_id":"a","call_id":"b"}`), "call_id: occurs twice")
	}
	for _, kind := range types {
		want := "item: holds none of the fields of its type"
		if kind == "NumberManagementReport" {
			want = "secret_no: required; status: required"
		}
		faults(t, kind, []byte(`{}`), want)
	}
	faults(t, "SecretReport", []byte(`{"feeLst":[],"pool_key":"FC1"}`), "item: holds none of the fields of its type")
	faults(t, "fee", []byte(`{}`), "kind: not a type of receipt")
}

func TestFaultsOfAReceipt(t *testing.T) {
	for name, want := range map[string]string{
		"id": "must be text or a number", "call_id": "must be text or a number", "secret_no": "must be text or a number",
		"out_id": "must be text or a number", "call_type": "must be text or a number", "call_time": "must be text or a number",
	} {
		faults(t, "SecretReport", answered().with(name, []int{1}).text(t), name+": "+want)
	}
	faults(t, "SecretReport", answered().with("id", "a\nb", "call_id", "\x7f").text(t),
		"call_id: must be 1 to 256 printable bytes; id: must be 1 to 256 printable bytes")
	faults(t, "SecretReport", answered().with("secret_no", "anonymous", "call_type", "voice", "release_dir", 1.5).text(t),
		"call_type: must be a whole number; release_dir: must be a whole number; secret_no: not an X number")
	faults(t, "SecretReport", answered().with("secret_no", "1700000000117000000001170000000011700000").text(t), "secret_no: not an X number")
}

func TestTimes(t *testing.T) {
	for value, want := range map[any]string{
		"2026-03-04 13:06:07":  "13:06:07",
		1772600767000:          "13:06:07",
		"1772600767000":        "13:06:07",
		1772600767250:          "13:06:07.25",
		"":                     "",
		"2026-03-04T13:06:07":  "!",
		"2026-03-04 13:06":     "!",
		"2026-03-04 13:06:7":   "!",
		"2026-03-04 3:06:07.5": "!",
		"2026-02-31 13:06:07":  "!",
		"2026-03-04 24:06:07":  "!",
		"20260304130607":       "!",
		"0000-00-00 00:00:00":  "!",
		1772600767:             "!",
		"0772600767000":        "!",
		"177260076700x":        "!",
		"-772600767000":        "!",
		1.5:                    "!",
		"yesterday":            "!",
	} {
		for _, field := range []string{"call_time", "call_out_time", "ring_time", "free_ring_time", "start_time", "release_time"} {
			i := answered().with(field, value)
			if want == "!" {
				faults(t, "SecretReport", i.text(t), field+": not a time")
				continue
			}
			c := record(t, i)
			if got := c.StartedAt; field == "call_time" && (want == "" && !got.IsZero() || want != "" && !got.Equal(beijing(t, want))) {
				t.Errorf("%v: %v, want %s", value, got, want)
			}
		}
	}
}

// The samples of the platform's pages show one call, once in Beijing time and
// once in milliseconds.
func TestOneCallInBothClocks(t *testing.T) {
	c := record(t, item{"call_id": "43612633712c****", "call_type": "1", "call_time": "2021-08-25 20:11:29"})
	recording := read(t, "SecretRecording", item{"pool_key": "FC1", "sub_id": 1, "call_id": "43612633712c****", "call_time": 1629893489000})
	if e := recording.Event; e == nil || !e.At.Equal(c.StartedAt) || !e.At.Equal(time.Unix(1629893489, 0)) || e.CallID != c.CallID {
		t.Errorf("%+v, %+v", recording, c)
	}
}
