// Package signature signs and verifies messages, one file set per scheme. A
// scheme is named by what it does, not by the platform that uses it.
//
// # Sorted query, HMAC-SHA1
//
// The parameters that have a value are sorted by name, encoded and joined to
// a query string, which is encoded once more as a whole; its HMAC-SHA1 in
// Base64 is the signature:
//
//	Base64( HMAC-SHA1( key, E( join_sorted( E(name)=E(value) ) ) ) )
//
// Two things are known to vary in the field: the encoder E ([FormEncoder] or
// [RFC3986Encoder]) and whether an "&" follows the key. The four combinations
// are the [Form] values; a [Verifier] accepts all of them or one.
//
// # Username token
//
// The sender shows a user name, a nonce, the instant and a digest of them under
// a secret. Two digests are in use, [AKSK] and [WSSE]; both cover nonce and
// instant only, neither body nor address:
//
//	AKSK: Base64( HMAC-SHA256( secret, nonce + created ) )
//	WSSE: Base64( SHA256( nonce + created + secret ) )
//
// [ParseTokenProfile] and [ParseUsernameToken] read the two headers in which
// it comes, a [TokenVerifier] checks it.
//
// # Timestamps
//
// [ParseTimestamp] reads the one timestamp form that signed messages carry, a
// [Window] says how far it may be from our own clock.
package signature
