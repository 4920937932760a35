package aliyun_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/fixtures"
	"xmode/platform"
	"xmode/signature"
)

func x(t testing.TB, s string) call.Number {
	t.Helper()
	n, err := call.ParseX(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func party(t testing.TB, s string) call.Number {
	t.Helper()
	n, err := call.ParseParty(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestReceiveDecodesWhereverTheParametersStand(t *testing.T) {
	m := sign(query("extension", "801"))
	want := call.Query{
		Platform: "aliyun", Kind: call.Voice, CallID: "112633^104922", Caller: party(t, "13800000021"),
		X: x(t, "17000000001"), Extension: "801", CanAsk: true, At: now,
	}
	half := encode(map[string]string{"callNo": m["callNo"], "signature": m["signature"]})
	rest := without(sign(query("extension", "801")), "callNo", "signature")
	split := func(contentType, body string) platform.Message {
		p := post(contentType, body)
		p.RawQuery = half
		return p
	}
	digests := map[[16]byte]bool{}
	for name, message := range map[string]platform.Message{
		"query string":               get(encode(m)),
		"query string, loose ends":   get("&" + encode(m) + "&&"),
		"form body":                  post(formType, encode(m)),
		"form body, charset":         post("Application/X-WWW-Form-URLencoded; charset=ISO-8859-1", encode(m)),
		"form body without type":     post("", encode(m)),
		"JSON body":                  post(jsonType, toJSON(t, m)),
		"JSON body, charset":         post("application/json;charset=UTF-8", toJSON(t, m)),
		"JSON body without type":     post("", "\r\n\t "+toJSON(t, m)+"\n"),
		"query string and form body": split(formType, encode(rest)),
		"query string and JSON body": split(jsonType, toJSON(t, rest)),
	} {
		t.Run(name, func(t *testing.T) {
			q := accepts(t, message)
			if *q.Query != want {
				t.Errorf("\n got %#v\nwant %#v", *q.Query, want)
			}
			if q.Proof.Nonce != m["signatureNonce"] || !q.Proof.SignedAt.Equal(now.Add(-time.Second)) || q.Proof.Form != "form" {
				t.Errorf("proof %+v", q.Proof)
			}
			digests[q.Proof.Digest] = true
		})
	}
	if len(digests) != 1 {
		t.Errorf("%d digests of one content", len(digests))
	}
}

func TestTypeOfAnEmptyBodySaysNothing(t *testing.T) {
	m := post("text/xml", "")
	m.RawQuery = encode(sign(query()))
	accepts(t, m)
}

func TestReceiveTakesJSONValuesAsWritten(t *testing.T) {
	m := sign(query("callNo", "13800000021", "secretNo", "17000000001", "flag", "true", "off", "false", "n", "-1.50e+3", "extension", ""))
	body := toJSON(t, m)
	for _, r := range [][2]string{
		{`"17000000001"`, `17000000001`}, {`"true"`, `true`}, {`"false"`, `false`}, {`"-1.50e+3"`, `-1.50e+3`},
		{`"extension":""`, `"extension" : null `},
	} {
		if !strings.Contains(body, r[0]) {
			t.Fatalf("%s is not in the body", r[0])
		}
		body = strings.Replace(body, r[0], r[1], 1)
	}
	accepts(t, post(jsonType, body))
}

func TestReceiveDecodesJSONEscapes(t *testing.T) {
	m := sign(query("callId", "a\"\\/\u00e9\u5475\U0001F600b", "extension", "x\b\f\n\r\ty"))
	callID, extension := m["callId"], m["extension"]
	body := strings.TrimSuffix(toJSON(t, without(m, "callId", "extension")), "}") +
		`,"c\u0061llId":"a\"\\\/\u00e9\u5475\uD83D\uDe00b","extension":"x\b\f\n\r\ty"}`
	q := accepts(t, post(jsonType, body))
	if q.Query.CallID != callID || q.Query.Extension != extension {
		t.Errorf("got %q, %q", q.Query.CallID, q.Query.Extension)
	}
}

func TestVectorsAreReceived(t *testing.T) {
	vectors, err := fixtures.AliyunVectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Encoder+"/"+v.Name, func(t *testing.T) {
			s := settings()
			s.Keys = platform.NewSecret("another," + v.Key)
			at, err := signature.ParseTimestamp(v.Params["timestamp"])
			if err != nil {
				t.Fatal(err)
			}
			for name, received := range map[string]string{"": v.Signature, "&": v.WithAmpersandKey, "encoded": v.OnTheWire} {
				m := v.Params
				m["signature"] = received
				q, err := adapter(t, s).Receive(post(jsonType, toJSON(t, m)), at)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if q.Query.CallID != v.Params["callId"] || !q.Proof.SignedAt.Equal(at) {
					t.Errorf("%s: %+v", name, q)
				}
				if wantSuffix := name == "&"; strings.HasSuffix(q.Proof.Form, "&") != wantSuffix {
					t.Errorf("%s: matched as %q", name, q.Proof.Form)
				}
			}
		})
	}
}

func TestSignatureWithPlusOnTheWire(t *testing.T) {
	m := sign(query())
	for i := 0; !strings.Contains(m["signature"], "+"); i++ {
		m = sign(query("signatureNonce", strconv.Itoa(i)))
	}
	received := m["signature"]
	delete(m, "signature")
	accepts(t, get(encode(m)+"&signature="+received)) // not encoded: plus reads as a space
}

func TestReceiveKinds(t *testing.T) {
	for recordType, want := range map[string]call.Kind{
		"CAL": call.Voice, "CALL": call.Voice, "cal": call.Voice, "Call": call.Voice, "SMS": call.SMS, "sms": call.SMS, "sMs": call.SMS,
	} {
		if q := accepts(t, get(encode(sign(query("recordType", recordType))))); q.Query.Kind != want {
			t.Errorf("%s is %s, want %s", recordType, q.Query.Kind, want)
		}
	}
}

func TestWhatNeverRefuses(t *testing.T) {
	for name, m := range map[string]map[string]string{
		"caller missing":                without(query(), "callNo"),
		"caller empty":                  query("callNo", ""),
		"caller withheld":               query("callNo", "anonymous"),
		"caller of letters":             query("callNo", "138ABCDEF21"),
		"caller in full-width digits":   query("callNo", "１３８００００００２１"),
		"caller too long":               query("callNo", strings.Repeat("1", 4000)),
		"extension of letters":          query("extension", "abc"),
		"extension too long":            query("extension", "123456789"),
		"call time 31st of February":    query("callTime", "20260231130607"),
		"call time missing":             without(query(), "callTime"),
		"call time of letters":          query("callTime", "yesterday"),
		"format in small letters":       query("format", "json"),
		"format missing":                without(query(), "format"),
		"format empty":                  query("format", ""),
		"signatureMethod missing":       without(query(), "signatureMethod"),
		"signatureVersion empty":        query("signatureVersion", ""),
		"unknown parameter":             query("vendorKey", "CMCC"),
		"longest nonce":                 query("signatureNonce", strings.Repeat("n", 128)),
		"longest call id":               query("callId", strings.Repeat("c", 256)),
		"X number that is no phone":     query("secretNo", "95013123456"),
		"X number with country code":    query("secretNo", "008617000000001"),
		"timestamp as old as may be":    query("timestamp", "2026-03-04T05:01:08Z"),
		"timestamp as far ahead as may": query("timestamp", "2026-03-04T05:11:08Z"),
	} {
		t.Run(name, func(t *testing.T) { accepts(t, get(encode(sign(m)))) })
	}
	q := accepts(t, get(encode(sign(query("callNo", "138ABCDEF21", "extension", "abc")))))
	if !q.Query.Caller.IsZero() || q.Query.Extension != "abc" {
		t.Errorf("caller %v, extension %q; want unknown and abc", q.Query.Caller, q.Query.Extension)
	}
}
