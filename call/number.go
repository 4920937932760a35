package call

import (
	"errors"
	"strings"
)

// Errors of the number parsers. They never hold the number.
var (
	// ErrNumber: the text is no valid phone number.
	ErrNumber = errors.New("not a valid phone number")
	// ErrX: the text is not 3 to 20 digits, which is all an X number needs.
	ErrX = errors.New("not an X number of 3 to 20 digits")
)

// Number is a telephone number in E.164 ("+8613800000021"), or the bare digits
// of an X number that is no valid E.164 number ("95013…", "106…"). The zero
// Number is "no number": a caller who is unknown or withheld.
//
// A Number is comparable: two spellings of one number are equal. It prints
// itself masked, in logs, in every fmt verb, as text and in JSON; the full
// value takes an explicit call of [Number.Full]. fmt does not call the methods
// of unexported struct fields, so a struct that has such a Number and may be
// printed needs a String method of its own.
type Number struct{ full string }

// ParseParty reads the number of a caller, owner or peer: a number of China in
// its national or international form ("13800000021", "075528780001",
// "+86138…", "86138…", "0086138…"), or a foreign one with "+" or "00". ASCII
// white space around it is dropped. The error is [ErrNumber].
func ParseParty(s string) (Number, error) {
	s, ok := plain(s)
	if !ok {
		return Number{}, ErrNumber
	}
	if n, ok := chineseMobile(s); ok {
		return n, nil
	}
	if n, ok := libraryNumber(s); ok {
		return n, nil
	}
	return Number{}, ErrNumber
}

// ParseX reads an X number. What is a valid phone number becomes that one, as
// in [ParseParty]; anything else of 3 to 20 digits stays, without plus and
// without the prefix of China, so that "+8695013…" on one platform and
// "95013…" on another are the same X number. The error is [ErrX].
func ParseX(s string) (Number, error) {
	s, ok := plain(s)
	if !ok {
		return Number{}, ErrX
	}
	if n, ok := serviceNumber(s); ok {
		return n, nil
	}
	for {
		if n, err := ParseParty(s); err == nil {
			return n, nil
		}
		rest := withoutPrefix(s)
		if rest == s {
			return Number{s}, nil
		}
		// What is left may be a valid number now; going round until nothing
		// changes makes the result read back as itself.
		s = rest
	}
}

// NumberFromStore takes back what [Number.Full] gave, unchecked. It is for
// stores reading their own writing; everything from outside is parsed.
func NumberFromStore(full string) Number { return Number{full} }

// Full returns the whole number, E.164 or bare digits; "" for no number.
func (n Number) Full() string { return n.full }

// IsZero reports whether there is no number.
func (n Number) IsZero() bool { return n.full == "" }

// China is the country code of China as E.164 numbers begin with it.
const china = "+86"

// National returns the form used inside China: "13800000021", "075528780001",
// "0012125550123" for a foreign number, bare digits unchanged.
func (n Number) National() string {
	switch {
	case !strings.HasPrefix(n.full, "+"):
		return n.full
	case !strings.HasPrefix(n.full, china):
		return "00" + n.full[1:]
	case mobileDigits(n.full[len(china):]):
		return n.full[len(china):]
	default:
		return libraryNational(n.full)
	}
}

// Landline reports whether the number is a fixed line for certain: not where
// its country's numbers do not tell fixed lines from mobiles.
func (n Number) Landline() bool {
	switch {
	case !strings.HasPrefix(n.full, "+"):
		return false
	case strings.HasPrefix(n.full, china) && mobileDigits(n.full[len(china):]):
		return false
	default:
		return libraryLandline(n.full)
	}
}
