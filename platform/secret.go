package platform

import (
	"fmt"
	"io"
)

// Secret is a setting that is never shown: whatever prints, logs or encodes it
// gets "(set)" or "(not set)". The zero value is not set.
type Secret struct {
	// Behind a pointer, because package fmt asks no methods of what lies in
	// other structs' unexported fields, and shows the address instead.
	text *string
}

// NewSecret returns a secret; an empty text is none.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the secret itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet reports whether there is a secret.
func (s Secret) IsSet() bool { return s.text != nil }

// String hides the secret.
func (s Secret) String() string {
	if s.IsSet() {
		return "(set)"
	}
	return "(not set)"
}

// Format hides the secret from every verb, %d and %#v among them.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText hides the secret from encoders and structured logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
