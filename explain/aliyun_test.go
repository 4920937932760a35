package explain_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/explain"
	"xmode/fixtures"
	"xmode/signature"
)

func TestAliyunVectorsAreRight(t *testing.T) {
	vectors, err := fixtures.AliyunVectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		for suffix, digest := range map[string]string{"": v.Signature, "&": v.WithAmpersandKey} {
			q := question(address(v.Params, "signature", digest))
			q.Keys = []string{"another-key-1", v.Key}
			q.At, _ = time.Parse(time.RFC3339, v.Params["timestamp"])
			q.Form = signature.Form(v.Encoder + suffix)
			rep := answered(t, explain.Aliyun, q)
			is(t, rep)
			if rep.Form != string(q.Form) || rep.Key != 2 || rep.Canonical != v.EncryptStr || rep.StringToSign != v.StringToSign {
				t.Errorf("%s: %+v", v.Name, rep)
			}
		}
	}
}

func TestAliyunNamesEachMistake(t *testing.T) {
	unsorted := []string{"timestamp", "signatureVersion", "signatureNonce", "signatureMethod", "secretNo", "recordType", "format", "callTime", "callNo", "callId"}
	for _, c := range []struct {
		name string
		make maker
		sent map[string]string // beside or in place of voice(); "-": not sent
		form signature.Form
		code []string
	}{
		{name: "right"},
		{name: "right with the key and &", make: maker{key: key + "&"}},
		{name: "right by RFC 3986", make: maker{escape: rfcEscape}},
		{name: "the key and &", make: maker{key: key + "&"}, form: "form", code: []string{"key-ampersand"}},
		{name: "no & behind the key", form: "form&", code: []string{"key-no-ampersand"}},
		{name: "other encoder", make: maker{escape: rfcEscape}, form: "form", code: []string{"encoder"}},
		{name: "other encoder the other way", form: "rfc3986", code: []string{"encoder"}},
		{name: "encoder of Go", make: maker{escape: url.QueryEscape}, code: []string{"encoder"}},
		{name: "hex in small letters", make: maker{escape: func(s string) string {
			return regexp.MustCompile(`%..`).ReplaceAllStringFunc(formEscape(s), strings.ToLower)
		}}, code: []string{"encoder"}},
		{name: "encoded once", make: maker{outer: -1}, code: []string{"encoded-once"}},
		{name: "encoded thrice", make: maker{outer: 1}, code: []string{"encoded-twice"}},
		{name: "values encoded twice", make: maker{inner: 1}, code: []string{"values-encoded-twice"}},
		{name: "values not encoded", make: maker{inner: -1}, code: []string{"values-not-encoded"}},
		{name: "nothing encoded", make: maker{inner: -1, outer: -1}, code: []string{"encoded-once", "values-not-encoded"}},
		{name: "plus became a space", make: maker{signed: map[string]string{"callId": "a+b"}}, sent: map[string]string{"callId": "a b"}, code: []string{"plus-became-space"}},
		{name: "space became a plus", make: maker{signed: map[string]string{"callId": "a b"}}, sent: map[string]string{"callId": "a+b"}, code: []string{"space-became-plus"}},
		{name: "empty ones signed", make: maker{empties: true}, code: []string{"empty-included"}},
		{name: "extra parameter", make: maker{signed: map[string]string{"utm": "-"}}, sent: map[string]string{"utm": "x"}, code: []string{"not-signed"}},
		{name: "two extra parameters", make: maker{signed: map[string]string{"utm": "-", "src": "-"}}, sent: map[string]string{"utm": "x", "src": "y"}, code: []string{"not-signed"}},
		{name: "format lost", make: maker{signed: map[string]string{"format": "JSON"}}, sent: map[string]string{"format": "-"}, code: []string{"lost"}},
		{name: "value changed", make: maker{signed: map[string]string{"callNo": "13800000022"}}, code: []string{"value-changed"}},
		{name: "digit lost", make: maker{signed: map[string]string{"secretNo": "170000000011"}}, code: []string{"value-changed"}},
		{name: "number with country code", make: maker{signed: map[string]string{"callNo": "+8613800000021"}}, code: []string{"number-form"}},
		{name: "not sorted", make: maker{order: unsorted}, code: []string{"not-sorted"}},
		{name: "prefix of POP", make: maker{prefix: "GET&%2F&"}, code: []string{"method-prefix"}},
		{name: "prefix of POP and key with &", make: maker{prefix: "POST&%2F&", key: key + "&"}, form: "form", code: []string{"method-prefix", "key-ampersand"}},
		{name: "SHA-256", make: maker{hash: sha256.New}, code: []string{"hash"}},
		{name: "MD5 of key and text", make: maker{hash: md5.New, plain: true}, code: []string{"hash", "plain-hash"}},
		{name: "hex", make: maker{write: hex.EncodeToString}, code: []string{"hex"}},
		{name: "Base64 of hex", make: maker{write: func(b []byte) string { return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(b))) }}, code: []string{"base64-of-hex"}},
		{name: "URL alphabet", make: maker{write: func(b []byte) string { return base64.URLEncoding.EncodeToString(b) }}, sent: map[string]string{"callId": "u3"}, code: []string{"base64-url"}},
		{name: "no padding", make: maker{write: base64.RawStdEncoding.EncodeToString}, code: []string{"base64-padding"}},
		{name: "key with newline", make: maker{key: key + "\n"}, code: []string{"key-newline"}},
		{name: "key with CR LF", make: maker{key: key + "\r\n"}, code: []string{"key-newline"}},
		{name: "key with BOM", make: maker{key: "\ufeff" + key}, code: []string{"key-bom"}},
		{name: "key with space", make: maker{key: key + " "}, code: []string{"key-space"}},
		{name: "names in POP's case", make: maker{names: func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }}, code: []string{"names-case"}},
		{name: "local timestamp", sent: map[string]string{"timestamp": "2026-03-04T13:06:07Z"}, code: []string{"timestamp-local"}},
		{name: "signed in local time, sent in UTC", make: maker{signed: map[string]string{"timestamp": "2026-03-04T13:06:07Z"}}, code: []string{"timestamp-local"}},
		{name: "other form of timestamp", sent: map[string]string{"timestamp": "2026-03-04 05:06:07"}, code: []string{"timestamp-form"}},
		{name: "timestamp with offset", sent: map[string]string{"timestamp": "2026-03-04T13:06:07+08:00"}, code: []string{"timestamp-form"}},
		{name: "signed another form of timestamp", make: maker{signed: map[string]string{"timestamp": "20260304130607"}}, code: []string{"timestamp-form"}},
		{name: "no timestamp at all", sent: map[string]string{"timestamp": "now"}, code: []string{"timestamp-form"}},
		{name: "fast clock", sent: map[string]string{"timestamp": "2026-03-04T05:16:10Z"}, code: []string{"clock"}},
		{name: "slow clock", sent: map[string]string{"timestamp": "2026-03-04T04:56:10Z"}, code: []string{"clock"}},
		{name: "no nonce", sent: map[string]string{"signatureNonce": "-"}, code: []string{"missing"}},
		{name: "other method named", sent: map[string]string{"signatureMethod": "HMAC-SHA256"}, code: []string{"constant"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			params := voice()
			for name, value := range c.sent {
				params[name] = value
				if value == "-" {
					delete(params, name)
				}
			}
			digest := c.make.sign(params)
			q := question(address(params, "signature", digest))
			q.Form = c.form
			rep := answered(t, explain.Aliyun, q)
			if accepted := verifies(t, c.form, params, digest); accepted != rep.Matches {
				t.Errorf("an endpoint accepts it: %v, explained as %v", accepted, rep.Matches)
			}
			is(t, rep, c.code...)
		})
	}
}

// verifies asks what an endpoint would ask.
func verifies(t *testing.T, form signature.Form, params map[string]string, digest string) bool {
	t.Helper()
	v, err := signature.NewVerifier([]string{key}, form)
	if err != nil {
		t.Fatal(err)
	}
	var list []signature.Param
	for name, value := range params {
		list = append(list, signature.Param{Name: name, Value: value})
	}
	_, err = v.Verify(list, digest)
	return err == nil
}

func TestAliyunSignatureOnItsWay(t *testing.T) {
	params := voice()
	digest := maker{}.sign(params)
	for !strings.Contains(digest, "+") || strings.Contains(digest, "/") {
		params["callId"] += "x"
		digest = maker{}.sign(params)
	}
	plain := address(params, "signature", "")
	for name, c := range map[string]struct {
		sent string
		code []string
	}{
		"encoded":          {sent: url.QueryEscape(digest)},
		"not encoded":      {sent: digest},
		"encoded twice":    {sent: url.QueryEscape(url.QueryEscape(digest))},
		"encoded thrice":   {sent: url.QueryEscape(url.QueryEscape(url.QueryEscape(digest))), code: []string{"signature-encoded"}},
		"with a newline":   {sent: url.QueryEscape(digest + "\n"), code: []string{"signature-newline"}},
		"a character else": {sent: url.QueryEscape("A" + digest[1:]), code: []string{"signature-changed"}},
		"small letters":    {sent: url.QueryEscape(strings.ToLower(digest)), code: []string{"base64-tail", "signature-case"}},
		"cut":              {sent: url.QueryEscape(digest[:20]), code: []string{"no-digest", "signature-cut"}},
		"none":             {sent: "none", code: []string{"no-digest"}},
	} {
		t.Run(name, func(t *testing.T) {
			is(t, answered(t, explain.Aliyun, question(plain+c.sent)), c.code...)
		})
	}
}

func TestAliyunParametersInTheBody(t *testing.T) {
	params := voice()
	digest := maker{}.sign(params)
	_, form, _ := strings.Cut(address(params, "signature", digest), "?")
	params["signature"] = digest
	object, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{form, string(object), "\ufeff" + string(object)} {
		q := question("https://endpoint.example/x")
		q.Message.Body = []byte(body)
		is(t, answered(t, explain.Aliyun, q))
	}
	params["signature"] = url.QueryEscape(digest) // the platform encodes it once itself
	object, _ = json.Marshal(params)
	q := question("")
	q.Message.Body = object
	is(t, answered(t, explain.Aliyun, q))
}

func TestAliyunOnlyOnePlaceSigned(t *testing.T) {
	q := question(address(voice(), "signature", maker{}.sign(voice())))
	q.Message.Body = []byte("a=1&b=2&c=3")
	rep := answered(t, explain.Aliyun, q)
	if rep.OK || rep.Mistakes[0].Code != "not-signed" && rep.Mistakes[0].Code != "one-place" {
		t.Error(rep.Conclusion)
	}
}

func TestAliyunSignatureInAnotherCase(t *testing.T) {
	is(t, answered(t, explain.Aliyun, question(address(voice(), "Signature", maker{}.sign(voice())))), "names")
}

func TestAliyunOfAnotherKeySaysSo(t *testing.T) {
	rep := answered(t, explain.Aliyun, question(address(voice(), "signature", maker{key: "somebody-elses"}.sign(voice()))))
	if rep.OK || rep.Key != 0 || len(rep.Mistakes) != 0 || !strings.Contains(rep.Conclusion, "another key") {
		t.Errorf("%+v", rep)
	}
}

func TestAliyunHidesAKeyThatWasSentAlong(t *testing.T) {
	params := voice()
	params["secret"] = key
	rep := answered(t, explain.Aliyun, question(address(params, "signature", maker{}.sign(params))))
	is(t, rep)
}

func TestAliyunRefusesWhatCannotBeRead(t *testing.T) {
	good := address(voice(), "signature", maker{}.sign(voice()))
	for name, c := range map[string]struct {
		q    explain.Question
		want error
		says string
	}{
		"no URL":       {q: question("nonsense"), want: explain.ErrURL},
		"no signature": {q: question("https://x/y?a=1"), want: explain.ErrNoSignature},
		"unquoted":     {q: question("https://x/y?a=1"), says: "no signature: the message has no parameter of that name (signature): only one parameter came; in a shell the URL needs quotation marks around it, since & ends a command"},
		"receipt":      {q: question("https://x/aliyun/receipts/t/SecretReport?a=1&b=2"), says: "no signature: the message has no parameter of that name (signature): receipts are not signed, their address is the secret"},
		"behind JSON":  {q: explain.Question{Message: explain.Message{Body: []byte(`{"a":1}x`)}, Keys: []string{key}}, says: "the body has something behind the JSON object"},
		"no parameter": {q: question("https://x/y"), want: explain.ErrParams},
		"nothing":      {q: question(""), want: explain.ErrParams},
		"too many":     {q: question("https://x/y?" + strings.Repeat("a=1&", 5000)), want: explain.ErrTooMany},
		"10 MiB":       {q: explain.Question{Message: explain.Message{Body: make([]byte, 10<<20)}, Keys: []string{key}}, want: explain.ErrTooLarge},
		"packed":       {q: explain.Question{Message: explain.Message{Body: []byte("\x1f\x8b\b\x00\x00")}, Keys: []string{key}}, want: explain.ErrPacked},
		"no key":       {q: explain.Question{Message: explain.Message{URL: good}, Keys: []string{" \ufeff\n"}}, want: explain.ErrNoKey},
		"many keys":    {q: explain.Question{Message: explain.Message{URL: good}, Keys: slices.Repeat([]string{"k"}, 17)}, want: explain.ErrTooManyKeys},
		"twice":        {q: question(good + "&callNo=1"), says: `the query string: parameter "callNo" occurs twice: nobody can say which one was signed`},
		"bad escape":   {q: question(good + "&x=%zz"), says: `the query string: parameter "x" has a % that begins no percent-encoding`},
		"broken line":  {q: question(good + " \n&x=1"), says: "the URL has white space in it: was it broken over lines?"},
		"no UTF-8":     {q: question(good + "&x=%ff"), says: `the query string: parameter "x" is not UTF-8`},
		"broken JSON":  {q: explain.Question{Message: explain.Message{Body: []byte(`{"a":`)}, Keys: []string{key}}, says: "the body begins like JSON and is none"},
		"nested JSON":  {q: explain.Question{Message: explain.Message{Body: []byte(`{"a":{}}`)}, Keys: []string{key}}, says: `the body: parameter "a" holds an object or a list: a query is flat`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := explain.Aliyun(c.q)
			if err == nil || c.want != nil && !errors.Is(err, c.want) || c.says != "" && err.Error() != c.says {
				t.Errorf("%v, want %v%s", err, c.want, c.says)
			}
		})
	}
}
