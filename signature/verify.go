package signature

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
)

// Errors of [Verifier.Verify].
var (
	// ErrMalformed: the signature does not decode to the 20 bytes of an
	// HMAC-SHA1. No HMAC was computed.
	ErrMalformed = errors.New("signature is not the Base64 of 20 bytes")
	// ErrMismatch: no key in no accepted form gives this signature.
	ErrMismatch = errors.New("signature does not match")
)

// Match says how a signature came about.
type Match struct {
	// Form that matched.
	Form Form
	// Key is the index of the key that matched.
	Key int
	// Digest identifies the signed content: the first 16 bytes of the SHA-256
	// of the string to sign, always in the form encoder's spelling, so that it
	// does not depend on the form that matched.
	Digest [16]byte
	// HMACs is how many HMACs it took, also where nothing matched: at most
	// four a key, two where both encoders agree or one encoder is pinned.
	HMACs int
}

// Verifier verifies signatures under a fixed list of keys. It is immutable,
// cheap to build and safe for concurrent use; keys are rotated by replacing
// it as a whole.
type Verifier struct {
	keys    int
	forms   []Form
	workers workers // key i at 2i, with its "&" at 2i+1
}

// NewVerifier returns a verifier for 1 to [MaxKeys] keys, any of which may
// match. A form pins that one; the empty form accepts all. The error lists
// all faults, and no key.
func NewVerifier(keys []string, form Form) (*Verifier, error) {
	forms := Forms()
	err := checkKeys(keys)
	if form != "" {
		_, formErr := ParseForm(string(form))
		err = errors.Join(err, formErr)
		forms = []Form{form}
	}
	if err != nil {
		return nil, err
	}
	v := &Verifier{keys: len(keys), forms: forms}
	for _, key := range keys {
		v.workers.keys = append(v.workers.keys, []byte(key), []byte(key+"&"))
	}
	return v, nil
}

// Verify checks the signature of a message as it was received: in Base64,
// still percent-encoded, or with spaces for plus signs. The params are all
// that were received except the signature; they are sorted in place. The
// error is [ErrMalformed] or [ErrMismatch]. Comparisons take constant time;
// only a match ends the search early.
func (v *Verifier) Verify(params []Param, received string) (Match, error) {
	want, ok := decode(received)
	if !ok {
		return Match{}, ErrMalformed
	}
	Sort(params)
	w := v.workers.get()
	defer v.workers.put(w)

	m, ok := v.search(w, params, &want)
	if !ok {
		return m, ErrMismatch
	}
	sum := sha256.Sum256(w.form)
	m.Digest = [16]byte(sum[:16])
	return m, nil
}

// search tries the accepted forms, each under all keys.
func (v *Verifier) search(w *worker, params []Param, want *[sha1.Size]byte) (m Match, ok bool) {
	var differ bool
	w.form, differ = appendPairs(w.form[:0], params, FormEncoder, twice())
	if differ {
		w.rfc3986 = AppendStringToSign(w.rfc3986[:0], params, RFC3986Encoder)
	}
	for _, form := range v.forms {
		text := w.form
		if form.Encoder() == RFC3986Encoder {
			switch {
			case differ:
				text = w.rfc3986
			case len(v.forms) > 1:
				continue // the form encoder gave the same text
			}
		}
		if key := v.match(w, form, text, want, &m.HMACs); key >= 0 {
			m.Form, m.Key = form, key
			return m, true
		}
	}
	return m, false
}

// match returns the index of the key that gives the wanted HMAC, or -1.
func (v *Verifier) match(w *worker, form Form, text []byte, want *[sha1.Size]byte, count *int) int {
	suffix := len(form.Suffix())
	for key := range v.keys {
		*count++
		got := v.workers.mac(w, 2*key+suffix, text)
		if subtle.ConstantTimeCompare(got, want[:]) == 1 {
			return key
		}
	}
	return -1
}

// String hides the keys.
func (v *Verifier) String() string { return "signature.Verifier" }
