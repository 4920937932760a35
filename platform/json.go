package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deep JSON may nest; no request needs more than six.
const maxDepth = 16

// CheckJSON reports as an error what keeps text from being one JSON value that
// every reader understands alike: invalid UTF-8, deep nesting, bad syntax,
// data after the value, half a surrogate pair. The error holds nothing of the text.
func CheckJSON(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("not valid UTF-8")
	}
	if end := EndOfJSON(text, SkipSpace(text, 0), maxDepth); end >= 0 && SkipSpace(text, end) == len(text) {
		if hasLoneSurrogate(text) {
			return errors.New("unpaired surrogate in a string")
		}
		return nil
	}
	if nestsDeeper(text, maxDepth) {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	var v any
	if syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(text, &v)); ok {
		return fmt.Errorf("not valid JSON at byte %d", syntax.Offset)
	}
	return errors.New("not valid JSON")
}

// nestsDeeper reports whether objects and lists nest deeper than limit; it
// needs no valid JSON, and no stack.
func nestsDeeper(text []byte, limit int) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = endOfString(text, i) - 1
		case '{', '[':
			if depth++; depth > limit {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

// The rest walks over text that CheckJSON has passed.

// IsObject tells an object.
func IsObject(value []byte) bool { return len(value) > 0 && value[0] == '{' }

// IsList tells a list.
func IsList(value []byte) bool { return len(value) > 0 && value[0] == '[' }

// IsString tells a string.
func IsString(value []byte) bool { return len(value) > 0 && value[0] == '"' }

// IsNull tells what counts as left out.
func IsNull(value []byte) bool { return string(value) == "null" }

// Members calls f for each member of an object, in order, repeated ones too.
func Members(object []byte, f func(name string, value []byte)) {
	members(object, func(name, value []byte) { f(string(name), value) })
}

// members is Members without a copy of each name.
func members(object []byte, f func(name, value []byte)) {
	i := SkipSpace(object, 1)
	for object[i] != '}' {
		end := endOfString(object, i)
		name := object[i+1 : end-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			name = []byte(Unquote(object[i:end]))
		}
		i = SkipSpace(object, SkipSpace(object, end)+1) // over the colon
		end = endOfValue(object, i)
		f(name, object[i:end])
		if i = SkipSpace(object, end); object[i] == ',' {
			i = SkipSpace(object, i+1)
		}
	}
}

// Items calls f for each item of a list, in order.
func Items(list []byte, f func(value []byte)) {
	i := SkipSpace(list, 1)
	for list[i] != ']' {
		end := endOfValue(list, i)
		f(list[i:end])
		if i = SkipSpace(list, end); list[i] == ',' {
			i = SkipSpace(list, i+1)
		}
	}
}

// SkipSpace returns the index of the first byte from i on that is no space.
func SkipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

// endOfString returns the index after the string that begins at i.
func endOfString(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(text))
}

// endOfValue returns the index after the value that begins at i.
func endOfValue(text []byte, i int) int {
	switch text[i] {
	case '"':
		return endOfString(text, i)
	case '{', '[':
		return endOfNested(text, i)
	}
	for ; i < len(text); i++ {
		switch text[i] {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return i
		}
	}
	return i
}

// endOfNested returns the index after the object or list that begins at i.
func endOfNested(text []byte, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = endOfString(text, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

// Unquote returns what a JSON string stands for.
func Unquote(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // valid, or CheckJSON had not passed it
	return s
}
