package signature_test

import (
	"testing"

	"xmode/signature"
)

func TestVectorsCanonicalText(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Encoder+"/"+v.Name, func(t *testing.T) {
			encoder := signature.Form(v.Encoder).Encoder()
			params := paramsOf(v.Params)
			signature.Sort(params)
			if got := string(signature.AppendQuery(nil, params, encoder)); got != v.EncryptStr {
				t.Errorf("query\n got %s\nwant %s", got, v.EncryptStr)
			}
			if got := string(signature.AppendStringToSign(nil, params, encoder)); got != v.StringToSign {
				t.Errorf("string to sign\n got %s\nwant %s", got, v.StringToSign)
			}
		})
	}
}

func TestVectorsSign(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Encoder+"/"+v.Name, func(t *testing.T) {
			for suffix, want := range map[string]string{"": v.Signature, "&": v.WithAmpersandKey} {
				form := signature.Form(v.Encoder + suffix)
				signer, err := signature.NewSigner(v.Key, form)
				if err != nil {
					t.Fatal(err)
				}
				if got := signer.Sign(paramsOf(v.Params)); got != want {
					t.Errorf("%s: got %s, want %s", form, got, want)
				}
			}
		})
	}
}

func TestVectorsVerify(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Encoder+"/"+v.Name, func(t *testing.T) {
			pinned := signature.Form(v.Encoder)
			verifies(t, v.Key, pinned, v.Params, v.Signature, pinned)
			verifies(t, v.Key, pinned, v.Params, v.OnTheWire, pinned)
			verifies(t, v.Key, pinned+"&", v.Params, v.WithAmpersandKey, pinned+"&")

			reported := pinned
			if v.Name != "encoders-differ-space-star-tilde" {
				reported = signature.PlainForm // the encoders agree: the primary one is named
			}
			verifies(t, v.Key, "", v.Params, v.Signature, reported)
			verifies(t, v.Key, "", v.Params, v.OnTheWire, reported)
			verifies(t, v.Key, "", v.Params, v.WithAmpersandKey, reported+"&")
		})
	}
}

// verifies asserts that the signature is accepted, and in which form.
func verifies(t *testing.T, key string, pin signature.Form, params map[string]string, received string, want signature.Form) {
	t.Helper()
	v, err := signature.NewVerifier([]string{key}, pin)
	if err != nil {
		t.Fatal(err)
	}
	m, err := v.Verify(paramsOf(params), received)
	if err != nil {
		t.Errorf("pin %q refuses %s: %v", pin, received, err)
	} else if m.Form != want || m.Key != 0 {
		t.Errorf("pin %q: matched as %q under key %d, want %q under 0", pin, m.Form, m.Key, want)
	}
}
