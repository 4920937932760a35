package signature

import (
	"crypto/sha1"
	"encoding/base64"
)

// textSize is the length of the Base64 of an HMAC-SHA1.
const textSize = 28

// strict refuses loose bits in the last character. It is never written to.
var strict = base64.StdEncoding.Strict()

// decode reads a signature as it was received: Base64, the same still
// percent-encoded, or with each "+" turned into a space on the way (a space
// can only have been one). Anything else, line breaks and a loose tail
// included, is not ok.
func decode(received string) (mac [sha1.Size]byte, ok bool) {
	text, ok := unwrap(received)
	if !ok {
		return mac, false
	}
	// The decoder skips line breaks; what has one comes out too short.
	var out [textSize]byte
	n, err := strict.Decode(out[:], text[:])
	if err != nil || n != sha1.Size {
		return mac, false
	}
	copy(mac[:], out[:])
	return mac, true
}

// unwrap undoes what transports do to Base64, at most once, and reports
// whether exactly textSize characters are left.
func unwrap(s string) (text [textSize]byte, ok bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case ' ':
			c = '+'
		case '%':
			if i+2 >= len(s) {
				return text, false
			}
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if high > 15 || low > 15 {
				return text, false
			}
			c = high<<4 | low
			i += 2
		}
		if n == textSize {
			return text, false
		}
		text[n] = c
		n++
	}
	return text, n == textSize
}

// unhex returns the value of a hexadecimal digit, 255 for anything else.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}
