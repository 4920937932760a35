package explain_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"testing"
	"time"

	"xmode/explain"
	"xmode/fixtures"
)

const (
	app     = "app-key-1"
	nonce   = "66C92B11FF8A425FB8D4CCFE0ED9ED1F"
	created = "2026-03-04T05:06:07Z"
)

// push is a request of Huawei Cloud with a digest.
func push(scheme, user, nonce, created, digest string) explain.Question {
	h := http.Header{}
	h.Set("Authorization", scheme+` realm="SDP",profile="UsernameToken",type="Appkey"`)
	h.Set("X-"+scheme, fmt.Sprintf(`UsernameToken Username="%s",PasswordDigest="%s",Nonce="%s",Created="%s"`, user, digest, nonce, created))
	return explain.Question{
		Message: explain.Message{Method: "POST", URL: "https://endpoint.example/huawei/cdrs", Header: h},
		Keys:    []string{app + ":" + key}, At: at,
	}
}

func mac(h func() hash.Hash, key, text string) []byte {
	m := hmac.New(h, []byte(key))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func plain(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func aksk(key, text string) string {
	return base64.StdEncoding.EncodeToString(mac(sha256.New, key, text))
}

func TestHuaweiVectorsAreRight(t *testing.T) {
	vectors, err := fixtures.HuaweiVectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		for scheme, digest := range map[string]string{"AKSK": v.AKSK, "WSSE": v.WSSE} {
			for _, given := range []string{v.AppSecret, v.AppKey + ":" + v.AppSecret} {
				q := push(scheme, v.AppKey, v.Nonce, v.Created, digest)
				q.Keys = []string{"other:another-secret", given}
				q.At, _ = time.Parse(time.RFC3339, v.Created)
				rep, err := explain.Huawei(q)
				if err != nil {
					t.Fatal(err)
				}
				is(t, rep)
				if rep.Form != scheme || rep.Key != 2 || rep.Canonical != v.Nonce+v.Created {
					t.Errorf("%+v", rep)
				}
			}
		}
	}
}

func TestHuaweiNamesEachMistake(t *testing.T) {
	const text = nonce + created
	for _, c := range []struct {
		name, digest    string
		scheme, created string
		code            []string
	}{
		{name: "right", digest: aksk(key, text)},
		{name: "right by WSSE", digest: plain(text + key), scheme: "WSSE"},
		{name: "WSSE's digest under AKSK", digest: plain(text + key), code: []string{"scheme"}},
		{name: "AKSK's digest under WSSE", digest: aksk(key, text), scheme: "WSSE", code: []string{"scheme"}},
		{name: "app key as secret", digest: aksk(app, text), code: []string{"appkey-as-secret"}},
		{name: "app key and secret", digest: aksk(app+":"+key, text), code: []string{"appkey-and-secret"}},
		{name: "created first", digest: aksk(key, created+nonce), code: []string{"order"}},
		{name: "created first in WSSE", digest: plain(created + nonce + key), scheme: "WSSE", code: []string{"order"}},
		{name: "secret first", digest: plain(key + text), scheme: "WSSE", code: []string{"secret-first"}},
		{name: "key and text exchanged", digest: aksk(text, key), code: []string{"hmac-swapped"}},
		{name: "joined by +", digest: aksk(key, nonce+"+"+created), code: []string{"join"}},
		{name: "joined by a newline", digest: aksk(key, nonce+"\n"+created), code: []string{"join"}},
		{name: "echo's newline", digest: aksk(key, text+"\n"), code: []string{"text-newline"}},
		{name: "newline behind the secret", digest: aksk(key+"\n", text), code: []string{"key-newline"}},
		{name: "BOM before the secret", digest: aksk("\ufeff"+key, text), code: []string{"key-bom"}},
		{name: "& behind the secret", digest: aksk(key+"&", text), code: []string{"key-ampersand"}},
		{name: "SHA-1", digest: base64.StdEncoding.EncodeToString(mac(sha1.New, key, text)), code: []string{"hash"}},
		{name: "hex", digest: hex.EncodeToString(mac(sha256.New, key, text)), code: []string{"hex"}},
		{name: "Base64 of hex", digest: base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(mac(sha256.New, key, text)))), code: []string{"base64-of-hex"}},
		{name: "nonce in small letters", digest: aksk(key, strings.ToLower(nonce)+created), code: []string{"nonce-case"}},
		{name: "nonce changed", digest: aksk(key, "7"+text[1:]), code: []string{"value-changed"}},
		{name: "VoiceCall", digest: aksk(key, "https://endpoint.example/huawei/cdrs\n"+nonce+"\n"+created), code: []string{"voicecall"}},
		{name: "VoiceCall in UTC+8", digest: aksk(key, "https://endpoint.example/huawei/cdrs\n"+nonce+"\n2026-03-04T13:06:07Z"), created: "2026-03-04T13:06:07Z", code: []string{"voicecall", "timestamp-local"}},
		{name: "local time", digest: aksk(key, nonce+"2026-03-04T13:06:07Z"), created: "2026-03-04T13:06:07Z", code: []string{"timestamp-local"}},
		{name: "signed in local time", digest: aksk(key, nonce+"2026-03-04T13:06:07Z"), code: []string{"timestamp-local"}},
		{name: "milliseconds", digest: aksk(key, nonce+"2026-03-04T05:06:07.000Z"), created: "2026-03-04T05:06:07.000Z", code: []string{"timestamp-form"}},
		{name: "slow clock", digest: aksk(key, nonce+"2026-03-04T04:06:07Z"), created: "2026-03-04T04:06:07Z", code: []string{"clock"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.scheme == "" {
				c.scheme = "AKSK"
			}
			if c.created == "" {
				c.created = created
			}
			rep := answered(t, explain.Huawei, push(c.scheme, app, nonce, c.created, c.digest))
			holdsNoKey(t, rep, []string{key})
			is(t, rep, c.code...)
		})
	}
}

func TestHuaweiHeaders(t *testing.T) {
	digest := aksk(key, nonce+created)
	token := fmt.Sprintf(`UsernameToken Username="%s", PasswordDigest="%s", Nonce="%s", Created="%s"`, app, digest, nonce, created)
	for name, c := range map[string]struct {
		authorization string
		code          []string
	}{
		"as it should be":      {authorization: `AKSK realm="SDP", profile="UsernameToken", type="Appkey"`},
		"the other scheme":     {authorization: `WSSE realm="SDP",profile="UsernameToken",type="Appkey"`, code: []string{"authorization"}},
		"another realm":        {authorization: `AKSK realm="sdp",profile="UsernameToken",type="Appkey"`, code: []string{"authorization"}},
		"another system's key": {authorization: "Bearer 5ecret5ecret5ecret", code: []string{"authorization"}},
		"none":                 {code: []string{"authorization"}},
	} {
		t.Run(name, func(t *testing.T) {
			q := push("AKSK", app, nonce, created, digest)
			q.Message.Header = http.Header{"X-Aksk": {token}}
			if c.authorization != "" {
				q.Message.Header.Set("authorization", c.authorization)
			}
			rep := answered(t, explain.Huawei, q)
			holdsNoKey(t, rep, []string{"5ecret"})
			is(t, rep, c.code...)
		})
	}
}

func TestHuaweiPushesMayBeOldAndQuestionsNot(t *testing.T) {
	old := "2026-03-03T20:06:07Z"
	for body, code := range map[string][]string{
		`{"eventType":"fee","feeLst":[]}`:               nil,
		`{"smsEvent":{"notificationMode":"Notify"}}`:    nil,
		`{"eventType":"callin","statusInfo":{}}`:        {"clock"},
		`{"smsEvent":{"notificationMode":"Block"}}`:     {"clock"},
		`{"eventType":"fee","feeLst":[],"extra":[1,2]}`: nil,
		"": {"clock"},
	} {
		q := push("AKSK", app, nonce, old, aksk(key, nonce+old))
		q.Message.Body = []byte(body)
		is(t, answered(t, explain.Huawei, q), code...)
	}
}

func TestHuaweiOfAnotherAppSaysSo(t *testing.T) {
	q := push("AKSK", "unknown-app", nonce, created, aksk("x", nonce+created))
	rep := answered(t, explain.Huawei, q)
	if rep.OK || len(rep.Notes) != 1 || rep.Notes[0] != `no key was given for the app "unknown-app"; those given were tried` {
		t.Errorf("%+v", rep)
	}
}

func TestHuaweiRefusesWhatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		header http.Header
		want   error
	}{
		"no header":   {http.Header{}, explain.ErrNoToken},
		"two headers": {http.Header{"X-Aksk": {"a"}, "X-Wsse": {"b"}}, explain.ErrTwoTokens},
		"twice":       {http.Header{"X-Aksk": {"a", "b"}}, explain.ErrTwoTokens},
		"garbage":     {http.Header{"X-Aksk": {"\x00\xff"}}, explain.ErrTokenSyntax},
		"no digest":   {http.Header{"X-Aksk": {`UsernameToken Username="u"`}}, explain.ErrNoDigest},
	} {
		t.Run(name, func(t *testing.T) {
			q := push("AKSK", app, nonce, created, "")
			q.Message.Header = c.header
			if _, err := explain.Huawei(q); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}
