package aliyun_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/platform"
	"xmode/platform/aliyun"
)

const testKey = "k9ZtPq2mXr7vW4bN"

// now is the instant of all tests; query's timestamp is a second before it.
var now = time.Date(2026, 3, 4, 5, 6, 8, 0, time.UTC)

var shared = platform.Shared{ClockSkew: 5 * time.Minute}

func settings() aliyun.Settings { return aliyun.Settings{Keys: platform.NewSecret(testKey)} }

func adapter(t testing.TB, s aliyun.Settings) *aliyun.Adapter {
	t.Helper()
	a, err := s.Adapter(shared)
	if err != nil {
		t.Fatal(err)
	}
	return a.(*aliyun.Adapter)
}

// query is a good voice query; changes are name, value, name, value.
func query(changes ...string) map[string]string {
	m := map[string]string{
		"signatureMethod": "HMAC-SHA1", "signatureVersion": "1.0", "format": "JSON",
		"signatureNonce": "0f3c1b9e-8d7a-4c52-9c1f-6f2e3d4c5b6a", "timestamp": "2026-03-04T05:06:07Z",
		"callNo": "13800000021", "secretNo": "17000000001", "extension": "", "recordType": "CAL",
		"callTime": "20260304130607", "callId": "112633^104922",
	}
	for i := 0; i < len(changes); i += 2 {
		m[changes[i]] = changes[i+1]
	}
	return m
}

// without removes parameters.
func without(m map[string]string, names ...string) map[string]string {
	for _, name := range names {
		delete(m, name)
	}
	return m
}

// escape is Java's form encoder, on net/url.
func escape(s string) string {
	return strings.NewReplacer("%2A", "*", "~", "%7E").Replace(url.QueryEscape(s))
}

// sign adds the signature, by an implementation that has nothing in common
// with the one under test.
func sign(m map[string]string) map[string]string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if m[name] != "" && name != "signature" {
			pairs = append(pairs, escape(name)+"="+escape(m[name]))
		}
	}
	mac := hmac.New(sha1.New, []byte(testKey))
	mac.Write([]byte(escape(strings.Join(pairs, "&"))))
	m["signature"] = base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return m
}

// encode writes a form.
func encode(m map[string]string) string {
	v := url.Values{}
	for name, value := range m {
		v.Set(name, value)
	}
	return v.Encode()
}

func get(rawQuery string) platform.Message {
	return platform.Message{Path: "/aliyun/call-control", RawQuery: rawQuery, Header: http.Header{}}
}

func post(contentType, body string) platform.Message {
	m := get("")
	m.Body = []byte(body)
	if contentType != "" {
		m.Header.Set("Content-Type", contentType)
	}
	return m
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

func toJSON(t testing.TB, m map[string]string) string {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// accepts asserts that a message is received.
func accepts(t *testing.T, m platform.Message) platform.Received {
	t.Helper()
	q, err := adapter(t, settings()).Receive(m, now)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	if q.Query == nil || q.Push != nil || q.Broken != nil {
		t.Fatalf("%+v is no question", q)
	}
	return q
}

// refuses asserts the refusal, word for word.
func refuses(t *testing.T, m platform.Message, class platform.Refused, code, message string) {
	t.Helper()
	refusesBy(t, m, platform.Refusal{Class: class, Code: code, Message: message})
}

func refusesBy(t *testing.T, m platform.Message, want platform.Refusal) {
	t.Helper()
	q, err := adapter(t, settings()).Receive(m, now)
	refusal, ok := errors.AsType[*platform.Refusal](err)
	if !ok {
		t.Fatalf("got %v, %v; want a refusal", q, err)
	}
	if *refusal != want {
		t.Errorf("\n got %+v\nwant %+v", *refusal, want)
	}
	if !reflect.DeepEqual(q, platform.Received{}) {
		t.Errorf("a refused message left %+v", q)
	}
}
