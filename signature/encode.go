package signature

import (
	"slices"
	"strings"
)

// Param is one parameter of a message, decoded.
type Param struct{ Name, Value string }

// Encoder is a way to percent-encode UTF-8 text. Both leave A-Z a-z 0-9 - . _
// alone; they differ in the space, the star and the tilde only.
type Encoder uint8

// The encoders.
const (
	// FormEncoder is that of application/x-www-form-urlencoded as Java writes
	// it: space becomes "+", the star stays, the tilde becomes "%7E".
	FormEncoder Encoder = iota
	// RFC3986Encoder: space becomes "%20", star "%2A", the tilde stays.
	RFC3986Encoder
)

// Sort brings the parameters into the order in which they are signed: byte
// order of the names.
func Sort(params []Param) {
	slices.SortFunc(params, func(a, b Param) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
}

// AppendQuery appends the encoded query string of sorted params to dst, the
// platforms' "encryptStr". Parameters without a value are left out.
func AppendQuery(dst []byte, params []Param, e Encoder) []byte {
	dst, _ = appendPairs(dst, params, e, once())
	return dst
}

// AppendStringToSign appends the query string of sorted params, encoded once
// more as a whole: what the HMAC is taken of.
func AppendStringToSign(dst []byte, params []Param, e Encoder) []byte {
	dst, _ = appendPairs(dst, params, e, twice())
	return dst
}

// marks are the spellings of the four characters that an encoder produces and
// that a second encoding changes. With them the doubly encoded text is written
// in one go, without the text in between.
type marks struct{ percent, equals, ampersand, plus string }

func once() marks  { return marks{"%", "=", "&", "+"} }
func twice() marks { return marks{"%25", "%3D", "%26", "%2B"} }

// appendPairs appends the pairs that have a value and reports whether the
// other encoder would have written something else.
func appendPairs(dst []byte, params []Param, e Encoder, m marks) (_ []byte, differs bool) {
	first := true
	for _, p := range params {
		if p.Value == "" {
			continue
		}
		if !first {
			dst = append(dst, m.ampersand...)
		}
		first = false
		var inName, inValue bool
		dst, inName = appendText(dst, p.Name, e, m)
		dst = append(dst, m.equals...)
		dst, inValue = appendText(dst, p.Value, e, m)
		differs = differs || inName || inValue
	}
	return dst, differs
}

// appendText appends one encoded name or value.
func appendText(dst []byte, s string, e Encoder, m marks) (_ []byte, differs bool) {
	const hex = "0123456789ABCDEF"
	for len(s) > 0 {
		n := plainPrefix(s)
		dst = append(dst, s[:n]...)
		if n == len(s) {
			break
		}
		c := s[n]
		s = s[n+1:]
		differs = differs || c == ' ' || c == '*' || c == '~'
		switch {
		case c == ' ' && e == FormEncoder:
			dst = append(dst, m.plus...)
		case c == '*' && e == FormEncoder, c == '~' && e == RFC3986Encoder:
			dst = append(dst, c)
		default:
			dst = append(dst, m.percent...)
			dst = append(dst, hex[c>>4], hex[c&15])
		}
	}
	return dst, differs
}

// plainPrefix counts the leading bytes that both encoders leave alone.
func plainPrefix(s string) int {
	const (
		// Bit c%64 is set for each such byte c below and from 64.
		low  = 1<<'-' | 1<<'.' | (1<<10-1)<<'0'
		high = 1<<('_'-64) | (1<<26-1)<<('A'-64) | (1<<26-1)<<('a'-64)
	)
	for i := range len(s) {
		c := s[i]
		set := uint64(low)
		if c >= 64 {
			set = high
		}
		if c >= 128 || set>>(c&63)&1 == 0 {
			return i
		}
	}
	return len(s)
}
