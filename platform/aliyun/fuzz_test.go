package aliyun_test

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"xmode/platform"
	"xmode/platform/aliyun"
)

func seed(f *testing.F) {
	m := sign(query("extension", "8*1~ é"))
	for _, body := range []string{
		`{"a":1,"b":"\ud83d\ude00","c":null,"d":true,"e":-1.5e+3}`, `{"a":{}}`, `{"a":"\ud83d"}`, `{"a":1,"a":2}`, `{"a" : "x" , "b":"\u0000"} x`,
	} {
		f.Add("", jsonType, body)
		f.Add(encode(m), "", body)
	}
	f.Add(encode(m), "", "")
	f.Add("&"+encode(m)+"&", "text/plain", "x")
	f.Add("", formType, encode(m))
	f.Add("a=1&callId=%ff&=&%00&b;c=+", "APPLICATION/JSON ; charset=x", toJSON(f, m))
	f.Add("a=1", formType, "a=1&b=%zz")
}

func message(rawQuery, contentType, body string) platform.Message {
	m := post(contentType, body)
	m.RawQuery = rawQuery
	return m
}

// FuzzReceive: whatever comes, there is an answer or a refusal, and an answer
// only to what was signed.
func FuzzReceive(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, rawQuery, contentType, body string) {
		a := adapter(t, settings())
		m := message(rawQuery, contentType, body)
		q, err := a.Receive(m, now)
		if err == nil {
			isSigned(t, m)
			if q.Query.X.IsZero() || q.Query.CallID == "" || q.Query.Kind == "" || q.Proof.Nonce == "" {
				t.Errorf("accepted without content: %+v", q)
			}
		} else if refusal, ok := errors.AsType[*platform.Refusal](err); !ok || refusal.Class == 0 || refusal.Code == "" {
			t.Fatalf("%T %v is no refusal", err, err)
		}
		acceptsSigned(t, a, rawQuery)
	})
}

// isSigned asserts that a message that was accepted has the signature of its
// parameters, read and signed independently.
func isSigned(t *testing.T, m platform.Message) {
	t.Helper()
	list, err := aliyun.ParseParams(m)
	if err != nil {
		t.Fatalf("accepted, but %v", err)
	}
	all := map[string]string{}
	for _, p := range list {
		all[p.Name] = p.Value
	}
	text, err := url.PathUnescape(strings.ReplaceAll(all["signature"], " ", "+"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	want, err := base64.StdEncoding.DecodeString(sign(all)["signature"])
	if err != nil || !hmac.Equal(got, want) {
		t.Errorf("accepted an unsigned message: %q", m.RawQuery)
	}
}

// acceptsSigned signs what net/url makes of the query string, beside what a
// query needs, and asserts that it passes.
func acceptsSigned(t *testing.T, a *aliyun.Adapter, rawQuery string) {
	t.Helper()
	values, err := url.ParseQuery(rawQuery)
	if err != nil || len(values) > 40 || len(rawQuery) > 4000 {
		return
	}
	all := query()
	for name := range values {
		_, needed := all[name]
		if !needed && name != "" && isText(name) && isText(values.Get(name)) {
			all[name] = values.Get(name)
		}
	}
	signed := sign(all)
	if _, err := a.Receive(get(encode(signed)), now); err != nil {
		t.Errorf("refuses what is signed: %v: %q", err, signed)
	}
	if _, err := a.Receive(post(jsonType, toJSON(t, signed)), now); err != nil {
		t.Errorf("refuses what is signed, as JSON: %v: %q", err, signed)
	}
}

// isText reports whether a name or value is one that a query may have.
func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// FuzzParams: what is accepted reads as net/url and encoding/json read it.
func FuzzParams(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, rawQuery, contentType, body string) {
		list, err := aliyun.ParseParams(message(rawQuery, contentType, body))
		if err != nil {
			if _, ok := errors.AsType[*platform.Refusal](err); !ok {
				t.Fatalf("%T %v is no refusal", err, err)
			}
			return
		}
		got := map[string]string{}
		for _, p := range list {
			got[p.Name] = p.Value
		}
		if len(got) != len(list) || len(list) > 64 {
			t.Errorf("%d parameters, %d names", len(list), len(got))
		}
		want := naiveForm(t, rawQuery)
		switch {
		case strings.HasPrefix(strings.TrimLeft(body, " \t\r\n"), "{") && !isForm(contentType):
			maps.Copy(want, naiveJSON(t, body))
		default:
			maps.Copy(want, naiveForm(t, body))
		}
		if !maps.Equal(got, want) {
			t.Errorf("\n got %q\nwant %q", got, want)
		}
	})
}

func isForm(contentType string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(contentType)), formType)
}

// naiveForm reads a form with net/url, to which a semicolon means something.
func naiveForm(t *testing.T, text string) map[string]string {
	t.Helper()
	values, err := url.ParseQuery(strings.ReplaceAll(text, ";", "%3B"))
	if err != nil {
		t.Fatalf("accepted, but net/url says %v", err)
	}
	all := map[string]string{}
	for name, list := range values {
		all[name] = list[0]
	}
	return all
}

// naiveJSON reads an object with encoding/json, numbers as they are written.
func naiveJSON(t *testing.T, text string) map[string]string {
	t.Helper()
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		t.Fatalf("accepted, but encoding/json says %v", err)
	}
	all := map[string]string{}
	for name, value := range raw {
		var s string
		if json.Unmarshal(value, &s) != nil {
			s = string(value)
		}
		all[name] = s
	}
	return all
}
