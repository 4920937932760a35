package signature_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"xmode/fixtures"
	"xmode/signature"
)

func tokenVectors(t testing.TB) []fixtures.HuaweiVector {
	t.Helper()
	list, err := fixtures.HuaweiVectors()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTokenVectors(t *testing.T) {
	secrets := map[string]string{}
	for _, v := range tokenVectors(t) {
		secrets[v.AppKey] = v.AppSecret
	}
	verifier := signature.NewTokenVerifier(secrets)
	for _, v := range tokenVectors(t) {
		for scheme, want := range map[signature.TokenScheme]string{signature.AKSK: v.AKSK, signature.WSSE: v.WSSE} {
			if got := scheme.Digest(v.AppSecret, v.Nonce, v.Created); got != want {
				t.Errorf("%s, %s: %s, want %s", v.AppKey, scheme, got, want)
			}
			token := signature.UsernameToken{Username: v.AppKey, PasswordDigest: want, Nonce: v.Nonce, Created: v.Created}
			if err := verifier.Verify(scheme, token); err != nil {
				t.Errorf("%s, %s: %v", v.AppKey, scheme, err)
			}
		}
	}
}

// token is one of user "ak" under the secret "s3cr3t".
func token(s signature.TokenScheme) signature.UsernameToken {
	return signature.UsernameToken{
		Username: "ak", Nonce: "57c7298675cf4f65b4ed42e4b9ab841e", Created: "2026-03-04T05:06:07Z",
		PasswordDigest: s.Digest("s3cr3t", "57c7298675cf4f65b4ed42e4b9ab841e", "2026-03-04T05:06:07Z"),
	}
}

func TestTokenMismatch(t *testing.T) {
	v := signature.NewTokenVerifier(map[string]string{"ak": "s3cr3t", "other": "another"})
	for name, change := range map[string]func(*signature.UsernameToken){
		"other nonce":        func(t *signature.UsernameToken) { t.Nonce += "0" },
		"other time":         func(t *signature.UsernameToken) { t.Created = "2026-03-04T05:06:08Z" },
		"other user":         func(t *signature.UsernameToken) { t.Username = "other" },
		"unknown user":       func(t *signature.UsernameToken) { t.Username = "nobody" },
		"user in capitals":   func(t *signature.UsernameToken) { t.Username = "AK" },
		"no user":            func(t *signature.UsernameToken) { t.Username = "" },
		"dummy's own digest": dummysDigest,
		"digest of nothing":  func(t *signature.UsernameToken) { t.PasswordDigest = strings.Repeat("A", 43) + "=" },
	} {
		for _, scheme := range []signature.TokenScheme{signature.AKSK, signature.WSSE} {
			changed := token(scheme)
			change(&changed)
			if err := v.Verify(scheme, changed); !errors.Is(err, signature.ErrMismatch) {
				t.Errorf("%s, %s: %v, want ErrMismatch", name, scheme, err)
			}
		}
	}
	if err := v.Verify(signature.WSSE, token(signature.AKSK)); !errors.Is(err, signature.ErrMismatch) {
		t.Errorf("the digest of the other scheme: %v, want ErrMismatch", err)
	}
}

// dummysDigest signs with the secret that stands in for those of unknown users.
func dummysDigest(t *signature.UsernameToken) {
	t.Username = "nobody"
	t.PasswordDigest = signature.AKSK.Digest("0123456789abcdef0123456789abcdef", t.Nonce, t.Created)
}

func TestTokenDigestIsStrictBase64(t *testing.T) {
	v := signature.NewTokenVerifier(map[string]string{"ak": "s3cr3t"})
	const good = "ORWZLLAwn/ZE/zsF7O6sH0DSrYB9hjGaKqnh3r4SdDY="
	for name, digest := range map[string]string{
		"empty":              "",
		"one character less": good[1:],
		"without padding":    strings.TrimRight(good, "="),
		"one character more": good + "=",
		"loose tail":         strings.Replace(good, "DY=", "DZ=", 1),
		"line feed inside":   good[:20] + "\n" + good[21:],
		"line feed at end":   good + "\n",
		"URL alphabet":       strings.ReplaceAll(good, "/", "_"),
		"space for a plus":   " " + good[1:],
		"31 bytes":           strings.Repeat("A", 42) + "==",
		"33 bytes":           strings.Repeat("A", 44),
		"hexadecimal":        "391599",
	} {
		for _, user := range []string{"ak", "nobody"} {
			bad := token(signature.AKSK)
			bad.Username, bad.PasswordDigest = user, digest
			if err := v.Verify(signature.AKSK, bad); !errors.Is(err, signature.ErrDigest) {
				t.Errorf("%s: %v, want ErrDigest", name, err)
			}
		}
	}
}

func TestTokenVerifierKeepsItsOwnSecretsAndHidesThem(t *testing.T) {
	secrets := map[string]string{"ak": "s3cr3t"}
	v := signature.NewTokenVerifier(secrets)
	secrets["ak"] = "changed"
	if err := v.Verify(signature.WSSE, token(signature.WSSE)); err != nil {
		t.Error(err)
	}
	if text := fmt.Sprintf("%v %+v %s", v, v, v); strings.Contains(text, "s3cr3t") {
		t.Errorf("printed: %s", text)
	}
}

func BenchmarkTokenVerify(b *testing.B) {
	v := signature.NewTokenVerifier(map[string]string{"ak": "s3cr3t"})
	for _, scheme := range []signature.TokenScheme{signature.AKSK, signature.WSSE} {
		b.Run(string(scheme), func(b *testing.B) {
			good := token(scheme)
			b.ReportAllocs()
			for b.Loop() {
				if err := v.Verify(scheme, good); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
