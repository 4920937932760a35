package signature

import (
	"errors"
	"slices"
	"strings"
)

// Form names an encoder and what follows the key: one way to sign.
type Form string

// The forms, in the order in which a [Verifier] tries them.
const (
	// PlainForm is the literal reading of the platform's page.
	PlainForm Form = "form"
	// AmpersandForm: form encoder, "&" after the key.
	AmpersandForm Form = "form&"
	// PlainRFC3986: RFC 3986 encoder, key as given.
	PlainRFC3986 Form = "rfc3986"
	// AmpersandRFC3986: RFC 3986 encoder, "&" after the key.
	AmpersandRFC3986 Form = "rfc3986&"
)

// ErrForm: the text names none of the forms.
var ErrForm = errors.New("signature form must be form, form&, rfc3986 or rfc3986&")

// Forms returns all forms, the primary one first.
func Forms() []Form {
	return []Form{PlainForm, AmpersandForm, PlainRFC3986, AmpersandRFC3986}
}

// ParseForm reads the name of a form; the error is [ErrForm].
func ParseForm(s string) (Form, error) {
	if !slices.Contains(Forms(), Form(s)) {
		return "", ErrForm
	}
	return Form(s), nil
}

// Encoder returns the form's encoder.
func (f Form) Encoder() Encoder {
	if strings.HasPrefix(string(f), string(PlainRFC3986)) {
		return RFC3986Encoder
	}
	return FormEncoder
}

// Suffix returns what follows the key: "" or "&".
func (f Form) Suffix() string {
	if strings.HasSuffix(string(f), "&") {
		return "&"
	}
	return ""
}
