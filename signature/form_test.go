package signature_test

import (
	"errors"
	"testing"

	"xmode/signature"
)

func TestForms(t *testing.T) {
	for _, c := range []struct {
		text    string
		encoder signature.Encoder
		suffix  string
	}{
		{"form", signature.FormEncoder, ""},
		{"form&", signature.FormEncoder, "&"},
		{"rfc3986", signature.RFC3986Encoder, ""},
		{"rfc3986&", signature.RFC3986Encoder, "&"},
	} {
		f, err := signature.ParseForm(c.text)
		if err != nil || f.Encoder() != c.encoder || f.Suffix() != c.suffix {
			t.Errorf("%s: %v, %v, %q, %v", c.text, f, f.Encoder(), f.Suffix(), err)
		}
	}
	for _, text := range []string{"", "any", "FORM", "form&&", "rfc3986 &"} {
		if _, err := signature.ParseForm(text); !errors.Is(err, signature.ErrForm) {
			t.Errorf("%q: %v, want ErrForm", text, err)
		}
	}
}
