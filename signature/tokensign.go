package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"sync"
)

// TokenSigner makes the password digests of one user. It is [TokenScheme.Digest]
// with the first block of the secret hashed once, and not per message. It is safe for
// concurrent use.
type TokenSigner struct {
	scheme TokenScheme
	secret string
	macs   sync.Pool
}

// NewTokenSigner returns a signer.
func NewTokenSigner(scheme TokenScheme, secret string) *TokenSigner {
	s := &TokenSigner{scheme: scheme, secret: secret}
	s.macs.New = func() any { return hmac.New(sha256.New, []byte(secret)) }
	return s
}

// Digest returns the password digest, in Base64.
func (s *TokenSigner) Digest(nonce, created string) string {
	if s.scheme != AKSK {
		return s.scheme.Digest(s.secret, nonce, created)
	}
	mac := s.macs.Get().(hash.Hash)
	defer s.macs.Put(mac)
	mac.Reset()
	var text [256]byte
	var sum [sha256.Size]byte
	mac.Write(append(append(text[:0], nonce...), created...))
	return base64.StdEncoding.EncodeToString(mac.Sum(sum[:0]))
}

// String hides the secret.
func (s *TokenSigner) String() string { return "signature.TokenSigner" }
