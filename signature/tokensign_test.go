package signature_test

import (
	"strings"
	"sync"
	"testing"

	"xmode/signature"
)

func TestTokenSignerSignsAsItsScheme(t *testing.T) {
	for _, scheme := range []signature.TokenScheme{signature.AKSK, signature.WSSE} {
		signer := signature.NewTokenSigner(scheme, "exampleSecret")
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				for n := range 50 {
					nonce := strings.Repeat("9", 1+n*i)
					const created = "2024-05-01T02:03:04Z"
					if got, want := signer.Digest(nonce, created), scheme.Digest("exampleSecret", nonce, created); got != want {
						t.Errorf("%s, nonce of %d: %s, want %s", scheme, len(nonce), got, want)
					}
				}
			})
		}
		all.Wait()
	}
}

func TestTokenSignerHidesItsSecret(t *testing.T) {
	if text := signature.NewTokenSigner(signature.AKSK, "exampleSecret").String(); strings.Contains(text, "exampleSecret") {
		t.Error(text)
	}
}
