package explain

import (
	"hash"

	"xmode/signature"
)

// token is a recipe of the username tokens: how nonce, instant and secret become
// a digest.
type token struct {
	nonce, created string
	secret         string
	index          int // of the key
	scheme         signature.TokenScheme
	join           string // between nonce and created
	swapped        bool   // created before nonce
	first          bool   // secret before the text, not behind it
	inverted       bool   // HMAC with secret and text exchanged
	lead           string // before the text
	tail           string // behind it
}

// text is what is digested, but for the secret.
func (t token) text() string {
	a, b := t.nonce, t.created
	if t.swapped {
		a, b = b, a
	}
	return t.lead + a + t.join + b + t.tail
}

// shown is the text to sign with the secret's place marked.
func (t token) shown() string {
	if t.scheme != signature.WSSE {
		return t.text()
	}
	if t.first {
		return "<secret>" + t.text()
	}
	return t.text() + "<secret>"
}

// sum is the digest under a hash.
func (t token) sum(h func() hash.Hash) []byte {
	switch {
	case t.scheme == signature.AKSK && t.inverted:
		return sum(h, keyed, t.text(), t.secret)
	case t.scheme == signature.AKSK:
		return sum(h, keyed, t.secret, t.text())
	case t.first:
		return sum(h, before, t.secret, t.text())
	}
	return sum(h, behind, t.secret, t.text())
}
