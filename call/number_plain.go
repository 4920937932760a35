package call

import "strings"

// The lengths of a number as it is written, without the plus.
const (
	minDigits = 3
	maxDigits = 20
)

// plain trims ASCII white space and reports whether an optional plus and 3 to
// 20 ASCII digits are left. Nothing else reaches a parser: no vanity letters,
// no full-width digits, no ";ext=".
func plain(s string) (string, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	digits := strings.TrimPrefix(s, "+")
	return s, minDigits <= len(digits) && len(digits) <= maxDigits && allDigits(digits)
}

// allDigits reports whether s holds nothing but ASCII digits.
func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || '9' < s[i] {
			return false
		}
	}
	return true
}

// withoutPrefix drops one plus or prefix of China from the plain number s, as
// long as enough digits are left, and otherwise returns s itself.
func withoutPrefix(s string) string {
	for _, prefix := range [...]string{china, "0086", "+"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && len(rest) >= minDigits {
			return rest
		}
	}
	// A bare 86 may also begin a local number, but none as long as this.
	if rest, ok := strings.CutPrefix(s, "86"); ok && len(rest) >= 10 {
		return rest
	}
	return s
}

// serviceNumber is the short way for the X numbers that are no phone numbers:
// the plain number s if it begins with 95 or 106 inside China and is too long
// to be valid there.
func serviceNumber(s string) (Number, bool) {
	const longestValid = 12
	s = withoutPrefix(s)
	if len(s) <= longestValid || s[:2] != "95" && s[:3] != "106" {
		return Number{}, false
	}
	return Number{s}, true
}

// chineseMobile is the short way for nearly all numbers: the plain number s if
// it is a mobile of China, bare or behind +86, 86 or 0086. It finds nothing
// that the phone-number library would read otherwise.
func chineseMobile(s string) (Number, bool) {
	const national = 11
	n := len(s) - national
	if n < 0 || !mobileDigits(s[n:]) {
		return Number{}, false
	}
	switch s[:n] {
	case "":
		return Number{china + s}, true
	case china:
		return Number{s}, true
	case "86":
		return Number{"+" + s}, true
	case "0086":
		return Number{"+" + s[len("00"):]}, true
	}
	return Number{}, false
}

// mobileDigits reports whether the digits are a mobile number of China by their
// first three, which are mobile whatever follows. Prefixes that are in use only
// in part (1740) or too young to be certain are left to the library.
func mobileDigits(s string) bool {
	if len(s) != 11 || s[0] != '1' {
		return false
	}
	third := s[2]
	switch s[1] {
	case '3', '8':
		return true
	case '4':
		return third == '5' || third == '7'
	case '5', '9':
		return third != '4'
	case '6':
		return third == '2' || '5' <= third && third <= '7'
	case '7':
		return third != '4' && third != '9'
	}
	return false
}
