package clauses

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"xmode/platform/huawei/sim"
	"xmode/signature"
	"xmode/simulator/conform"
)

// fields are those of a JSON object.
type fields map[string]any

// with returns a copy with a field set, or without it where the value is nil.
func (f fields) with(name string, value any) fields {
	f = maps.Clone(f)
	f[name] = value
	if value == nil {
		delete(f, name)
	}
	return f
}

// text writes a body.
func text(v any) string {
	body, err := json.Marshal(v)
	if err != nil {
		return "{}" // plain values cannot fail
	}
	return string(body)
}

// token is what the headers of a push say. A field may be changed before they are
// written, some after the digest was made.
type token struct {
	scheme                         signature.TokenScheme
	user, nonce, created, digest   string
	comma                          string
	realm, profile, kind           string
	authorization, header, tokenIs string // whole headers and their names, where they are changed
}

// stampForm is how Created is written.
const stampForm = "2006-01-02T15:04:05Z"

// token is a new one of the app, in the scheme of the settings.
func (t *trial) token() token {
	return t.tokenOf(t.c.Scheme, t.c.AppKey, t.c.AppSecret, sim.RandomNonce(), t.c.Now().UTC().Format(stampForm))
}

func (t *trial) tokenOf(scheme signature.TokenScheme, user, secret, nonce, created string) token {
	return token{
		scheme: scheme, user: user, nonce: nonce, created: created, digest: scheme.Digest(secret, nonce, created),
		comma: ",", realm: "SDP", profile: "UsernameToken", kind: "Appkey",
	}
}

// stamped is a token signed at an instant so far from now.
func (t *trial) stamped(off time.Duration) token {
	return t.tokenOf(t.c.Scheme, t.c.AppKey, t.c.AppSecret, sim.RandomNonce(), t.c.Now().Add(off).UTC().Format(stampForm))
}

// headers writes the headers of a push. What is empty is left out.
func (k token) headers() http.Header {
	word, name := "AKSK", "X-AKSK"
	if k.scheme == signature.WSSE {
		word, name = "WSSE", "X-WSSE"
	}
	h := http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
	profile := k.parts(word, [][2]string{{"realm", k.realm}, {"profile", k.profile}, {"type", k.kind}})
	proof := k.parts("UsernameToken", [][2]string{{"Username", k.user}, {"PasswordDigest", k.digest}, {"Nonce", k.nonce}, {"Created", k.created}})
	if k.authorization != "-" {
		h[or(k.authorization, "Authorization")] = []string{profile}
	}
	if k.header != "-" {
		h[or(k.header, name)] = []string{or(k.tokenIs, proof)}
	}
	return h
}

// parts joins name="value" behind a word.
func (k token) parts(word string, pairs [][2]string) string {
	out, comma := word, " "
	for _, p := range pairs {
		if p[1] != "" {
			out += comma + p[0] + `="` + p[1] + `"`
			comma = k.comma
		}
	}
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// post sends a body to an address under a token.
func (t *trial) post(ctx context.Context, what, address string, k token, body string) conform.Exchange {
	return t.c.Sender.Send(ctx, conform.Message{What: what, Method: http.MethodPost, URL: address, Header: k.headers(), Body: body})
}

// callin is the question of a call that comes in.
func (t *trial) callin(x, caller string) fields {
	return fields{
		"sessionId": t.id(), "timestamp": t.c.Now().UTC().Format("2006-01-02 15:04:05"), "caller": caller, "called": x, "notifyMode": "Block",
	}
}

// event wraps a statusInfo.
func event(kind string, info fields) string {
	return text(fields{"eventType": kind, "statusInfo": info})
}

// any is a question that every endpoint answers, one way or the other.
func (t *trial) any() fields { return t.callin(t.anyX(), t.anyCaller()) }

// connecting is a question that has to be answered by connect.
func (t *trial) connecting() fields {
	return t.callin(international(t.c.Facts.ConnectsX), international(t.c.Facts.ConnectsCaller))
}

func (t *trial) rejecting() fields {
	return t.callin(international(t.c.Facts.RejectsX), t.anyCaller())
}

// ask sends a callin under a new token.
func (t *trial) ask(ctx context.Context, what string, info fields) conform.Exchange {
	return t.askUnder(ctx, what, t.token(), info)
}

func (t *trial) askUnder(ctx context.Context, what string, k token, info fields) conform.Exchange {
	return t.post(ctx, what, t.c.Addresses.Status, k, event("callin", info))
}
