package huawei

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/signature"
)

// The headers of the signature, as package http files them. The older pair is
// that of the page's edition of 2024-11.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
const (
	headerProfile = "Authorization"
	headerAKSK    = "X-Aksk"
	headerWSSE    = "X-Wsse"
)

// What the Authorization header says, always the same.
const (
	profileRealm = "SDP"
	profileName  = "UsernameToken"
	profileType  = "Appkey"
)

// maxNonce is the longest nonce in bytes.
const maxNonce = 128

// signed is a token whose digest is right.
type signed struct {
	scheme signature.TokenScheme
	token  signature.UsernameToken
}

// authenticate checks the headers and the digest: first what is missing, then
// what is wrong. It looks at no time, since the window depends on the content.
func (a *Adapter) authenticate(h http.Header) (signed, error) {
	var s signed
	scheme, text, err := tokenHeader(h)
	if err != nil {
		return s, err
	}
	token, err := signature.ParseUsernameToken(text)
	if err != nil {
		return s, unauthorized(platform.SignatureInvalid, shown(scheme), faultHeader)
	}
	s = signed{scheme, token}
	if err := s.complete(); err != nil {
		return s, err
	}
	if len(token.Nonce) > maxNonce {
		return s, unauthorized(platform.SignatureInvalid, "Nonce", faultNonce)
	}
	if !profiled(h, scheme) {
		return s, unauthorized(platform.SignatureInvalid, headerProfile, faultProfile+word(scheme))
	}
	switch err := a.verifier.Load().Verify(scheme, token); {
	case errors.Is(err, signature.ErrDigest):
		return s, unauthorized(platform.SignatureInvalid, "PasswordDigest", faultBase64)
	case err != nil:
		return s, unauthorized(platform.SignatureInvalid, "PasswordDigest", faultMismatch)
	}
	return s, nil
}

// tokenHeader finds the one header that holds the token. Two of them could say
// different things, and each be the one that somebody else reads.
func tokenHeader(h http.Header) (scheme signature.TokenScheme, text string, err error) {
	aksk, wsse := h[headerAKSK], h[headerWSSE]
	switch {
	case len(aksk) > 1 || len(wsse) > 1:
		return "", "", unauthorized(platform.SignatureInvalid, "X-AKSK or X-WSSE", faultTwice)
	case len(aksk) == 1 && len(wsse) == 1:
		return "", "", unauthorized(platform.SignatureInvalid, "X-WSSE", faultBoth)
	case len(aksk) == 1 && aksk[0] != "":
		return signature.AKSK, aksk[0], nil
	case len(wsse) == 1 && wsse[0] != "":
		return signature.WSSE, wsse[0], nil
	}
	return "", "", missing(call.FieldErrors{"X-AKSK": faultRequired})
}

// complete refuses a token of which something is missing.
func (s signed) complete() error {
	parts := call.FieldErrors{}
	for _, part := range [...]struct{ name, value string }{
		{"Username", s.token.Username}, {"PasswordDigest", s.token.PasswordDigest},
		{"Nonce", s.token.Nonce}, {"Created", s.token.Created},
	} {
		if part.value == "" {
			parts[part.name] = faultRequired
		}
	}
	if len(parts) > 0 {
		return missing(parts)
	}
	return nil
}

// profiled reports whether the Authorization header is the one that belongs to
// a token of this scheme.
func profiled(h http.Header, scheme signature.TokenScheme) bool {
	values := h[headerProfile]
	if len(values) != 1 {
		return false
	}
	p, err := signature.ParseTokenProfile(values[0])
	return err == nil && p == signature.TokenProfile{Scheme: scheme, Realm: profileRealm, Profile: profileName, Type: profileType}
}

// word is how the Authorization header names a scheme.
func word(s signature.TokenScheme) string {
	if s == signature.WSSE {
		return "WSSE"
	}
	return "AKSK"
}

// shown is the header of a scheme as the platform writes it.
func shown(s signature.TokenScheme) string { return "X-" + word(s) }

// prove checks the time of a message against the window that its content has.
// A digest stands for the body, which the signature does not cover; nor does it
// cover the path, so that a nonce is remembered as long as on any path.
func (a *Adapter) prove(s signed, body []byte, window signature.Window, now time.Time) (platform.Proof, error) {
	signedAt, err := signature.ParseTimestamp(s.token.Created)
	if err != nil {
		return platform.Proof{}, unauthorized(platform.TimestampOutOfRange, "Created", faultCreated)
	}
	if !window.Admits(signedAt, now) {
		return platform.Proof{}, untimely(signedAt.Sub(now))
	}
	sum := sha256.Sum256(body)
	until := a.pushes.Closes(signedAt)
	if last := a.questions.Closes(signedAt); last.After(until) {
		until = last
	}
	return platform.Proof{
		Nonce:    s.token.Username + "/" + s.token.Nonce,
		Digest:   [16]byte(sum[:16]),
		SignedAt: signedAt,
		Until:    until,
		Form:     string(s.scheme),
	}, nil
}
