package signature

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
)

// POP signs a request to an API of Alibaba Cloud by version 1.0 of its scheme
// and returns the signature in Base64, not percent-encoded:
//
//	Base64( HMAC-SHA1( secret + "&", method + "&%2F&" + E(query of the sorted params) ) )
//
// with E the encoder of RFC 3986. Every parameter that is sent counts, one without
// a value as "name=": so do the platform's own SDKs. The params are sorted in
// place; the one named Signature does not belong to them.
//
// https://help.aliyun.com/document_detail/315526.html
func POP(secret, method string, params []Param) string {
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write(POPStringToSign(method, params))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// POPStringToSign is what the HMAC of [POP] is taken of. The params are sorted
// in place.
func POPStringToSign(method string, params []Param) []byte {
	Sort(params)
	text, m := []byte(method+"&%2F&"), twice()
	for i, p := range params {
		if i > 0 {
			text = append(text, m.ampersand...)
		}
		text, _ = appendText(text, p.Name, RFC3986Encoder, m)
		text = append(text, m.equals...)
		text, _ = appendText(text, p.Value, RFC3986Encoder, m)
	}
	return text
}
