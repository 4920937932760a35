package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// verifier checks the sorted-query HMAC-SHA1 signature, first form only.
type verifier struct{ key []byte }

func (v verifier) verify(q url.Values) bool {
	names := make([]string, 0, len(q))
	for name, values := range q {
		if name != "signature" && values[0] != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var canonical strings.Builder
	for i, name := range names {
		if i > 0 {
			canonical.WriteByte('&')
		}
		canonical.WriteString(url.QueryEscape(name))
		canonical.WriteByte('=')
		canonical.WriteString(url.QueryEscape(q.Get(name)))
	}
	mac := hmac.New(sha1.New, v.key)
	mac.Write([]byte(url.QueryEscape(canonical.String())))
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(q.Get("signature")))
}
