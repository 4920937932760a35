package aliyun

import (
	"strconv"
	"unicode/utf8"
)

// object writes the fields of a JSON object, without those that are empty or
// that the settings leave out.
type object struct {
	buf  []byte
	keys *[fieldCount]string
	more bool // a field stands there already
}

// key begins a field and reports whether its value is due.
func (o *object) key(f field) bool {
	if o.keys[f] == "" {
		return false
	}
	if o.more {
		o.buf = append(o.buf, ',')
	}
	o.more = true
	o.buf = append(o.buf, o.keys[f]...)
	return true
}

func (o *object) text(f field, s string) {
	if s != "" && o.key(f) {
		o.buf = appendString(o.buf, s)
	}
}

func (o *object) number(f field, n int) {
	if n > 0 && o.key(f) {
		o.buf = strconv.AppendInt(o.buf, int64(n), 10)
	}
}

func (o *object) flag(f field, set bool) {
	if set && o.key(f) {
		o.buf = append(o.buf, "true"...)
	}
}

// appendString appends s as a JSON string. Unlike encoding/json it escapes
// nothing for HTML; what is not UTF-8 becomes U+FFFD.
func appendString[T string | []byte](dst []byte, s T) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
			i++
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			i++
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, size := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
			dst = utf8.AppendRune(dst, r)
			i += size
		}
	}
	return append(dst, '"')
}
