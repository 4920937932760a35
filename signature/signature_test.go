package signature_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"

	"xmode/fixtures"
	"xmode/signature"
)

// paramsOf puts the parameters into an order that is not the signed one.
func paramsOf(m map[string]string) []signature.Param {
	var params []signature.Param
	for name, value := range m {
		params = append(params, signature.Param{Name: name, Value: value})
	}
	signature.Sort(params)
	slices.Reverse(params)
	return params
}

func vectors(t testing.TB) []fixtures.AliyunVector {
	t.Helper()
	list, err := fixtures.AliyunVectors()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// naiveEscape is the second implementation of the encoders, on net/url, which
// differs from Java's form encoder in the star and the tilde.
func naiveEscape(s string, e signature.Encoder) string {
	s = url.QueryEscape(s)
	if e == signature.FormEncoder {
		return strings.NewReplacer("%2A", "*", "~", "%7E").Replace(s)
	}
	return strings.ReplaceAll(s, "+", "%20")
}

// naiveQuery is the second implementation of the sorted query.
func naiveQuery(params []signature.Param, e signature.Encoder) string {
	sorted := slices.Clone(params)
	slices.SortStableFunc(sorted, func(a, b signature.Param) int {
		return slices.Compare([]byte(a.Name+"\x00"+a.Value), []byte(b.Name+"\x00"+b.Value))
	})
	var pairs []string
	for _, p := range sorted {
		if p.Value != "" {
			pairs = append(pairs, naiveEscape(p.Name, e)+"="+naiveEscape(p.Value, e))
		}
	}
	return strings.Join(pairs, "&")
}

// naiveSign is the second implementation of the scheme.
func naiveSign(params []signature.Param, key string, e signature.Encoder) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(naiveEscape(naiveQuery(params, e), e)))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
