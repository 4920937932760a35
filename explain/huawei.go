package explain

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"xmode/signature"
)

// Errors for messages without a token that can be read.
var (
	// ErrNoToken: neither header is there.
	ErrNoToken = errors.New("no signature: the message has neither a header X-AKSK nor X-WSSE")
	// ErrTwoTokens: both are, or one twice.
	ErrTwoTokens = errors.New("two signatures: X-AKSK and X-WSSE occur once in all, not more")
	// ErrTokenSyntax: it has another form.
	ErrTokenSyntax = errors.New(`the header cannot be read: UsernameToken Username="…",PasswordDigest="…",Nonce="…",Created="…" is due`)
	// ErrNoDigest: the token has none.
	ErrNoDigest = errors.New("no signature: PasswordDigest is missing in the header")
)

// Huawei explains a push of Huawei Cloud's callbacks: a username token of the
// scheme AKSK or WSSE. Keys are "appkey:secret" or the secret alone. The usual
// window is five minutes for questions, and 11 hours back for other pushes.
//
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
func Huawei(q Question) (Report, error) {
	keys, err := q.prepare()
	if err != nil {
		return Report{}, err
	}
	rep := Report{Scheme: "huawei"}
	scheme, t, err := rep.readToken(q.Message.Header)
	if err != nil {
		return Report{}, err
	}
	rep.Digest = t.PasswordDigest
	digest := readDigest(t.PasswordDigest, 0)
	if strings.Contains(t.PasswordDigest, " ") {
		digest.mistakes = append(digest.mistakes, Mistake{"digest-space", `the digest has spaces in it, where a "+" was`})
	}
	digest.checkHash(sha256.Size)
	rep.Mistakes = append(rep.Mistakes, digest.mistakes...)
	rep.checkProfile(q.Message.Header, scheme)

	bases := rep.tokenBases(scheme, t, keys)
	f := rep.lookToken(q, digest, t, bases)
	rep.fillToken(bases, f, digest, scheme)
	for _, part := range [][2]string{{"Username", t.Username}, {"Nonce", t.Nonce}, {"Created", t.Created}} {
		if part[1] == "" {
			rep.mistake(codeMissing, "%s is missing", part[0])
		}
	}
	if q.Window == (signature.Window{}) {
		q.Window = pushWindow(q.Message.Body)
	}
	rep.checkClock("Created", t.Created, q.At, q.Window)
	rep.conclude()
	scrub(&rep, secretsOf(keys))
	return rep, nil
}

// readToken reads the header that holds the token.
func (rep *Report) readToken(h http.Header) (signature.TokenScheme, signature.UsernameToken, error) {
	aksk, wsse := h.Values("X-AKSK"), h.Values("X-WSSE")
	var none signature.UsernameToken
	switch {
	case len(aksk)+len(wsse) > 1:
		return "", none, ErrTwoTokens
	case len(aksk)+len(wsse) == 0:
		return "", none, ErrNoToken
	}
	scheme, name, text := signature.AKSK, "X-AKSK", strings.Join(aksk, "")
	if len(wsse) == 1 {
		scheme, name, text = signature.WSSE, "X-WSSE", wsse[0]
	}
	t, err := signature.ParseUsernameToken(text)
	switch {
	case err != nil:
		return "", none, fmt.Errorf("%s: %w", name, ErrTokenSyntax)
	case t.PasswordDigest == "":
		return "", none, ErrNoDigest
	}
	rep.Received = []Field{{"Authorization", "", inHeader}, {"Username", t.Username, name},
		{"Nonce", t.Nonce, name}, {"Created", t.Created, name}, {"PasswordDigest", t.PasswordDigest, name}}
	return scheme, t, nil
}

// checkProfile looks at the header that says how the digest is made.
func (rep *Report) checkProfile(h http.Header, scheme signature.TokenScheme) {
	word := strings.ToUpper(string(scheme))
	due := word + ` realm="SDP",profile="UsernameToken",type="Appkey"`
	values := h.Values("Authorization")
	if len(values) != 1 {
		rep.mistake("authorization", "the header Authorization is missing or there twice: %s is due", due)
		return
	}
	p, err := signature.ParseTokenProfile(values[0])
	switch {
	case err != nil:
		// What it holds may be another system's credential, and is not shown.
		rep.Received[0].Value = "(not of the form that is due)"
		rep.mistake("authorization", "the header Authorization cannot be read: %s is due", due)
	case p.Scheme != scheme:
		rep.mistake("authorization", "the header Authorization says %s beside X-%s: the two schemes are mixed up", strings.ToUpper(string(p.Scheme)), word)
	case p.Realm != "SDP" || p.Profile != "UsernameToken" || p.Type != "Appkey":
		rep.mistake("authorization", "the header Authorization has another realm, profile or type than %s", due)
	}
	if err == nil {
		rep.Received[0].Value = fmt.Sprintf("%s realm=%q,profile=%q,type=%q", strings.ToUpper(string(p.Scheme)), p.Realm, p.Profile, p.Type)
	}
}

// tokenBases are the recipes that are right: the secret of the app, or whatever
// was given without an app key.
func (rep *Report) tokenBases(scheme signature.TokenScheme, t signature.UsernameToken, keys []string) []token {
	var list []token
	named, pairs := false, 0
	for i, key := range keys {
		base := token{nonce: t.Nonce, created: t.Created, secret: key, index: i, scheme: scheme}
		if app, secret, pair := strings.Cut(key, ":"); pair {
			pairs++
			if app == t.Username {
				base.secret, named = secret, true
			} else {
				list = append(list, base)
				base.secret = secret
			}
		}
		list = append(list, base)
	}
	if pairs == len(keys) && !named {
		rep.Notes = append(rep.Notes, fmt.Sprintf("no key was given for the app %q; those given were tried", clip(t.Username)))
	}
	return list
}

func (rep *Report) lookToken(q Question, digest received, t signature.UsernameToken, bases []token) found[token] {
	h := hashOf(len(digest.sum))
	if h == nil {
		return found[token]{}
	}
	hunt := search[token]{
		bases: bases, steps: tokenSteps(q, t), changes: tokenCharacters, left: affordable(q.Effort, string(q.Message.Body)),
		hit: func(r token) bool { return digest.is(r.sum(h)) },
	}
	f := hunt.run()
	rep.Tried = hunt.tried
	return f
}

// fillToken writes down texts and digests.
func (rep *Report) fillToken(bases []token, f found[token], digest received, scheme signature.TokenScheme) {
	rep.Canonical, rep.StringToSign = bases[0].text(), bases[0].shown()
	for _, form := range []signature.TokenScheme{scheme, other(scheme)} {
		for _, b := range bases {
			b.scheme = form
			due := b.sum(sha256.New)
			rep.Expected = append(rep.Expected, Expected{b.index + 1, strings.ToUpper(string(form)), base64Of(due), digest.is(due)})
		}
	}
	if !f.ok {
		rep.damage()
		return
	}
	rep.Key = f.recipe.index + 1
	rep.Mistakes = append(rep.Mistakes, f.mistakes...)
	if rep.Matches = len(f.mistakes)+len(digest.mistakes) == 0; rep.Matches {
		rep.Form = strings.ToUpper(string(scheme))
	}
	if text := f.recipe.shown(); text != rep.StringToSign {
		rep.Signed = text
	}
}

func other(s signature.TokenScheme) signature.TokenScheme {
	if s == signature.AKSK {
		return signature.WSSE
	}
	return signature.AKSK
}

// pushWindow is that of a question, or of any other push: it is not known
// whether one that is repeated hours later is signed anew.
func pushWindow(body []byte) signature.Window {
	var push struct {
		EventType string `json:"eventType"`
		SMSEvent  struct {
			Mode string `json:"notificationMode"`
		} `json:"smsEvent"`
	}
	// What is no JSON is held to the narrow window.
	_ = json.Unmarshal(body, &push)
	question := push.EventType == "" && push.SMSEvent.Mode == "" || push.EventType == "callin" || push.SMSEvent.Mode == "Block"
	if question {
		return minutes(5)
	}
	return signature.Window{Behind: 11 * time.Hour, Ahead: 5 * time.Minute}
}

// secretsOf leaves app keys, which are no secret, out of keys.
func secretsOf(keys []string) []string {
	var secrets []string
	for _, key := range keys {
		secrets = append(secrets, key)
		if _, secret, pair := strings.Cut(key, ":"); pair {
			secrets = append(secrets, secret)
		}
	}
	return secrets
}
