package call

// maxExtension is the longest extension in digits.
const maxExtension = 8

// NormalExtension drops one trailing # or * of a dialled extension and reports
// whether 1-8 ASCII digits are left. Empty and not ok is an unknown extension
// unless s itself is empty.
func NormalExtension(s string) (digits string, ok bool) {
	if n := len(s); n > 0 && (s[n-1] == '#' || s[n-1] == '*') {
		s = s[:n-1]
	}
	if !validExtension(s) {
		return "", false
	}
	return s, true
}

// validExtension reports whether s is 1-8 ASCII digits.
func validExtension(s string) bool {
	return 1 <= len(s) && len(s) <= maxExtension && allDigits(s)
}
