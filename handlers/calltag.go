package handlers

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

// CallTag makes call ids fit for logs: the same call gets the same tag as long
// as the process lives, and nobody gets the call id back from it. The hash is
// keyed, since call ids have so little to guess that a plain one is reversed
// by trying them all.
type CallTag struct{ key [sha256.Size]byte }

// NewCallTag draws a key that leaves with the process.
func NewCallTag() *CallTag {
	t := &CallTag{}
	_, _ = rand.Read(t.key[:]) // never fails: crypto/rand ends the process instead
	return t
}

// Of returns the tag of a call id.
func (t *CallTag) Of(id string) string {
	mac := hmac.New(sha256.New, t.key[:])
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil)[:6])
}
