package sim

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Signature is the POP v1 signature, HMAC-SHA1, of a request with these
// parameters, of which Signature is left out. It is written anew from the
// platform's documents, so that the one who signs and the one who checks share
// nothing.
func Signature(method string, params url.Values, secret string) string {
	names := make([]string, 0, len(params))
	for name := range params {
		if name != "Signature" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	pairs := make([]string, len(names))
	for i, name := range names {
		pairs[i] = percent(name) + "=" + percent(params.Get(name))
	}
	h := hmac.New(sha1.New, []byte(secret+"&"))
	h.Write([]byte(method + "&" + percent("/") + "&" + percent(strings.Join(pairs, "&"))))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// percent encodes every byte of UTF-8 but letters, digits and "-", "_", ".", "~".
func percent(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("-_.~", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
