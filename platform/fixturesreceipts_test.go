package platform_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"xmode/fixtures"
	"xmode/platform/aliyun/sim"
)

// TestAliyunReceiptsAreWrittenAlike: the simulator writes each receipt as its
// file has it, but for the order.
func TestAliyunReceiptsAreWrittenAlike(t *testing.T) {
	var unsent []string
	for _, m := range of(t, "aliyun") {
		if m.Kind == "query" || m.Kind == "QueryRecordFileDownloadUrl" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			name := strings.TrimPrefix(m.Name, "aliyun/")
			items, isList := itemsOf(m)
			if !isList || name == "SecretReport/unknown-type" || name == "SecretReport/wrong-token" {
				unsent = append(unsent, name)
				if success := sim.Acknowledges(m.Answer.Status, m.Answer.Body); success != (m.Answer.Status == http.StatusOK) {
					t.Errorf("the simulator takes %d %s for success: %t", m.Answer.Status, m.Answer.Body, success)
				}
				return
			}
			for i, want := range items {
				if name == "SecretReport/batch-one-broken" && i == 1 {
					continue // not to be understood
				}
				if got := written(t, m, want); !reflect.DeepEqual(got, map[string]any(want)) {
					t.Errorf("item %d\n got %v\nwant %v", i, got, want)
				}
			}
			pushedAlike(t, m)
		})
	}
	exactly(t, unsent, []string{"SecretReport/not-json", "SecretReport/one-object", "SecretReport/unknown-type", "SecretReport/wrong-token"})
}

// itemsOf are the receipts of a push; false: it is not the array that is due.
func itemsOf(m fixtures.Message) ([]sim.Receipt, bool) {
	d := json.NewDecoder(strings.NewReader(string(m.Body)))
	d.UseNumber()
	var items []sim.Receipt
	return items, d.Decode(&items) == nil
}

// written is what the simulator writes for the same call, as it is read from the
// wire. What a platform writes in another way, the file's own case, is changed
// from outside.
func written(t *testing.T, m fixtures.Message, want sim.Receipt) map[string]any {
	t.Helper()
	text, err := json.Marshal(inItsCase(strings.TrimPrefix(m.Name, "aliyun/"), receiptOf(t, m.Kind, want), want))
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, text).(map[string]any)
}

// receiptOf has the simulator write a receipt of a kind.
func receiptOf(t *testing.T, kind string, r sim.Receipt) sim.Receipt {
	t.Helper()
	c := callOf(t, r)
	switch sim.Type(kind) {
	case sim.SecretStartReport:
		return c.Start()
	case sim.SecretRingReport:
		return c.Ring()
	case sim.SecretPickUpReport:
		return c.PickUp()
	case sim.SecretReport:
		return c.Report()
	case sim.SecretRecording:
		return c.Recording()
	case sim.SecretSmsIntercept:
		return sim.Intercept{
			ID: int64(number(r["id"])), PoolKey: text(r["pool_key"]), SubsID: int64(number(r["sub_id"])), CallID: text(r["call_id"]),
			Sender: text(r["send_no"]), X: text(r["secret_no"]), Receiver: text(r["receive_no"]), Content: text(r["sms_content"]),
			Why: text(r["sms_intercept_type"]), Code: text(r["code"]), Status: number(r["status"]), OutID: text(r["out_id"]), At: beijing(t, r["start_time"]),
		}.Receipt()
	case sim.NumberManagementReport:
		at := beijing(t, first(r, "operating_time", "operatingTime"))
		return sim.Number{X: text(first(r, "secret_no", "secretNo")), PoolKey: text(first(r, "partner_key", "partnerKey")), City: text(r["city"]),
			Deleted: number(r["status"]) == 2, Vendor: number(r["vendor"]), At: at}.Receipt()
	}
	return maps.Clone(r) // of the others no fields are known: the simulator sends what it is given
}

// callOf is the call that a receipt tells of. A stage that was not reached has the
// time of another one.
func callOf(t *testing.T, r sim.Receipt) sim.Call {
	t.Helper()
	c := sim.Call{
		ID: int64(number(r["id"])), PoolKey: text(first(r, "pool_key", "partner_key")), SubsID: int64(number(first(r, "sub_id", "subs_id"))), CallID: text(r["call_id"]),
		Phone: text(r["phone_no"]), X: text(r["secret_no"]), Peer: text(r["peer_no"]), City: text(r["city"]), OutID: text(r["out_id"]),
		Extension: text(r["extension"]), Type: sim.CallType(number(r["call_type"])), ReleaseDir: number(r["release_dir"]),
		ReleaseCause: number(r["release_cause"]), UnconnectedCause: number(r["unconnected_cause"]), RecordURL: text(r["record_url"]),
		Dialled: beijing(t, r["call_time"]), Out: beijing(t, r["call_out_time"]), Rang: beijing(t, first(r, "ring_time", "ring_Time", "ringTime")),
		Answered: beijing(t, r["start_time"]), Released: beijing(t, r["release_time"]),
	}
	if c.Answered.Equal(c.Released) {
		c.Answered = time.Time{}
	}
	return c
}

// inItsCase changes what the simulator writes to what is special in a file.
func inItsCase(name string, got, want sim.Receipt) sim.Receipt {
	renamed := func(from, to string) sim.Receipt { return got.With(to, got[from]).With(from, nil) }
	switch name {
	case "SecretRingReport/ring-time-capital":
		return renamed("ring_time", "ring_Time")
	case "SecretRingReport/ring-time-camel":
		return renamed("ring_time", "ringTime")
	case "SecretPickUpReport/ring-time":
		return renamed("ring_Time", "ring_time")
	case "SecretPickUpReport/ring-time-camel":
		return renamed("ring_Time", "ringTime")
	case "SecretRecording/subs-id":
		return renamed("sub_id", "subs_id")
	case "SecretRecording/epoch-string", "SecretRecording/date-string":
		return got.With("call_time", want["call_time"])
	case "SecretSmsIntercept/smart":
		return got.With("sms_type", 3).With("sms_sign", want["sms_sign"])
	case "NumberManagementReport/deleted-camel-case":
		got = renamed("secret_no", "secretNo")
		got = renamed("partner_key", "partnerKey")
		return renamed("operating_time", "operatingTime")
	case "SecretReport/shape-2017":
		for field := range got {
			if _, there := want[field]; !there {
				got = got.With(field, nil)
			}
		}
		return got.With("id", want["id"]).With("origin_no", want["origin_no"]) // the simulator has no such field
	case "SecretReport/numbers-as-strings":
		for field, value := range got {
			if n, ok := value.(int); ok {
				got[field] = strconv.Itoa(n)
			}
			if n, ok := value.(int64); ok {
				got[field] = strconv.FormatInt(n, 10)
			}
		}
	}
	if _, there := want["sms_number"]; there {
		return got.With("sms_number", want["sms_number"]) // it always writes 0
	}
	return got
}

// pushedAlike sends the body to where the file has it, and has the simulator read
// the answer.
func pushedAlike(t *testing.T, m fixtures.Message) {
	t.Helper()
	var c caught
	p, err := sim.NewPusher(sim.PushConfig{URL: "http://endpoint.example/aliyun/receipts", Token: "example-receipt-token", HTTP: c.client()})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = p.PushBody(t.Context(), sim.Type(m.Kind), m.Body) // errSent
	if c.method != m.Method || c.target != m.Target || c.header.Get("Content-Type") != m.Header.Get("Content-Type") || string(c.body) != string(m.Body) {
		t.Errorf("sent %s %s %v %s", c.method, c.target, c.header, c.body)
	}
	if !sim.Acknowledges(m.Answer.Status, m.Answer.Body) {
		t.Errorf("the simulator does not take %d %s for success", m.Answer.Status, m.Answer.Body)
	}
}

// text and number read a value of JSON; what is absent is empty.
func text(value any) string { s, _ := value.(string); return s }

func number(value any) int {
	if n, ok := value.(json.Number); ok {
		value = n.String()
	}
	n, _ := strconv.Atoi(text(value))
	return n
}

// first is the first of the fields that occurs.
func first(r sim.Receipt, names ...string) any {
	for _, name := range names {
		if value, there := r[name]; there {
			return value
		}
	}
	return nil
}

// beijing reads a time of a receipt: a date or milliseconds; zero where it is
// absent.
func beijing(t *testing.T, value any) time.Time {
	t.Helper()
	if ms := number(value); ms != 0 {
		return time.UnixMilli(int64(ms))
	}
	if value == nil {
		return time.Time{}
	}
	at, err := time.ParseInLocation(time.DateTime, text(value), time.FixedZone("UTC+8", 8*60*60))
	if err != nil {
		t.Fatal(err)
	}
	return at
}
