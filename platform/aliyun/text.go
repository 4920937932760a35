package aliyun

// isLetter reports whether c is an ASCII letter or an underscore.
func isLetter(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c == '_'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// plainName reports whether s can name a JSON field without escaping: a letter
// or _, then up to 63 letters, digits, _, - or dots.
func plainName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !isLetter(c) && (i == 0 || !isDigit(c) && c != '-' && c != '.') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// echoable reports whether a parameter's name may stand in a message to the
// sender: short and without digits, so that it cannot be a phone number.
func echoable(name string) bool {
	for i := range len(name) {
		if !isLetter(name[i]) {
			return false
		}
	}
	return name != "" && len(name) <= 32
}

// equalFold compares ASCII text without regard to case. strings.EqualFold
// would take "ſMS", with a long s, for "SMS".
func equalFold(s, upper string) bool {
	if len(s) != len(upper) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != upper[i] {
			return false
		}
	}
	return true
}
