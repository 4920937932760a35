package sim

import "strings"

// Global writes a number of China, as somebody might write it, in the platform's
// global format: mobiles as "+8613800000021", fixed lines without the 0 of their
// area code. An X number that is no phone number, 95…, has the country code like
// any other (inferred). None stays none, and a foreign number needs its + or 00.
func Global(number string) string {
	const china = "+86"
	number = strings.TrimSpace(number)
	if number == "" || strings.HasPrefix(number, "+") {
		return number
	}
	if rest, ok := strings.CutPrefix(number, "00"); ok {
		return "+" + rest
	}
	// 86 before a whole number, area code included, is the country's.
	if rest, ok := strings.CutPrefix(number, "86"); ok && len(rest) >= 10 {
		return china + rest
	}
	return china + strings.TrimPrefix(number, "0")
}
