package call

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// region is where numbers without a country code are dialled.
const region = "CN"

// libraryNumber asks the phone-number library about the plain number s.
func libraryNumber(s string) (Number, bool) {
	parsed, err := phonenumbers.Parse(s, region)
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return Number{}, false
	}
	return Number{phonenumbers.Format(parsed, phonenumbers.E164)}, true
}

// libraryLandline asks the library whether the E.164 number is a fixed line.
func libraryLandline(full string) bool {
	parsed, err := phonenumbers.Parse(full, region)
	return err == nil && phonenumbers.GetNumberType(parsed) == phonenumbers.FIXED_LINE
}

// libraryNational writes an E.164 number of China as it is dialled there: the
// area code of a fixed line takes a 0 in front, a 400 number does not.
func libraryNational(full string) string {
	parsed, err := phonenumbers.Parse(full, region)
	if err != nil {
		return strings.TrimPrefix(full, china)
	}
	return phonenumbers.NormalizeDigitsOnly(phonenumbers.Format(parsed, phonenumbers.NATIONAL))
}
