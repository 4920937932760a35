package aliyun_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"xmode/platform"
)

func TestRefusesWhatIsNoQuery(t *testing.T) {
	good := encode(sign(query()))
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "&p%d=", i)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		m       platform.Message
		class   platform.Refused
		code    string
		message string
	}{
		"bad percent-encoding":          {get(good + "&a=%zz"), platform.Malformed, "MalformedBody", "query string: bad percent-encoding"},
		"cut percent-encoding":          {get(good + "&a=%4"), platform.Malformed, "MalformedBody", "query string: bad percent-encoding"},
		"bad percent-encoding in name":  {get(good + "&%=1"), platform.Malformed, "MalformedBody", "query string: bad percent-encoding"},
		"bad percent-encoding in body":  {post(formType, good+"&a=%zz"), platform.Malformed, "MalformedBody", "body: bad percent-encoding"},
		"encoded invalid UTF-8":         {get(good + "&a=%ff"), platform.Malformed, "MalformedBody", "query string: not UTF-8"},
		"raw invalid UTF-8":             {post(formType, good+"&a=\xff"), platform.Malformed, "MalformedBody", "body: not UTF-8"},
		"invalid UTF-8 in a name":       {get(good + "&%c3=1"), platform.Malformed, "MalformedBody", "query string: not UTF-8"},
		"overlong UTF-8":                {get(good + "&a=%c0%80"), platform.Malformed, "MalformedBody", "query string: not UTF-8"},
		"NUL":                           {get(good + "&a=1%00"), platform.Malformed, "MalformedBody", "query string: NUL byte"},
		"NUL in a name":                 {get(good + "&a%00=1"), platform.Malformed, "MalformedBody", "query string: NUL byte"},
		"raw NUL":                       {post(formType, "\x00"+good), platform.Malformed, "MalformedBody", "body: NUL byte"},
		"no name":                       {get(good + "&=1"), platform.Malformed, "MalformedBody", "query string: parameter without a name"},
		"repeated":                      {get(good + "&callId=112633^104922"), platform.Malformed, "InvalidParameter", "callId: repeated"},
		"repeated, empty":               {get(good + "&secretNo="), platform.Malformed, "InvalidParameter", "secretNo: repeated"},
		"repeated, encoded":             {get(good + "&%73ignature=x"), platform.Malformed, "InvalidParameter", "signature: repeated"},
		"repeated, several":             {get(good + "&secretNo&callId&secretNo&zzz&zzz"), platform.Malformed, "InvalidParameter", "callId: repeated; secretNo: repeated; zzz: repeated"},
		"repeated, name like a number":  {get(good + "&13800000021=&13800000021="), platform.Malformed, "InvalidParameter", "a parameter: repeated"},
		"repeated, long name":           {get(good + strings.Repeat("&"+strings.Repeat("n", 33), 2)), platform.Malformed, "InvalidParameter", "a parameter: repeated"},
		"65 parameters":                 {get(good + many(53)), platform.Malformed, "InvalidParameter", "parameters: more than 64"},
		"64 parameters, then malformed": {get(good + many(52) + "&=1"), platform.Malformed, "MalformedBody", "query string: parameter without a name"},
		"query string too long":         {get(good + strings.Repeat("&", 16<<10)), platform.TooLong, "QueryTooLong", "query: longer than 16 KiB"},
		"other content type":            {post("text/plain", good), platform.UnsupportedType, "UnsupportedMediaType", "Content-Type: must be application/x-www-form-urlencoded or application/json"},
		"multipart":                     {post("multipart/form-data; boundary=x", good), platform.UnsupportedType, "UnsupportedMediaType", "Content-Type: must be application/x-www-form-urlencoded or application/json"},
		"XML":                           {post("text/xml; charset=utf-8", "<a/>"), platform.UnsupportedType, "UnsupportedMediaType", "Content-Type: must be application/x-www-form-urlencoded or application/json"},
	} {
		t.Run(name, func(t *testing.T) { refuses(t, c.m, c.class, c.code, c.message) })
	}
	accepts(t, get(encode(sign(query()))+many(52)))
	both := post(formType, "callId=112633%5E104922")
	both.RawQuery = good
	refuses(t, both, platform.Malformed, "InvalidParameter", "callId: repeated")
	both = post(jsonType, `{"callId":null}`)
	both.RawQuery = good
	refuses(t, both, platform.Malformed, "InvalidParameter", "callId: repeated")
	both = post(formType, strings.Repeat("&", 9<<10))
	both.RawQuery = good + strings.Repeat("&", 9<<10)
	refuses(t, both, platform.TooLong, "QueryTooLong", "query: longer than 16 KiB")
}

func TestRefusesJSONThatIsNoFlatObject(t *testing.T) {
	const flat, nested, text, pair = "body: not one flat JSON object", "body: nested JSON", "body: bad JSON string", "body: unpaired surrogate in a JSON string"
	for body, message := range map[string]string{
		` `: flat, `[]`: flat, `"a"`: flat, `null`: flat, `{`: flat, `{"a"`: flat, `{"a":`: flat, `{"a":1`: flat, `{"a":1,`: flat,
		`{"a":1,}`: flat, `{,"a":1}`: flat, `{"a":1 "b":2}`: flat, `{a:1}`: flat, `{'a':1}`: flat, `{"a" 1}`: flat, `{"a":}`: flat,
		`{"a":1}}`: flat, `{"a":1}{"b":2}`: flat, `{"a":1} x`: flat, `{"a":1}` + "\x00": flat, "\ufeff{}": flat,
		`{"a":nul}`: flat, `{"a":True}`: flat, `{"a":NaN}`: flat, `{"a":01}`: flat, `{"a":+1}`: flat, `{"a":1.}`: flat, `{"a":.5}`: flat,
		`{"a":-}`: flat, `{"a":1e}`: flat, `{"a":1e+}`: flat, `{"a":0x10}`: flat, `{"a":1/**/}`: flat, `{"a":1]`: flat,
		`{"a":{}}`: nested, `{"a":[]}`: nested, `{"a":[1]}`: nested, `{"a":` + strings.Repeat("[", 16000) + `}`: nested,
		`{"a":"b}`: text, `{"a":"b\`: text, `{"a":"\x41"}`: text, `{"a":"\u12"}`: text, `{"a":"\u12g4"}`: text, `{"a":"\u+123"}`: text,
		"{\"a\":\"\n\"}": text, "{\"a\\t\":\"\\t\n\"}": text, `{"a":"\`: text, `{"\q":1}`: text,
		`{"a":"\ud83d"}`: pair, `{"a":"\ud83dx"}`: pair, `{"a":"\ude00\ud83d"}`: pair, `{"a":"\ud83d\u0041"}`: pair, `{"\udfff":1}`: pair,
		`{"a":"\u0000"}`: "body: NUL byte", "{\"a\":\"\x00\"}": text, "{\"a\":\"\xff\"}": "body: not UTF-8", "{\"a\":\"\\t\xff\"}": "body: not UTF-8",
		`{"":1}`: "body: parameter without a name",
	} {
		name := body
		if len(name) > 40 {
			name = name[:40]
		}
		t.Run(name, func(t *testing.T) { refuses(t, post(jsonType, body), platform.Malformed, "MalformedBody", message) })
	}
	refuses(t, post(jsonType, `{"callId":"a","callId":"a"}`), platform.Malformed, "InvalidParameter", "callId: repeated")
	refuses(t, post(jsonType, `{"callId":"a","c\u0061llId":null}`), platform.Malformed, "InvalidParameter", "callId: repeated")
	refuses(t, post(jsonType, `{}`), platform.Unauthorized, "SignatureMissing", "signature: required; signatureNonce: required; timestamp: required")
}

func TestRefusesWhatIsNotSigned(t *testing.T) {
	signed := func(changes ...string) map[string]string { return sign(query(changes...)) }
	tampered := func(changes ...string) map[string]string {
		m := signed()
		for i := 0; i < len(changes); i += 2 {
			m[changes[i]] = changes[i+1]
		}
		return m
	}
	for name, c := range map[string]struct {
		params        map[string]string
		code, message string
		off           time.Duration
	}{
		"no signature":            {query(), "SignatureMissing", "signature: required", 0},
		"empty signature":         {tampered("signature", ""), "SignatureMissing", "signature: required", 0},
		"no nonce":                {without(signed(), "signatureNonce"), "SignatureMissing", "signatureNonce: required", 0},
		"empty nonce":             {signed("signatureNonce", ""), "SignatureMissing", "signatureNonce: required", 0},
		"no timestamp":            {without(signed(), "timestamp"), "SignatureMissing", "timestamp: required", 0},
		"empty timestamp":         {signed("timestamp", ""), "SignatureMissing", "timestamp: required", 0},
		"nothing":                 {nil, "SignatureMissing", "signature: required; signatureNonce: required; timestamp: required", 0},
		"other method":            {signed("signatureMethod", "HMAC-SHA256"), "SignatureInvalid", "signatureMethod: must be HMAC-SHA1", 0},
		"method in small letters": {signed("signatureMethod", "hmac-sha1"), "SignatureInvalid", "signatureMethod: must be HMAC-SHA1", 0},
		"other version":           {signed("signatureVersion", "2.0"), "SignatureInvalid", "signatureVersion: must be 1.0", 0},
		"nonce too long":          {signed("signatureNonce", strings.Repeat("n", 129)), "SignatureInvalid", "signatureNonce: longer than 128 bytes", 0},
		"all of these": {signed("signatureMethod", "x", "signatureVersion", "x", "signatureNonce", strings.Repeat("n", 129)), "SignatureInvalid",
			"signatureMethod: must be HMAC-SHA1; signatureNonce: longer than 128 bytes; signatureVersion: must be 1.0", 0},
		"no Base64":             {tampered("signature", "x"), "SignatureInvalid", "signature: must be the Base64 of 20 bytes", 0},
		"line feed in it":       {tampered("signature", signed()["signature"]+"\n"), "SignatureInvalid", "signature: must be the Base64 of 20 bytes", 0},
		"other signature":       {tampered("signature", "GXBZHCwHLaUwTjSOJ5guB3+299k="), "SignatureInvalid", "signature: does not match", 0},
		"caller changed":        {tampered("callNo", "13800000022"), "SignatureInvalid", "signature: does not match", 0},
		"parameter added":       {tampered("extra", "1"), "SignatureInvalid", "signature: does not match", 0},
		"parameter taken away":  {without(signed(), "callTime"), "SignatureInvalid", "signature: does not match", 0},
		"content wrong as well": {tampered("secretNo", "", "callId", ""), "SignatureInvalid", "signature: does not match", 0},
		"local time":            {signed("timestamp", "2026-03-04T13:06:07+08:00"), "TimestampOutOfRange", "timestamp: must be yyyy-MM-ddTHH:mm:ssZ", 0},
		"local time as UTC":     {signed("timestamp", "2026-03-04T13:06:07Z"), "TimestampOutOfRange", "timestamp: outside the accepted time window", 8*time.Hour - time.Second},
		"31st of February":      {signed("timestamp", "2026-02-31T05:06:07Z"), "TimestampOutOfRange", "timestamp: must be yyyy-MM-ddTHH:mm:ssZ", 0},
		"too old":               {signed("timestamp", "2026-03-04T05:01:07Z"), "TimestampOutOfRange", "timestamp: outside the accepted time window", -5*time.Minute - time.Second},
		"too far ahead":         {signed("timestamp", "2026-03-04T05:11:09Z"), "TimestampOutOfRange", "timestamp: outside the accepted time window", 5*time.Minute + time.Second},
		"too old, content wrong": {signed("timestamp", "2026-03-04T05:01:07Z", "callId", ""), "TimestampOutOfRange",
			"timestamp: outside the accepted time window", -5*time.Minute - time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			refusesBy(t, get(encode(c.params)), platform.Refusal{Class: platform.Unauthorized, Code: c.code, Message: c.message, Off: c.off})
		})
	}
}

func TestRefusesContentAndNamesAllOfIt(t *testing.T) {
	for name, c := range map[string]struct {
		params  map[string]string
		message string
	}{
		"X number missing":           {without(query(), "secretNo"), "secretNo: required"},
		"X number empty":             {query("secretNo", ""), "secretNo: required"},
		"X number of letters":        {query("secretNo", "138ABCDEF21"), "secretNo: not a number"},
		"X number full-width":        {query("secretNo", "１７００００００００１"), "secretNo: not a number"},
		"X number with parameters":   {query("secretNo", "17000000001;ext=1"), "secretNo: not a number"},
		"kind missing":               {without(query(), "recordType"), "recordType: required"},
		"kind unknown":               {query("recordType", "MMS"), "recordType: must be CAL, CALL or SMS"},
		"kind with a long s":         {query("recordType", "ſMS"), "recordType: must be CAL, CALL or SMS"},
		"call id missing":            {without(query(), "callId"), "callId: required"},
		"call id too long":           {query("callId", strings.Repeat("c", 257)), "callId: must be 1 to 256 printable bytes"},
		"call id too long in bytes":  {query("callId", strings.Repeat("呼", 86)), "callId: must be 1 to 256 printable bytes"},
		"call id with a line feed":   {query("callId", "a\nb"), "callId: must be 1 to 256 printable bytes"},
		"call id with a C1 control":  {query("callId", "a\u0085b"), "callId: must be 1 to 256 printable bytes"},
		"call id with delete":        {query("callId", "a\x7fb"), "callId: must be 1 to 256 printable bytes"},
		"format XML":                 {query("format", "XML"), "format: must be JSON"},
		"format with a long s":       {query("format", "JſON"), "format: must be JSON"},
		"everything missing":         {without(query(), "secretNo", "recordType", "callId"), "callId: required; recordType: required; secretNo: required"},
		"everything wrong, the rest": {query("secretNo", "x", "recordType", "x", "callId", "\t", "format", "x", "callNo", "x", "extension", "x"), "callId: must be 1 to 256 printable bytes; format: must be JSON; recordType: must be CAL, CALL or SMS; secretNo: not a number"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, get(encode(sign(c.params))), platform.Malformed, "InvalidParameter", c.message)
		})
	}
}
