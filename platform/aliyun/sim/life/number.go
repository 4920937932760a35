package life

import "strings"

// national writes a number as this platform does: that of a mobile, a service or an
// exchange of China without country code, with the trunk prefix where an exchange
// has one; a foreign one behind 00. (That foreign ones are written so is inferred.)
func national(number string) string {
	rest, ok := strings.CutPrefix(number, "+")
	switch {
	case !ok:
		return number // as the user wrote it
	case !strings.HasPrefix(rest, "86"):
		return "00" + rest
	}
	rest = rest[len("86"):]
	if isLandline(rest) {
		return "0" + rest
	}
	return rest
}

// isLandline reports whether the digits after the country code are those of an
// exchange: area code and number, 10 or 11 digits. Mobiles begin with 13 to 19,
// free numbers with 400 and 800; services are shorter or longer.
func isLandline(digits string) bool {
	switch {
	case len(digits) != 10 && len(digits) != 11, strings.HasPrefix(digits, "400"), strings.HasPrefix(digits, "800"):
		return false
	}
	return digits[0] != '1' || digits[1] < '3'
}

// digits reports whether a text is digits, one at least.
func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
