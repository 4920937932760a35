package signature_test

import (
	"slices"
	"testing"

	"xmode/signature"
)

func BenchmarkVerify(b *testing.B) {
	vector := vectors(b)[1]
	v, err := signature.NewVerifier([]string{vector.Key}, "")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, received string }{
		{"primary form", vector.OnTheWire},
		{"key with ampersand", vector.WithAmpersandKey},
		{"mismatch", "GXBZHCwHLaUwTjSOJ5guB3+299k="},
		{"malformed", "GXBZHCwHLaUwTjSOJ5guB3+299k"},
	} {
		b.Run(c.name, func(b *testing.B) {
			source := paramsOf(vector.Params)
			params := slices.Clone(source)
			b.ReportAllocs()
			for b.Loop() {
				copy(params, source)
				_, _ = v.Verify(params, c.received)
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	vector := vectors(b)[1]
	s, err := signature.NewSigner(vector.Key, signature.PlainForm)
	if err != nil {
		b.Fatal(err)
	}
	source := paramsOf(vector.Params)
	params := slices.Clone(source)
	b.ReportAllocs()
	for b.Loop() {
		copy(params, source)
		s.Sign(params)
	}
}
