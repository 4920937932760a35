package explain

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

const byteOrderMark = "\ufeff"

// SplitKeys takes a list of keys apart, as a file or a variable holds it: one a
// line, or separated by commas. Byte order marks and white space around a key
// do not belong to it.
func SplitKeys(text string) []string {
	var keys []string
	for _, key := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' }) {
		if key = cleanKey(key); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func cleanKey(key string) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(key), byteOrderMark))
}

// keyMistake is a way to get a key wrong.
type keyMistake struct {
	Mistake
	change func(string) string
}

// keyMistakes are those of any scheme. A change that does not apply gives back
// what it was given.
func keyMistakes() []keyMistake {
	behind := func(tail string) func(string) string { return func(s string) string { return s + tail } }
	return []keyMistake{
		{Mistake{"key-newline", "the sender's key ends in a newline (read from a file and not trimmed)"}, behind("\n")},
		{Mistake{"key-newline", "the sender's key ends in CR LF (read from a file and not trimmed)"}, behind("\r\n")},
		{Mistake{"key-space", "the sender's key has a space behind it"}, behind(" ")},
		{Mistake{"key-space", "the sender's key has a space before it"}, func(s string) string { return " " + s }},
		{Mistake{"key-bom", "the sender's key begins with a byte order mark (UTF-8 BOM of its file)"}, func(s string) string { return byteOrderMark + s }},
		{Mistake{"key-quotes", "the sender's key has quotation marks around it"}, func(s string) string { return `"` + s + `"` }},
		{Mistake{"key-quotes", "the sender's key has apostrophes around it"}, func(s string) string { return "'" + s + "'" }},
		{Mistake{"key-case", "the sender's key is in capitals"}, strings.ToUpper},
		{Mistake{"key-case", "the sender's key is in small letters"}, strings.ToLower},
		{Mistake{"key-base64", "the sender decoded the key from Base64 first"}, unbase64},
		{Mistake{"key-base64", "the sender encoded the key in Base64 first"}, func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
		{Mistake{"key-hex", "the sender decoded the key from hex first"}, unhex},
		{Mistake{"key-encoded", "the sender percent-encoded the key first"}, url.QueryEscape},
		{Mistake{"key-ampersand-given", "the key given here ends in \"&\", which does not belong to it"}, func(s string) string { return strings.TrimSuffix(s, "&") }},
		{Mistake{"key-empty", "it was signed with an empty key"}, func(string) string { return "" }},
	}
}

func unbase64(s string) string {
	if b, err := base64.StdEncoding.DecodeString(s); err == nil {
		return string(b)
	}
	return s
}

func unhex(s string) string {
	if b, err := hex.DecodeString(s); err == nil {
		return string(b)
	}
	return s
}
