package explain

import (
	"fmt"
	"iter"
	"net/url"
	"strings"

	"xmode/signature"
)

// tokenSteps are the mistakes in making the digest of a username token.
func tokenSteps(q Question, t signature.UsernameToken) []step[token] {
	list := []step[token]{
		{Mistake{"scheme", "the digest is that of WSSE, SHA-256 over nonce, created and secret, not that of AKSK"}, "scheme", func(t token) token { t.scheme = signature.WSSE; return t }},
		{Mistake{"scheme", "the digest is that of AKSK, HMAC-SHA256 under the secret, not that of WSSE"}, "scheme", func(t token) token { t.scheme = signature.AKSK; return t }},
		{Mistake{"secret-first", "the secret stands before nonce and created, and it is a plain hash"}, "scheme", func(t token) token { t.scheme, t.first = signature.WSSE, true; return t }},
		{Mistake{"hmac-swapped", "key and text of the HMAC are exchanged: the secret was digested under nonce and created"}, "scheme", func(t token) token { t.scheme, t.inverted = signature.AKSK, true; return t }},
		{Mistake{"order", "created stands before nonce"}, "order", func(t token) token { t.swapped = true; return t }},
		{Mistake{"appkey-as-secret", "the app key was taken for the secret (exchanged?)"}, "key", func(r token) token { r.secret = t.Username; return r }},
		{Mistake{"appkey-and-secret", "the secret was taken together with the app key, as appkey:secret"}, "key", func(r token) token { r.secret = t.Username + ":" + r.secret; return r }},
		{Mistake{"key-ampersand", `it was signed with the secret and "&"`}, "key", func(t token) token { t.secret += "&"; return t }},
		{Mistake{"nonce-base64", "the nonce was decoded from Base64 before it was digested"}, "nonce", func(t token) token { t.nonce = unbase64(t.nonce); return t }},
		{Mistake{"nonce-case", "the nonce was digested in capitals"}, "nonce", func(t token) token { t.nonce = strings.ToUpper(t.nonce); return t }},
		{Mistake{"nonce-case", "the nonce was digested in small letters"}, "nonce", func(t token) token { t.nonce = strings.ToLower(t.nonce); return t }},
		{Mistake{"username", "the app key was digested too, before the nonce"}, "lead", func(r token) token { r.lead = t.Username; return r }},
		{Mistake{"text-newline", "the text to sign ends in a newline (as echo writes it)"}, "tail", func(t token) token { t.tail = "\n"; return t }},
	}
	if len(q.Message.Body) > 0 {
		list = append(list, step[token]{Mistake{"body", "the body was digested too, behind created"}, "tail", func(t token) token { t.tail = string(q.Message.Body); return t }})
	}
	for _, j := range []struct{ text, name string }{{"+", `a "+"`}, {"\n", "a newline"}, {" ", "a space"}, {"&", `an "&"`}, {":", "a colon"}, {",", "a comma"}, {"\r\n", "CR LF"}} {
		list = append(list, step[token]{Mistake{"join", "nonce and created are joined with " + j.name + " between them"}, "join", func(t token) token { t.join = j.text; return t }})
	}
	for _, k := range keyMistakes() {
		list = append(list, step[token]{k.Mistake, "key", func(t token) token { t.secret = k.change(t.secret); return t }})
	}
	for _, v := range variants(t.Created) {
		list = append(list, step[token]{v.Mistake, "created", func(t token) token { t.created = v.change(""); return t }})
	}
	return append(list, voiceSteps(q.Message.URL)...)
}

// voiceSteps are the scheme of VoiceCall, whose text begins with the address.
func voiceSteps(address string) []step[token] {
	if address == "" {
		return nil
	}
	tried := []string{address}
	if u, err := url.Parse(address); err == nil {
		tried = append(tried, u.RequestURI(), u.Path, u.Scheme+"://"+u.Host+u.Path)
	}
	var list []step[token]
	for _, text := range tried {
		m := Mistake{"voicecall", `the digest is that of VoiceCall: HMAC over url, nonce and timestamp with newlines between them`}
		list = append(list, step[token]{m, "join", func(t token) token {
			t.scheme, t.lead, t.join = signature.AKSK, text+"\n", "\n"
			return t
		}})
	}
	return list
}

// tokenCharacters changes one character of nonce or created.
func tokenCharacters(t token) iter.Seq[step[token]] {
	return func(yield func(step[token]) bool) {
		for other := range nearby(t.nonce) {
			m := Mistake{"value-changed", fmt.Sprintf("Nonce was digested as %q and arrived as %q", other, t.nonce)}
			if !yield(step[token]{m, "nonce", func(t token) token { t.nonce = other; return t }}) {
				return
			}
		}
		for other := range nearby(t.created) {
			m := Mistake{"value-changed", fmt.Sprintf("Created was digested as %q and arrived as %q", other, t.created)}
			if !yield(step[token]{m, "created", func(t token) token { t.created = other; return t }}) {
				return
			}
		}
	}
}
