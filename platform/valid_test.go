package platform_test

import (
	"encoding/json"
	"strings"
	"testing"

	"xmode/platform"
)

// valid tells whether the whole text is one value.
func valid(text string, depth int) bool {
	b := []byte(text)
	end := platform.EndOfJSON(b, platform.SkipSpace(b, 0), depth)
	return end >= 0 && platform.SkipSpace(b, end) == len(b)
}

func TestEndOfJSON(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `""`, `0`, `-0`, `-1.50e+3`, `10E5`, `true`, `false`, `null`, ` { "a" : [ 1 , 2 ] } `, `{"a":{"b":{}},"a":1}`,
		`"\"\\\/\b\f\n\r\t\u00e9\uD83D"`, "\"\xff\xfe\"", `"密钥"`, `"12345678"`, `"1234567\""`, "\"\x7f\"",
	} {
		if !valid(text, 3) || !json.Valid([]byte(text)) {
			t.Errorf("%q is valid", text)
		}
	}
	for _, text := range []string{
		``, ` `, `{`, `[`, `"`, `{]`, `[}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `[1,]`, `[,1]`, `[1 2]`, `{"a":1 "b":2}`, `{a:1}`, `{1:1}`,
		`01`, `-`, `.5`, `1.`, `1e`, `1e+`, `+1`, `tru`, `nul`, `True`, `nulll`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\`, "\"\x00\"", "\"1234567\n\"",
		"\"a\tb\"", `"a" "b"`, `{} x`, `'a'`, "\ufeff{}",
	} {
		if valid(text, 9) || json.Valid([]byte(text)) {
			t.Errorf("%q is not valid", text)
		}
	}
}

func TestEndOfJSONKeepsToTheDepth(t *testing.T) {
	for depth := range 20 {
		for _, text := range []string{
			strings.Repeat("[", depth) + "1" + strings.Repeat("]", depth),
			strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth),
		} {
			if !valid(text, depth) || valid(text, depth-1) && depth > 0 {
				t.Errorf("%s: not held to %d", text, depth)
			}
		}
	}
}

// FuzzEndOfJSON: it is valid what encoding/json says is valid.
func FuzzEndOfJSON(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,-2.5e+3,true,null],"b":"\ud83d\n","c":{}}`, `"12345678901\\"`, "\"1234567\x1f\"", `[[[[1]]]]`, `{"a":1,}`, ` 01`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if want := json.Valid([]byte(text)); valid(text, 10000) != want {
			t.Errorf("%q: %v, want %v", text, !want, want)
		}
	})
}
