package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"maps"
)

// TokenScheme is a way to make the password digest of a username token.
type TokenScheme string

// The schemes of username tokens.
const (
	// AKSK: Base64( HMAC-SHA256( secret, nonce + created ) ).
	AKSK TokenScheme = "aksk"
	// WSSE: Base64( SHA256( nonce + created + secret ) ).
	WSSE TokenScheme = "wsse"
)

// ErrDigest: the password digest does not decode to the 32 bytes of a SHA-256.
// Nothing was computed.
var ErrDigest = errors.New("password digest is not the Base64 of 32 bytes")

// tokenDigestSize is the length of the Base64 of 32 bytes.
const tokenDigestSize = 44

// Digest returns the password digest under a secret, in Base64.
func (s TokenScheme) Digest(secret, nonce, created string) string {
	sum := s.sum(secret, nonce, created)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// sum is the digest itself. Nonce and created are joined without a mark, so
// that the one must be read by the fixed length of the other.
func (s TokenScheme) sum(secret, nonce, created string) (sum [sha256.Size]byte) {
	text := make([]byte, 0, 256)
	text = append(append(text, nonce...), created...)
	if s == WSSE {
		return sha256.Sum256(append(text, secret...))
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(text)
	mac.Sum(sum[:0])
	return sum
}

// TokenVerifier verifies username tokens under the secrets of several users. It
// is immutable and safe for concurrent use; secrets are rotated by replacing it
// as a whole.
type TokenVerifier struct{ secrets map[string]string }

// NewTokenVerifier returns a verifier for secrets by user name.
func NewTokenVerifier(secrets map[string]string) *TokenVerifier {
	return &TokenVerifier{maps.Clone(secrets)}
}

// Verify checks the password digest of a token; the error is [ErrDigest] or
// [ErrMismatch]. The comparison takes constant time, and a user that is not
// known costs as much as one that is: nobody learns by asking which exist.
func (v *TokenVerifier) Verify(s TokenScheme, t UsernameToken) error {
	want, ok := decodeDigest(t.PasswordDigest)
	if !ok {
		return ErrDigest
	}
	const nobodys = "0123456789abcdef0123456789abcdef" // as long as secrets are
	secret, known := v.secrets[t.Username]
	if !known {
		secret = nobodys
	}
	got := s.sum(secret, t.Nonce, t.Created)
	if equal := subtle.ConstantTimeCompare(got[:], want[:]) == 1; !equal || !known {
		return ErrMismatch
	}
	return nil
}

// String hides the secrets.
func (v *TokenVerifier) String() string { return "signature.TokenVerifier" }

// decodeDigest reads the Base64 of 32 bytes, and nothing like it: a loose tail
// and line breaks are not ok.
func decodeDigest(text string) (sum [sha256.Size]byte, ok bool) {
	if len(text) != tokenDigestSize {
		return sum, false
	}
	var in [tokenDigestSize]byte
	copy(in[:], text)
	// The decoder skips line breaks; what has one comes out too short.
	var out [tokenDigestSize]byte
	n, err := strict.Decode(out[:], in[:])
	if err != nil || n != sha256.Size {
		return sum, false
	}
	return [sha256.Size]byte(out[:n]), true
}
