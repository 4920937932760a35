package explain

import (
	"crypto/hmac"
	"encoding/base64"
	"hash"
	"slices"
	"strings"

	"xmode/signature"
)

// query is a recipe of the sorted-query schemes: how a text to sign is made of
// parameters, and its digest of the text.
type query struct {
	params  []signature.Param // in the order in which they came; never changed
	order   func([]signature.Param)
	names   func(string) string
	empties bool // parameters without a value count, as "name="
	encoder encoder
	inner   int // times that names and values are encoded
	outer   int // times that the whole is
	prefix  string
	key     string
	index   int // of the key
	suffix  string
	digest  mode
	form    string // name of the right form that it began as
}

// mode is how key and text become a digest.
type mode uint8

const (
	keyed  mode = iota // HMAC
	before             // plain hash of key + text
	behind             // plain hash of text + key
)

// canonical is the text before it is encoded as a whole.
func (q query) canonical() string {
	params := slices.Clone(q.params)
	for i := range params {
		if q.names != nil {
			params[i].Name = q.names(params[i].Name)
		}
	}
	q.order(params)
	var b strings.Builder
	for _, p := range params {
		if p.Value == "" && !q.empties {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(q.encoder.repeat(p.Name, q.inner))
		b.WriteByte('=')
		b.WriteString(q.encoder.repeat(p.Value, q.inner))
	}
	return b.String()
}

// toSign is the text that the digest is taken of.
func (q query) toSign() string { return q.prefix + q.encoder.repeat(q.canonical(), q.outer) }

// sum is the digest under a hash.
func (q query) sum(h func() hash.Hash) []byte {
	return sum(h, q.digest, q.key+q.suffix, q.toSign())
}

// sum is a digest of text under a key.
func sum(h func() hash.Hash, m mode, key, text string) []byte {
	if m == keyed {
		mac := hmac.New(h, []byte(key))
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	plain := h()
	if m == behind {
		key, text = text, key
	}
	plain.Write([]byte(key))
	plain.Write([]byte(text))
	return plain.Sum(nil)
}

// base64Of is how digests are written.
func base64Of(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }

// with copies the parameters and changes the value of one.
func (q query) with(i int, value string) query {
	q.params = slices.Clone(q.params)
	q.params[i].Value = value
	return q
}

// without leaves some parameters out.
func (q query) without(drop func(signature.Param) bool) query {
	q.params = slices.DeleteFunc(slices.Clone(q.params), drop)
	return q
}
