package signature

import (
	"errors"
	"strings"
)

// Limits of the header values that carry a token.
const (
	maxTokenHeader     = 1024
	maxTokenParameters = 16
)

// ErrTokenHeader: the text is no header value of the form
// `Scheme name="value", name="value"`.
var ErrTokenHeader = errors.New(`must be of the form Scheme name="value", name="value"`)

// UsernameToken is what a sender shows in place of a password. A parameter that
// is absent is empty.
type UsernameToken struct {
	Username       string
	PasswordDigest string
	Nonce          string
	Created        string
}

// ParseUsernameToken reads
//
//	UsernameToken Username="…", PasswordDigest="…", Nonce="…", Created="…"
//
// White space around the commas is optional, names are taken in any case of
// letters and any order, unknown ones do not matter. The error is
// [ErrTokenHeader]: for bad syntax, a parameter that occurs twice, more than
// 16 parameters or 1024 bytes.
func ParseUsernameToken(header string) (UsernameToken, error) {
	var t UsernameToken
	known := [...]parameter{
		{name: "username", value: &t.Username},
		{name: "passworddigest", value: &t.PasswordDigest},
		{name: "nonce", value: &t.Nonce},
		{name: "created", value: &t.Created},
	}
	scheme, ok := parseHeader(header, known[:])
	if !ok || !foldsTo(scheme, "usernametoken") {
		return UsernameToken{}, ErrTokenHeader
	}
	return t, nil
}

// TokenProfile is what an Authorization header says about the token that comes
// in a header of its own.
type TokenProfile struct {
	// Scheme says how the digest is made.
	Scheme TokenScheme
	// Realm, Profile and Type as they are written; empty: absent.
	Realm, Profile, Type string
}

// ParseTokenProfile reads
//
//	AKSK realm="…", profile="…", type="…"
//
// or the same with WSSE, as leniently as [ParseUsernameToken]. The error is
// [ErrTokenHeader].
func ParseTokenProfile(header string) (TokenProfile, error) {
	var p TokenProfile
	known := [...]parameter{
		{name: "realm", value: &p.Realm},
		{name: "profile", value: &p.Profile},
		{name: "type", value: &p.Type},
	}
	scheme, ok := parseHeader(header, known[:])
	switch {
	case ok && foldsTo(scheme, string(AKSK)):
		p.Scheme = AKSK
	case ok && foldsTo(scheme, string(WSSE)):
		p.Scheme = WSSE
	default:
		return TokenProfile{}, ErrTokenHeader
	}
	return p, nil
}

// parameter is one that a parser wants, its name in small letters.
type parameter struct {
	name  string
	value *string
	seen  bool
}

// parseHeader reads the scheme and the parameters. What it returns are parts of
// the text: garbage costs no memory.
func parseHeader(text string, known []parameter) (scheme string, ok bool) {
	if len(text) > maxTokenHeader {
		return "", false
	}
	scheme, rest, _ := strings.Cut(trimBlanks(text), " ")
	if rest = trimBlanks(rest); rest == "" {
		return scheme, true
	}
	for range maxTokenParameters {
		name, value, after, ok := cutParameter(rest)
		if !ok || !file(known, name, value) {
			return "", false
		}
		if after = trimBlanks(after); after == "" {
			return scheme, true
		}
		if after[0] != ',' {
			return "", false
		}
		rest = trimBlanks(after[1:])
	}
	return "", false
}

// cutParameter cuts name="value" off the front. A value has no escapes, since
// senders and readers differ in them.
func cutParameter(s string) (name, value, after string, ok bool) {
	name, rest, ok := strings.Cut(s, `="`)
	if !ok || !word(name) {
		return "", "", "", false
	}
	value, after, ok = strings.Cut(rest, `"`)
	if !ok || !quotable(value) {
		return "", "", "", false
	}
	return name, value, after, true
}

// file stores the value of a known parameter; false: it was there already.
func file(known []parameter, name, value string) bool {
	for i := range known {
		if p := &known[i]; foldsTo(name, p.name) {
			again := p.seen
			*p.value, p.seen = value, true
			return !again
		}
	}
	return true
}

// word reports whether s can name a parameter.
func word(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || 'z' < c) && s[i] != '_' && s[i] != '-' && !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// quotable reports whether s means the same between quotes as without.
func quotable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// trimBlanks drops the white space that a header value may hold.
func trimBlanks(s string) string { return strings.Trim(s, " \t") }

// foldsTo compares ASCII text with letters in small, without regard to case.
func foldsTo(s, small string) bool {
	if len(s) != len(small) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != small[i] {
			return false
		}
	}
	return true
}
