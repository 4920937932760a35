package load

import "crypto/rand"

// stamp is one that no message had before.
func (l *Load) stamp() Stamp { return Stamp{At: l.c.Now(), Nonce: nonce()} }

// nonce is drawn anew whatever the seed is: an endpoint knows those of the load
// before.
func nonce() string { return rand.Text() }
