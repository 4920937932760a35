package platform_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"xmode/fixtures"
	"xmode/platform/huawei/sim"
	"xmode/signature"
)

// TestHuaweiMessagesAreSentAlike: the simulator writes each message as its file
// has it, the digest by openssl included.
func TestHuaweiMessagesAreSentAlike(t *testing.T) {
	var unsent []string
	for _, m := range of(t, "huawei") {
		if m.Kind == "recording" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			sent, ok := sentByHuawei(t, m)
			if !ok || !signedAlike(m, sent) || sent.target != m.Target {
				unsent = append(unsent, strings.TrimPrefix(m.Name, "huawei/"))
				return
			}
			if got, want := decoded(t, sent.body), decoded(t, m.Body); !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %v\nwant %v", got, want)
			}
		})
	}
	exactly(t, unsent, []string{
		// what breaks off
		"callin/not-json", "fee/not-json", "sms-notify/not-json",
		// headers that are right, and written in one way
		"callin/digest-wrong", "callin/digest-hex", "callin/digest-of-the-other-scheme", "callin/app-unknown", "callin/realm-wrong",
		"callin/scheme-mixed", "callin/without-authorization", "callin/without-token", "callin/without-nonce", "callin/two-tokens",
		"callin/created-milliseconds", "fee/digest-wrong",
		// no other modes of a text
		"sms-block/mode-unknown",
	})
}

// tokenOf reads the parts of the token by their names.
func tokenOf(m fixtures.Message) map[string]string {
	parts := map[string]string{}
	_, text, _ := strings.Cut(m.Header.Get("X-AKSK")+m.Header.Get("X-WSSE"), " ")
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = strings.Trim(value, `"`)
	}
	return parts
}

// signedAlike compares the headers, as they were written.
func signedAlike(m fixtures.Message, sent *caught) bool {
	for _, name := range []string{"Content-Type", "Authorization", "X-AKSK", "X-WSSE"} {
		if !reflect.DeepEqual(sent.header.Values(name), m.Header.Values(name)) {
			return false
		}
	}
	return true
}

// sentByHuawei has the simulator send what a message says; false: it is no such
// message.
func sentByHuawei(t *testing.T, m fixtures.Message) (*caught, bool) {
	t.Helper()
	token := tokenOf(m)
	created, err := time.Parse("2006-01-02T15:04:05Z", token["Created"])
	if err != nil || !json.Valid(m.Body) {
		return nil, false
	}
	c := &caught{}
	config := sim.Config{
		Addresses: sim.AddressesAt("http://endpoint.example"), AppKey: "example-app", AppSecret: "example-secret", HTTP: c.client(),
		Spaces: strings.Contains(m.Header.Get("Authorization"), ", "),
		Now:    func() time.Time { return created }, Nonce: func() string { return token["Nonce"] },
	}
	if m.Header.Get("X-WSSE") != "" {
		config.Scheme = signature.WSSE
	}
	if m.Name == "huawei/numStatus/at-call-events" {
		config.Addresses.Numbers = ""
	}
	client, err := sim.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c, tell(t, client, m, c)
}

// tell sends a message of each kind; what the simulator has no field for is added
// to what it wrote. It reports whether there is such a message.
func tell(t *testing.T, client *sim.Client, m fixtures.Message, c *caught) bool {
	t.Helper()
	switch m.Kind {
	case "fee":
		var push struct{ FeeLst []json.RawMessage }
		fill(t, m.Body, &push)
		raw := make([]json.RawMessage, len(push.FeeLst))
		for i, fee := range push.FeeLst {
			raw[i] = feeAlike(t, fee)
		}
		_, _ = client.PushRaw(t.Context(), raw...) // errSent
	case "numStatus":
		var push struct{ NumInfo []sim.Number }
		if json.Unmarshal(m.Body, &push) != nil { // numbers in place of texts
			_, _ = client.Post(t.Context(), "http://endpoint.example"+m.Target, m.Body)
			return true
		}
		_, _ = client.PushNumbers(t.Context(), push.NumInfo...)
	case "sms-block", "sms-notify":
		var push struct{ SMSEvent sim.Text }
		_ = json.Unmarshal(m.Body, &push) // but for a number that is a text
		if push.SMSEvent.NotificationMode == "Block" {
			_, _, _ = client.AskText(t.Context(), push.SMSEvent)
		} else if push.SMSEvent.NotificationMode == "Notify" {
			_, _ = client.TellText(t.Context(), push.SMSEvent)
		} else {
			return false
		}
		c.body = completed(t, c.body, m.Body, "smsEvent")
	default:
		var push struct{ StatusInfo sim.Event }
		_ = json.Unmarshal(m.Body, &push)
		if m.Kind == "callin" {
			_, _, _ = client.Ask(t.Context(), push.StatusInfo)
		} else {
			_, _ = client.Tell(t.Context(), m.Kind, push.StatusInfo)
		}
		c.body = completed(t, c.body, m.Body, "statusInfo")
	}
	return true
}

// fill decodes JSON that has to fit.
func fill(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// feeAlike is a record as the simulator writes it. One that does not fit its type,
// with numbers as texts or nothing but what siblings require, is sent as raw text,
// which is what the simulator has raw text for.
func feeAlike(t *testing.T, fee json.RawMessage) json.RawMessage {
	t.Helper()
	var f sim.Fee
	if json.Unmarshal(fee, &f) != nil || f.FwdDstNum == "" && f.FailTime == "" {
		return fee
	}
	written, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return extended(t, written, fee)
}

// unwritten are fields that the simulator does not write: reserved ones, those of
// older samples, and those that the platform adds on request.
var unwritten = []string{
	"callOutUnaswRsn", "ttsPlayTimes", "ttsTransDuration", "mptyId", "voiceCheckType", "recordPushURL", "serviceType", "note",
	"callDuration", "areaCode", "origCalleeNum", "displayCallerNum", "digitInfo", "extInfo",
}

// extended adds to an object the fields of another one that the simulator does
// not write.
func extended(t *testing.T, object, from []byte) []byte {
	t.Helper()
	made, given := decoded(t, object).(map[string]any), decoded(t, from).(map[string]any)
	for _, name := range unwritten {
		if value, there := given[name]; there {
			made[name] = value
		}
	}
	text, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// completed is extended for an inner object. Numbers that the file has as texts
// and a member that it leaves out, the file's own case, become so.
func completed(t *testing.T, sent, file []byte, inner string) []byte {
	t.Helper()
	made, given := decoded(t, sent).(map[string]any), decoded(t, file).(map[string]any)
	from, to := given[inner].(map[string]any), made[inner].(map[string]any)
	for _, name := range []string{"stateCode", "callRelDirection", "sendResult"} {
		if value, textual := from[name].(string); textual {
			to[name] = value
		}
	}
	maps.DeleteFunc(to, func(name string, _ any) bool { _, there := from[name]; return !there && name == "notifyMode" })
	text, err := json.Marshal(to)
	if err != nil {
		t.Fatal(err)
	}
	origin, err := json.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	made[inner] = json.RawMessage(extended(t, text, origin))
	if text, err = json.Marshal(made); err != nil {
		t.Fatal(err)
	}
	return text
}
