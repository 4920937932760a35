package platform

import (
	"encoding/binary"
	"math/bits"
)

// notValid is the end of what is no JSON.
const notValid = -1

// EndOfJSON returns the index after the JSON value that begins at i, or -1
// where there is none, or it nests deeper than depth. It is exact about the
// syntax and looks at no text in strings, which may be no UTF-8: that is a
// matter for whoever reads them. This is the one look at every byte of a push
// before it is taken apart, and fast.
func EndOfJSON(text []byte, i, depth int) int {
	if i >= len(text) {
		return notValid
	}
	switch c := text[i]; {
	case c == '"':
		return endOfValidString(text, i)
	case (c == '{' || c == '[') && depth == 0:
		return notValid
	case c == '{':
		return WalkObject(text, i, func(_ []byte, at int) int { return EndOfJSON(text, at, depth-1) })
	case c == '[':
		return WalkList(text, i, func(at int) int { return EndOfJSON(text, at, depth-1) })
	case c == '-' || isDigit(c):
		return endOfNumber(text, i)
	}
	return endOfWord(text, i)
}

// WalkObject goes over the object that begins at i, and returns the index after
// it, or -1 where it is none. member gets each quoted name and where its value
// begins, and says where that ends, or -1.
func WalkObject(text []byte, i int, member func(name []byte, at int) (end int)) int {
	return walk(text, i, '}', func(at int) int {
		if at >= len(text) || text[at] != '"' {
			return notValid
		}
		end := endOfValidString(text, at)
		if end < 0 {
			return notValid
		}
		colon := SkipSpace(text, end)
		if colon >= len(text) || text[colon] != ':' {
			return notValid
		}
		return member(text[at:end], SkipSpace(text, colon+1))
	})
}

// WalkList goes over the list that begins at i in the same way.
func WalkList(text []byte, i int, item func(at int) (end int)) int { return walk(text, i, ']', item) }

// walk goes over what stands between commas up to the closing bracket.
func walk(text []byte, i int, closing byte, part func(at int) (end int)) int {
	i = SkipSpace(text, i+1)
	if i < len(text) && text[i] == closing {
		return i + 1
	}
	for {
		if i = part(i); i < 0 {
			return notValid
		}
		if i = SkipSpace(text, i); i >= len(text) {
			return notValid
		}
		switch text[i] {
		case ',':
			i = SkipSpace(text, i+1)
		case closing:
			return i + 1
		default:
			return notValid
		}
	}
}

// endOfValidString skips plain bytes eight at a time.
func endOfValidString(text []byte, i int) int {
	for i++; i < len(text); {
		if i+8 <= len(text) {
			special := specialBytes(binary.LittleEndian.Uint64(text[i:]))
			if special == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(special) / 8
		}
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i = endOfEscape(text, i); i < 0 {
				return notValid
			}
		case c < ' ':
			return notValid
		default:
			i++
		}
	}
	return notValid
}

// specialBytes sets the high bit of the first of eight bytes that is a quote, a
// backslash or a control character; the bits after that one mean nothing.
func specialBytes(w uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote := w ^ ones*'"'
	backslash := w ^ ones*'\\'
	return ((quote-ones)&^quote | (backslash-ones)&^backslash | (w-ones*' ')&^w) & highs
}

// endOfEscape returns the index after the escape that begins at i.
func endOfEscape(text []byte, i int) int {
	if i+1 >= len(text) {
		return notValid
	}
	switch text[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+lengthOfEscape <= len(text) && hexDigits(text[i+2:i+lengthOfEscape]) {
			return i + lengthOfEscape
		}
	}
	return notValid
}

func hexDigits(text []byte) bool {
	for _, c := range text {
		if l := c | 0x20; !isDigit(c) && (l < 'a' || 'f' < l) {
			return false
		}
	}
	return true
}

// endOfNumber reads -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?.
func endOfNumber(text []byte, i int) int {
	if text[i] == '-' {
		i++
	}
	first := i
	i = skipDigits(text, i)
	if i == first || text[first] == '0' && i > first+1 {
		return notValid
	}
	if i < len(text) && text[i] == '.' {
		first = i + 1
		if i = skipDigits(text, first); i == first {
			return notValid
		}
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		if i++; i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		first = i
		if i = skipDigits(text, first); i == first {
			return notValid
		}
	}
	return i
}

func skipDigits(text []byte, i int) int {
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// endOfWord reads true, false and null.
func endOfWord(text []byte, i int) int {
	for _, word := range [...]string{"true", "false", "null"} {
		if len(text)-i >= len(word) && string(text[i:i+len(word)]) == word {
			return i + len(word)
		}
	}
	return notValid
}
