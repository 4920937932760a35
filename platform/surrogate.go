package platform

import (
	"bytes"
	"strconv"
)

// lengthOfEscape is that of \u0000.
const lengthOfEscape = len(`\u0000`)

// hasLoneSurrogate reports whether valid JSON holds one half of a UTF-16 pair
// by itself, such as "\ud800". It stands for no character, and readers make
// different things of it. Backslashes are nowhere but in strings.
func hasLoneSurrogate(text []byte) bool {
	for {
		n := bytes.IndexByte(text, '\\')
		if n < 0 {
			return false
		}
		text = text[n:]
		switch unit := escapedUnit(text); {
		case 0xD800 <= unit && unit <= 0xDBFF:
			text = text[lengthOfEscape:]
			if low := escapedUnit(text); low < 0xDC00 || 0xDFFF < low {
				return true
			}
			text = text[lengthOfEscape:]
		case 0xDC00 <= unit && unit <= 0xDFFF:
			return true
		default:
			text = text[len(`\"`):]
		}
	}
}

// escapedUnit returns the UTF-16 unit that text begins with as \u0000, or 0.
func escapedUnit(text []byte) uint64 {
	if len(text) < lengthOfEscape || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	unit, _ := strconv.ParseUint(string(text[2:lengthOfEscape]), 16, 16)
	return unit
}
