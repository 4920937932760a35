package huawei_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/platform/huawei"
)

const (
	testKey    = "app-key-1"
	testSecret = "cfc8a1b2:c3d4e5f60718293a4b5c6d7e"
	testNonce  = "66C92B11FF8A425FB8D4CCFE0ED9ED1F"
)

const (
	events  = "/huawei/call-events"
	cdrs    = "/huawei/cdrs"
	numbers = "/huawei/number-status"
	texts   = "/huawei/sms"
)

// now is the instant of all tests; messages are signed a second before it.
var now = time.Date(2026, 3, 4, 5, 6, 8, 0, time.UTC)

var shared = platform.Shared{ClockSkew: 5 * time.Minute, PushWindow: 11 * time.Hour}

func settings() huawei.Settings {
	return huawei.Settings{Apps: platform.NewSecret(testKey + ":" + testSecret + ",ak2:other")}
}

func adapter(t testing.TB, s huawei.Settings) *huawei.Adapter {
	t.Helper()
	a, err := s.Adapter(shared)
	if err != nil {
		t.Fatal(err)
	}
	return a.(*huawei.Adapter)
}

// envelope is what a message is signed with.
type envelope struct {
	scheme, key, secret, nonce string
	at                         time.Time
}

func good() envelope {
	return envelope{"AKSK", testKey, testSecret, testNonce, now.Add(-time.Second)}
}

func (e envelope) created() string { return e.at.UTC().Format("2006-01-02T15:04:05Z") }

func (e envelope) digest() string { return signAs(e, e.created()) }

// signAs signs any text as the time, by an implementation that has nothing in
// common with the one under test.
func signAs(e envelope, created string) string {
	if e.scheme == "WSSE" {
		sum := sha256.Sum256([]byte(e.nonce + created + e.secret))
		return base64.StdEncoding.EncodeToString(sum[:])
	}
	mac := hmac.New(sha256.New, []byte(e.secret))
	mac.Write([]byte(e.nonce + created))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// message signs a body and sends it to a path.
func (e envelope) message(path, body string) platform.Message {
	h := http.Header{}
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Authorization", e.scheme+` realm="SDP",profile="UsernameToken",type="Appkey"`)
	h.Set("X-"+e.scheme, fmt.Sprintf(`UsernameToken Username="%s", PasswordDigest="%s", Nonce="%s", Created="%s"`,
		e.key, e.digest(), e.nonce, e.created()))
	return platform.Message{Path: path, Header: h, Body: []byte(body)}
}

func post(path, body string) platform.Message { return good().message(path, body) }

const (
	sessionID = "1200_1_4294967295_20260304050607@callenabler1.huaweicaas.com"
	callin    = `{"eventType":"callin","statusInfo":{"sessionId":"` + sessionID + `","timestamp":"2026-03-04 05:06:07",` +
		`"caller":"+8613800000021","called":"+8617000000001","notifyMode":"Block"}}`
	smsBlock = `{"appKey":"app-key-1","smsEvent":{"smsIdentifier":"sms-1","notificationMode":"Block","calling":"+8613800000021",` +
		`"virtualNumber":"+8617000000001","event":"Text SMS","timeStamp":"2026-03-04T05:06:07.023Z","smsContent":"hello"}}`
	smsNotify = `{"appKey":"app-key-1","smsEvent":{"smsIdentifier":"sms-1","notificationMode":"Notify","calling":"+8613800000021",` +
		`"called":"+8613900000022","virtualNumber":"+8617000000001","event":"Text SMS","timeStamp":"2026-03-04T05:06:07.023Z","sendResult":2}}`
	disconnect = `{"eventType":"disconnect","statusInfo":{"sessionId":"` + sessionID + `","timestamp":"2026-03-04 05:08:00","userData":"order-1",` +
		`"caller":"+8613800000021","called":"+8613900000022","stateCode":8010,"stateDesc":"The user releases the call.","callRelDirection":2}}`
	fee = `{"direction":0,"spId":"sp","appKey":"ak","icid":"ba171f34e6953fcd751edc77127748f4.3757285803.338666679.5",` +
		`"bindNum":"+8617000000001","sessionId":"` + sessionID + `","callerNum":"+8613800000021","calleeNum":"+8617000000001",` +
		`"fwdDisplayNum":"+8617000000001","fwdDstNum":"+8613900000022","callInTime":"2026-03-04 05:03:04",` +
		`"fwdStartTime":"2026-03-04 05:03:05","fwdAlertingTime":"2026-03-04 05:03:08","fwdAnswerTime":"2026-03-04 05:03:15",` +
		`"callEndTime":"2026-03-04 05:05:00","fwdUnaswRsn":0,"ulFailReason":0,"sipStatusCode":0,"callOutUnaswRsn":0,` +
		`"recordFlag":1,"recordStartTime":"2026-03-04 05:03:15","recordDomain":"ostor.huawei.com","recordBucketName":"sp-x",` +
		`"recordObjectName":"2603040503.wav","ttsPlayTimes":0,"ttsTransDuration":0,"serviceType":"?","hostName":"h",` +
		`"userData":"order-1","notifyMode":"Block"}`
	numberState = `{"number":"+8617000000001","status":"9","cause":"2"}`
)

func fees(items ...string) string {
	return `{"eventType":"fee","feeLst":[` + strings.Join(items, ",") + `]}`
}

// accepts asserts that a message is received.
func accepts(t *testing.T, m platform.Message) platform.Received {
	t.Helper()
	r, err := adapter(t, settings()).Receive(m, now)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	return r
}

// asks asserts that a message is a question.
func asks(t *testing.T, m platform.Message) call.Query {
	t.Helper()
	r := accepts(t, m)
	if r.Query == nil || r.Broken != nil {
		t.Fatalf("no question: %+v", r)
	}
	return *r.Query
}

// pushes asserts that a message is a push of these items.
func pushes(t *testing.T, m platform.Message, kind string, items ...string) {
	t.Helper()
	r := accepts(t, m)
	if r.Query != nil || r.Push == nil || r.Broken != nil {
		t.Fatalf("no push: %+v", r)
	}
	same(t, r.Push, kind, items...)
}

func same(t *testing.T, p *platform.Push, kind string, items ...string) {
	t.Helper()
	got := string(bytes.Join(p.Items, []byte("\n")))
	if p.Kind != kind || len(p.Items) != len(items) || got != strings.Join(items, "\n") {
		t.Errorf("\n got %s %s\nwant %s %s", p.Kind, got, kind, strings.Join(items, "\n"))
	}
}

// refuses asserts the refusal, word for word.
func refuses(t *testing.T, m platform.Message, class platform.Refused, code, message string) {
	t.Helper()
	r, err := adapter(t, settings()).Receive(m, now)
	refusal, ok := errors.AsType[*platform.Refusal](err)
	if !ok {
		t.Fatalf("got %+v, %v; want a refusal", r, err)
	}
	if want := (platform.Refusal{Class: class, Code: code, Message: message}); *refusal != want {
		t.Errorf("\n got %+v\nwant %+v", *refusal, want)
	}
	if r != (platform.Received{}) {
		t.Errorf("a refused message left %+v", r)
	}
}

// breaks asserts that a message is kept whole and refused, word for word.
func breaks(t *testing.T, m platform.Message, kind, code, message string) {
	t.Helper()
	r := accepts(t, m)
	if want := (platform.Refusal{Class: platform.Malformed, Code: code, Message: message}); r.Broken == nil || *r.Broken != want {
		t.Errorf("\n got %+v\nwant %+v", r.Broken, want)
	}
	if r.Query != nil || r.Push == nil {
		t.Fatalf("not kept: %+v", r)
	}
	same(t, r.Push, kind, string(m.Body))
	if report := adapter(t, settings()).Read(kind, m.Body, now); report.Fault == "" {
		t.Errorf("what was refused is understood: %+v", report)
	}
}

func x(t testing.TB, s string) call.Number {
	t.Helper()
	n, err := call.ParseX(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// at is a time of the fourth of March 2026.
func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2026-03-04 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}
