package aliyun

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonSpace is the white space of JSON.
const jsonSpace = " \t\r\n"

// What is wrong with JSON.
const (
	faultObject    = "not one flat JSON object"
	faultNested    = "nested JSON"
	faultString    = "bad JSON string"
	faultSurrogate = "unpaired surrogate in a JSON string"
)

// json takes the parameters of a flat object: text as it is, numbers and
// booleans as they are written, null as empty. encoding/json would let pass
// what a signature must not overlook (names that occur twice, broken
// surrogates and UTF-8), so that this reader is our own. It does not recurse.
func (p *params) json(text string) error {
	r := jsonReader{rest: text}
	r.object(func(name, value string) error { return p.add("body", name, value) })
	if r.refusal != nil {
		return r.refusal
	}
	if r.fault != "" {
		return malformed("body", r.fault)
	}
	return nil
}

// jsonReader reads one flat object. The first fault stays, and empties rest,
// so that whatever is read after it ends at once.
type jsonReader struct {
	rest    string
	fault   string
	refusal error // of the function that takes the members
}

func (r *jsonReader) fail(fault string) {
	if r.fault == "" {
		r.fault = fault
	}
	r.rest = ""
}

// next skips white space and the given character, if it is there.
func (r *jsonReader) next(c byte) bool {
	r.rest = strings.TrimLeft(r.rest, jsonSpace)
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// object reads the text to its end.
func (r *jsonReader) object(member func(name, value string) error) {
	if !r.next('{') {
		r.fail(faultObject)
		return
	}
	for first := true; !r.next('}'); first = false {
		if !first && !r.next(',') || !r.next('"') {
			r.fail(faultObject)
			return
		}
		name := r.text()
		if !r.next(':') {
			r.fail(faultObject)
			return
		}
		value := r.value()
		if r.fault != "" {
			return
		}
		if r.refusal = member(name, value); r.refusal != nil {
			return
		}
	}
	if strings.Trim(r.rest, jsonSpace) != "" {
		r.fail(faultObject)
	}
}

// value reads a member's value.
func (r *jsonReader) value() string {
	switch {
	case r.next('"'):
		return r.text()
	case r.next('{'), r.next('['):
		r.fail(faultNested)
		return ""
	}
	end := strings.IndexAny(r.rest, ",}"+jsonSpace)
	if end < 0 {
		r.fail(faultObject)
		return ""
	}
	word := r.rest[:end]
	r.rest = r.rest[end:]
	switch {
	case word == "null":
		return ""
	case word == "true", word == "false", jsonNumber(word):
		return word
	}
	r.fail(faultObject)
	return ""
}

// text reads a string from behind its opening quote.
func (r *jsonReader) text() string {
	if end := strings.IndexAny(r.rest, "\"\\"); end >= 0 && r.rest[end] == '"' && !hasControl(r.rest[:end]) {
		s := r.rest[:end]
		r.rest = r.rest[end+1:]
		return s
	}
	var out []byte
	for r.rest != "" {
		c := r.rest[0]
		r.rest = r.rest[1:]
		switch {
		case c == '"':
			return string(out)
		case c == '\\':
			out = r.escape(out)
		case c < ' ':
			r.fail(faultString)
		default:
			out = append(out, c)
		}
	}
	r.fail(faultString)
	return ""
}

// escape reads what follows a backslash.
func (r *jsonReader) escape(out []byte) []byte {
	const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if r.rest == "" {
		return out
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	if i := strings.IndexByte(letters, c); i >= 0 {
		return append(out, meanings[i])
	}
	if c != 'u' {
		r.fail(faultString)
		return out
	}
	char := r.unit()
	if utf16.IsSurrogate(char) {
		if !strings.HasPrefix(r.rest, `\u`) {
			r.fail(faultSurrogate)
			return out
		}
		r.rest = r.rest[2:]
		if char = utf16.DecodeRune(char, r.unit()); char == utf8.RuneError {
			r.fail(faultSurrogate)
		}
	}
	return utf8.AppendRune(out, char)
}

// unit reads the four digits of a \u escape.
func (r *jsonReader) unit() rune {
	if len(r.rest) < 4 {
		r.fail(faultString)
		return 0
	}
	value, ok := hexValue(r.rest[:4])
	r.rest = r.rest[4:]
	if !ok {
		r.fail(faultString)
	}
	return rune(value)
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' {
			return true
		}
	}
	return false
}

// jsonNumber reports whether s is a number as JSON writes them.
func jsonNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, s := digits(s)
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	if rest, ok := strings.CutPrefix(s, "."); ok {
		fraction, after := digits(rest)
		if fraction == "" {
			return false
		}
		s = after
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		if s = s[1:]; s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		exponent, after := digits(s)
		return exponent != "" && after == ""
	}
	return s == ""
}

// digits splits off the leading digits.
func digits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return s[:n], s[n:]
}
