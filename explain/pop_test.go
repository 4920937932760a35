package explain_test

import (
	"errors"
	"testing"
	"time"

	"xmode/explain"
	"xmode/fixtures"
)

func TestPOPVectorsAreRight(t *testing.T) {
	vectors, err := fixtures.POPVectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		for _, method := range []string{v.Method, ""} {
			q := question(address(v.Params, "Signature", v.Signature))
			q.Message.Method, q.Keys = method, []string{v.AccessKeySecret}
			q.At, _ = time.Parse(time.RFC3339, v.Params["Timestamp"])
			rep := answered(t, explain.POP, q)
			is(t, rep)
			if rep.Form != v.Method || method != "" && rep.StringToSign != v.StringToSign {
				t.Errorf("%s: %+v", v.Name, rep)
			}
		}
	}
}

// recordURL are the parameters of a request, one of them empty.
func recordURL() map[string]string {
	return map[string]string{
		"AccessKeyId": "testId", "Action": "QueryRecordFileDownloadUrl", "Version": "2017-05-25", "Format": "JSON", "PoolKey": "FC123456",
		"CallId": "ab^cd 1*", "CallTime": "2026-03-04 13:00:00", "ProductType": "", "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
		"SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "Timestamp": "2026-03-04T05:06:07Z",
	}
}

func TestPOPNamesEachMistake(t *testing.T) {
	const prefix = "GET&%2F&"
	right := maker{key: key + "&", prefix: prefix, escape: rfcEscape, empties: true}
	but := func(change func(*maker)) maker { m := right; change(&m); return m }
	for _, c := range []struct {
		name   string
		make   maker
		method string
		code   []string
	}{
		{name: "right", make: right, method: "GET"},
		{name: "right, method not known", make: right},
		{name: "wrong method", make: right, method: "POST", code: []string{"method"}},
		{name: "no prefix", make: but(func(m *maker) { m.prefix = "" }), method: "GET", code: []string{"prefix-missing"}},
		{name: "path not encoded", make: but(func(m *maker) { m.prefix = "GET&/&" }), method: "GET", code: []string{"prefix-path"}},
		{name: "no & behind the key", make: but(func(m *maker) { m.key = key }), method: "GET", code: []string{"key-no-ampersand"}},
		{name: "form encoder", make: but(func(m *maker) { m.escape = formEscape }), method: "GET", code: []string{"encoder"}},
		{name: "empty ones left out", make: but(func(m *maker) { m.empties = false }), method: "GET", code: []string{"empty-left-out"}},
		{name: "not encoded as a whole", make: but(func(m *maker) { m.outer = -1 }), method: "GET", code: []string{"encoded-once"}},
		{name: "id in place of the secret", make: but(func(m *maker) { m.key = "testId&" }), method: "GET", code: []string{"key-is-parameter"}},
		{name: "the X mode's way", make: maker{escape: rfcEscape, key: key + "&"}, method: "GET", code: []string{"prefix-missing", "empty-left-out"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := question(address(recordURL(), "Signature", c.make.sign(recordURL())))
			q.Message.Method = c.method
			is(t, answered(t, explain.POP, q), c.code...)
		})
	}
}

func TestPOPOfVersion3IsNotExplained(t *testing.T) {
	q := question("https://dyplsapi.aliyuncs.com/?a=1")
	q.Message.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential=testId")
	if _, err := explain.POP(q); !errors.Is(err, explain.ErrVersion3) {
		t.Errorf("%v, want %v", err, explain.ErrVersion3)
	}
}

func TestPOPHidesTheSecurityToken(t *testing.T) {
	params := recordURL()
	params["SecurityToken"] = "CAIS+token/of STS=="
	q := question(address(params, "Signature", maker{key: key + "&", prefix: "GET&%2F&", escape: rfcEscape, empties: true}.sign(params)))
	rep := answered(t, explain.POP, q)
	is(t, rep)
	holdsNoKey(t, rep, []string{params["SecurityToken"], rfcEscape(params["SecurityToken"]), rfcEscape(rfcEscape(params["SecurityToken"]))})
}
