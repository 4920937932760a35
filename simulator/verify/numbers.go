package verify

import "strings"

// plain is a number as all of its forms have it in common: E.164 ("+86138…"), with
// 86 or 0086 before it, national with or without a trunk prefix ("0755…"), and X
// numbers that are no E.164 ("95…").
func plain(number string) string {
	number = strings.TrimSpace(number)
	if rest, foreign := strings.CutPrefix(number, "00"); foreign {
		number = "+" + rest
	}
	if rest, chinese := strings.CutPrefix(number, "+86"); chinese {
		number = rest
	} else if rest, ok := strings.CutPrefix(number, "861"); ok && len(rest) == 10 {
		number = "1" + rest
	}
	return strings.TrimPrefix(number, "0")
}

// masked leaves the last two digits of a number.
func masked(number string) string {
	if number == "" {
		return "none"
	}
	if len(number) < 3 || strings.Trim(number, "+0123456789") != "" {
		return "what is no number"
	}
	return strings.Repeat("*", len(number)-2) + number[len(number)-2:]
}
