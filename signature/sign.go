package signature

import (
	"encoding/base64"
	"errors"
)

// Signer signs messages with one key in one form. It is safe for concurrent
// use.
type Signer struct {
	form    Form
	workers workers
}

// NewSigner returns a signer. The error lists all faults, and not the key.
func NewSigner(key string, form Form) (*Signer, error) {
	_, formErr := ParseForm(string(form))
	if err := errors.Join(checkKeys([]string{key}), formErr); err != nil {
		return nil, err
	}
	s := &Signer{form: form}
	s.workers.keys = [][]byte{[]byte(key + form.Suffix())}
	return s, nil
}

// Sign returns the signature of the params in Base64, not percent-encoded.
// The params are sorted in place.
func (s *Signer) Sign(params []Param) string {
	Sort(params)
	w := s.workers.get()
	defer s.workers.put(w)
	w.form = AppendStringToSign(w.form[:0], params, s.form.Encoder())
	return base64.StdEncoding.EncodeToString(s.workers.mac(w, 0, w.form))
}

// String hides the key.
func (s *Signer) String() string { return "signature.Signer" }
