package signature_test

import (
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"xmode/signature"
)

// split makes parameters of fuzzed text: names and values alternate between
// NUL bytes.
func split(text string) []signature.Param {
	var params []signature.Param
	fields := strings.Split(text, "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		params = append(params, signature.Param{Name: fields[i], Value: fields[i+1]})
	}
	return params
}

func seed(f *testing.F) {
	f.Add("b\x002\x00a\x001", "GXBZHCwHLaUwTjSOJ5guB3+299k=", "k")
	f.Add("a\x00 *~%+&=\x00\xff\xfe\x00é密\x00a\x00b\x00a\x00a", "GXBZHCwHLaUwTjSOJ5guB3%2B299k%3D", "k&")
	for _, v := range vectors(f) {
		var fields []string
		for _, p := range paramsOf(v.Params) {
			fields = append(fields, p.Name, p.Value)
		}
		f.Add(strings.Join(fields, "\x00"), v.OnTheWire, v.Key)
	}
}

func FuzzCanonical(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text, _, _ string) {
		for _, e := range []signature.Encoder{signature.FormEncoder, signature.RFC3986Encoder} {
			params := split(text)
			want := naiveQuery(params, e)
			signature.Sort(params)
			if got := string(signature.AppendQuery(nil, params, e)); got != want {
				t.Errorf("query\n got %q\nwant %q", got, want)
			}
			want = naiveEscape(want, e)
			if got := string(signature.AppendStringToSign([]byte("x"), params, e)); got != "x"+want {
				t.Errorf("string to sign\n got %q\nwant %q", got, want)
			}
		}
	})
}

func FuzzVerify(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text, received, key string) {
		v, err := signature.NewVerifier([]string{"first", key}, "")
		if err != nil {
			t.Skip("no usable key")
		}
		accepts(t, v, split(text), key)

		params := split(text)
		m, err := v.Verify(slices.Clone(params), received)
		if m.HMACs > 8 {
			t.Errorf("%d HMACs for two keys", m.HMACs)
		}
		switch mac, ok := naiveDecode(received); {
		case !ok && (!errors.Is(err, signature.ErrMalformed) || m.HMACs != 0):
			t.Errorf("no 20 bytes, but %v after %d HMACs", err, m.HMACs)
		case ok && slices.Contains(naiveSignatures(params, "first", key), mac) != (err == nil):
			t.Errorf("%q: %v, and the naive implementation disagrees", received, err)
		}
	})
}

// accepts asserts that what the naive implementation signs is accepted.
func accepts(t *testing.T, v *signature.Verifier, params []signature.Param, key string) {
	t.Helper()
	for _, good := range naiveSignatures(params, key) {
		received := base64.StdEncoding.EncodeToString([]byte(good))
		if _, err := v.Verify(slices.Clone(params), received); err != nil {
			t.Errorf("refuses a good signature: %v", err)
		}
	}
}

// naiveSignatures returns all signatures that are acceptable, as bytes.
func naiveSignatures(params []signature.Param, keys ...string) []string {
	var all []string
	for _, key := range keys {
		for _, e := range []signature.Encoder{signature.FormEncoder, signature.RFC3986Encoder} {
			for _, suffix := range []string{"", "&"} {
				mac, _ := base64.StdEncoding.DecodeString(naiveSign(params, key+suffix, e))
				all = append(all, string(mac))
			}
		}
	}
	return all
}

// naiveDecode undoes the transports by replacing, and the Base64 by encoding
// back.
func naiveDecode(received string) (string, bool) {
	text := received
	if strings.Contains(text, "%") {
		var ok bool
		if text, ok = naiveUnescape(text); !ok {
			return "", false
		}
	} else {
		text = strings.ReplaceAll(text, " ", "+")
	}
	mac, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(mac) != 20 || base64.StdEncoding.EncodeToString(mac) != text {
		return "", false
	}
	return string(mac), true
}

// naiveUnescape keeps "+" and takes a space for one, but not an encoded space.
func naiveUnescape(s string) (string, bool) {
	if strings.Contains(s, "%20") {
		return "", false
	}
	s, err := url.PathUnescape(strings.ReplaceAll(s, " ", "+"))
	return s, err == nil
}
