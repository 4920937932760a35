package signature_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"xmode/fixtures"
	"xmode/signature"
)

func popVectors(t testing.TB) []fixtures.POPVector {
	t.Helper()
	list, err := fixtures.POPVectors()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPOPVectors(t *testing.T) {
	for _, v := range popVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			if got := string(signature.POPStringToSign(v.Method, paramsOf(v.Params))); got != v.StringToSign {
				t.Errorf("string to sign\n got %s\nwant %s", got, v.StringToSign)
			}
			if got := signature.POP(v.AccessKeySecret, v.Method, paramsOf(v.Params)); got != v.Signature {
				t.Errorf("got %s, want %s", got, v.Signature)
			}
		})
	}
}

func TestPOPSignsMethodSecretNamesAndValues(t *testing.T) {
	params := func() []signature.Param { return []signature.Param{{"CallId", "abc^1 *~"}, {"Action", "Q"}} }
	good := signature.POP("s", "GET", params())
	for name, other := range map[string]string{
		"method":      signature.POP("s", "POST", params()),
		"secret":      signature.POP("S", "GET", params()),
		"end of key":  signature.POP("s&", "GET", params()),
		"value":       signature.POP("s", "GET", []signature.Param{{"CallId", "abc^1 *-"}, {"Action", "Q"}}),
		"name":        signature.POP("s", "GET", []signature.Param{{"CallID", "abc^1 *~"}, {"Action", "Q"}}),
		"one less":    signature.POP("s", "GET", params()[:1]),
		"hidden pair": signature.POP("s", "GET", []signature.Param{{"Action", "Q&CallId=abc^1 *~"}}),
	} {
		if other == good {
			t.Errorf("another %s gives the same signature", name)
		}
	}
	reversed := params()
	slices.Reverse(reversed)
	if other := signature.POP("s", "GET", reversed); other != good {
		t.Error("the order in which the parameters come matters")
	}
}

func TestPOPSignsParametersWithoutAValue(t *testing.T) {
	params := []signature.Param{{"SignatureType", ""}, {"Action", "Q"}, {"PoolKey", ""}}
	const want = "GET&%2F&Action%3DQ%26PoolKey%3D%26SignatureType%3D"
	if got := string(signature.POPStringToSign("GET", params)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// naivePOP is the second implementation, as the platform's page tells it to
// users of Java: the form encoder, and three replacements behind it.
func naivePOP(secret, method string, params []signature.Param) (toSign, signed string) {
	escape := func(s string) string {
		form := naiveEscape(s, signature.FormEncoder)
		return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(form)
	}
	values := url.Values{}
	for _, p := range params {
		values.Add(p.Name, p.Value)
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range slices.Sorted(slices.Values(values[name])) {
			pairs = append(pairs, escape(name)+"="+escape(value))
		}
	}
	toSign = method + "&" + escape("/") + "&" + escape(strings.Join(pairs, "&"))
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(toSign))
	return toSign, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func FuzzPOP(f *testing.F) {
	f.Add("GET", "secret", "b\x002\x00a\x001\x00a\x000\x00\x00nameless\x00empty\x00")
	f.Add("POST", "密钥", "CallId\x00112633^104922\x00x y*z~+\x00é密\xff%2A%7E%20+*~")
	for _, v := range popVectors(f) {
		var fields []string
		for _, p := range paramsOf(v.Params) {
			fields = append(fields, p.Name, p.Value)
		}
		f.Add(v.Method, v.AccessKeySecret, strings.Join(fields, "\x00"))
	}
	f.Fuzz(func(t *testing.T, method, secret, text string) {
		toSign, signed := naivePOP(secret, method, split(text))
		if got := string(signature.POPStringToSign(method, split(text))); got != toSign {
			t.Errorf("string to sign\n got %q\nwant %q", got, toSign)
		}
		if got := signature.POP(secret, method, split(text)); got != signed {
			t.Errorf("got %s, want %s", got, signed)
		}
	})
}
