package sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"xmode/simulator"
)

// fault is one thing that is wrong with a request to the API.
type fault struct {
	// code is the platform's resultcode; "": it does not mind.
	code string
	// text says what is wrong, without a secret.
	text string
	// auth is set where a key or secret is wrong.
	auth bool
}

// The codes of requests that the platform does not read.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0007_2.html
const (
	codeInvalid = "1010002" // Invalid request.
	codeTime    = "1010013" // Time out limit.
)

// header takes a header apart: its first word, and its values by name, of those
// that are written name="value".
func header(text string) (word string, values map[string]string) {
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	values = map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if len(value) >= 2 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
			values[name] = value[1 : len(value)-1]
		}
	}
	return word, values
}

// profileFaults checks the header Authorization, which is the same in all
// requests.
func profileFaults(r simulator.Request) []fault {
	if len(r.Header.Values("Authorization")) != 1 {
		return []fault{{code: "1023006", text: "Authorization is missing, or there twice"}}
	}
	word, values := header(r.Header.Get("Authorization"))
	var list []fault
	if word != "AKSK" {
		list = append(list, fault{code: "1023006", text: "Authorization does not begin with AKSK"}) // inferred
	}
	for _, want := range []struct{ name, value, missing, wrong string }{
		{"realm", "SDP", "1023007", "1023009"},
		{"profile", "UsernameToken", "1023008", "1023010"},
		{"type", "Appkey", "1023012", "1023011"},
	} {
		switch got, ok := values[want.name]; {
		case !ok:
			list = append(list, fault{code: want.missing, text: "Authorization without " + want.name})
		case got != want.value:
			list = append(list, fault{code: want.wrong, text: "Authorization with another " + want.name + " than " + want.value})
		}
	}
	return list
}

// token is what X-AKSK says.
type token struct{ user, nonce, created, digest string }

// readToken reads the header X-AKSK and lists what it lacks.
func readToken(r simulator.Request) (token, []fault) {
	if len(r.Header.Values("X-AKSK")) != 1 {
		return token{}, []fault{{code: "1023033", text: "X-AKSK is missing, or there twice"}}
	}
	word, values := header(r.Header.Get("X-AKSK"))
	t := token{values["Username"], values["Nonce"], values["Created"], values["PasswordDigest"]}
	var list []fault
	if word != "UsernameToken" {
		list = append(list, fault{code: "1023038", text: "X-AKSK does not begin with UsernameToken"})
	}
	for _, part := range []struct{ value, code, name string }{
		{t.user, "1023034", "Username"}, {t.nonce, "1023035", "Nonce"}, {t.created, "1023036", "Created"}, {t.digest, "1023037", "PasswordDigest"},
	} {
		if part.value == "" {
			list = append(list, fault{code: part.code, text: "X-AKSK without " + part.name})
		}
	}
	return t, list
}

// tokenFaults checks the header X-AKSK. The digest comes before the time, so
// that a clock error is told only to those who have the secret (inferred).
func tokenFaults(r simulator.Request, c Contract) []fault {
	t, list := readToken(r)
	if len(list) > 0 {
		return list
	}
	secret, known := c.Apps[t.user]
	switch {
	case !known:
		list = append(list, fault{code: codeInvalid, text: "unknown app key", auth: true})
	case !hmac.Equal([]byte(digest(secret, t.nonce, t.created)), []byte(t.digest)):
		list = append(list, fault{code: codeInvalid, text: "PasswordDigest is wrong", auth: true})
	}
	if !plainWord(t.nonce) || len(t.nonce) > 128 {
		list = append(list, fault{code: codeInvalid, text: "Nonce is not 1 to 128 letters and digits"})
	}
	created, err := time.Parse("2006-01-02T15:04:05Z", t.created)
	switch {
	case err != nil || len(t.created) != 20: // nor fractions of a second
		list = append(list, fault{code: codeTime, text: "Created is not UTC in the form yyyy-MM-dd'T'HH:mm:ss'Z'"})
	case r.At.Sub(created).Abs() > c.window():
		list = append(list, fault{code: codeTime, text: "Created is off the platform's clock"})
	}
	return list
}

// plainWord reports whether a text is letters and digits, at least one.
func plainWord(text string) bool {
	return text != "" && strings.IndexFunc(text, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}) < 0
}

// digest is the PasswordDigest of the platform's page, written anew so that the
// one who signs and the one who checks share nothing.
func digest(secret, nonce, created string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(nonce + created))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
