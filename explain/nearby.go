package explain

import (
	"iter"
	"strings"
)

// maxNearby is the length of a value beyond which single characters are not
// varied.
const maxNearby = 128

// nearby yields the texts that are one character away from a text of ASCII: one
// replaced, two exchanged, one lost, one added. Digits stay among digits.
func nearby(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if len(s) > maxNearby || strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) {
			return
		}
		alphabet := "0123456789"
		if strings.Trim(s, alphabet) != "" {
			alphabet += "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:^@+*~ "
		}
		for i := range len(s) {
			for _, c := range alphabet {
				if string(c) != s[i:i+1] && !yield(s[:i]+string(c)+s[i+1:]) {
					return
				}
			}
			if i > 0 && s[i] != s[i-1] && !yield(s[:i-1]+s[i:i+1]+s[i-1:i]+s[i+1:]) {
				return
			}
		}
		for i := range len(s) + 1 {
			if i < len(s) && len(s) > 1 && !yield(s[:i]+s[i+1:]) {
				return
			}
			for _, c := range alphabet {
				if !yield(s[:i] + string(c) + s[i:]) {
					return
				}
			}
		}
	}
}
