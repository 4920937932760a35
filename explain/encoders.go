package explain

import (
	"net/url"
	"regexp"
	"strings"

	"xmode/signature"
)

// encoder percent-encodes a text.
type encoder struct {
	name   string
	encode func(string) string
}

func encoderOf(e signature.Encoder) encoder {
	name := "form"
	if e == signature.RFC3986Encoder {
		name = "RFC 3986"
	}
	return encoder{name, func(s string) string { return encode(s, e) }}
}

// encode has package signature encode a single text, as the value of a pair.
func encode(s string, e signature.Encoder) string {
	if s == "" {
		return ""
	}
	pair := signature.AppendQuery(nil, []signature.Param{{Name: "x", Value: s}}, e)
	return string(pair[len("x="):])
}

// foreignEncoders are those of languages, which are neither of the two.
func foreignEncoders() []encoder {
	rfc := encoderOf(signature.RFC3986Encoder).encode
	form := encoderOf(signature.FormEncoder).encode
	small := regexp.MustCompile(`%[0-9A-F]{2}`)
	lower := func(s string) string { return small.ReplaceAllStringFunc(s, strings.ToLower) }
	return []encoder{
		{"Go's url.QueryEscape (space as +, * as %2A)", url.QueryEscape},
		{"JavaScript's encodeURIComponent (leaves ! ' ( ) *)", strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace},
		{"Python's urllib.parse.quote (leaves /)", strings.NewReplacer("%2F", "/").Replace},
		{"JavaScript's encodeURI (leaves : / ; , @ = & +)", strings.NewReplacer("%3A", ":", "%2F", "/", "%3B", ";", "%2C", ",", "%40", "@",
			"%3D", "=", "%26", "&", "%2B", "+", "%24", "$", "%3F", "?", "%23", "#", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace},
		{"the form encoder with hex in small letters (%3a)", func(s string) string { return lower(form(s)) }},
		{"the RFC 3986 encoder with hex in small letters (%3a)", func(s string) string { return lower(rfc(s)) }},
	}
}

// foreign makes the replacers above encoders: they undo a part of RFC 3986.
func foreign() []encoder {
	rfc := encoderOf(signature.RFC3986Encoder).encode
	list := foreignEncoders()
	for i := 1; i <= 3; i++ {
		undo := list[i].encode
		list[i].encode = func(s string) string { return undo(rfc(s)) }
	}
	return list
}

// repeat encodes n times.
func (e encoder) repeat(s string, n int) string {
	for range n {
		s = e.encode(s)
	}
	return s
}
