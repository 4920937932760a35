package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
)

// parameter is one name="value" of the X-AKSK header.
var parameter = regexp.MustCompile(`(\w+)="([^"]*)"`)

// verifier holds the secrets of apps by their keys.
type verifier map[string]string

// verify checks the AKSK digest.
func (v verifier) verify(h http.Header) bool {
	p := make(map[string]string)
	for _, match := range parameter.FindAllStringSubmatch(h.Get("X-AKSK"), -1) {
		p[match[1]] = match[2]
	}
	secret, ok := v[p["Username"]]
	if !ok || h.Get("Authorization") != `AKSK realm="SDP",profile="UsernameToken",type="Appkey"` {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(p["Nonce"] + p["Created"]))
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(p["PasswordDigest"]))
}
