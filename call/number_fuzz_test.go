package call_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"xmode/call"
)

var (
	partyShape = regexp.MustCompile(`^\+?[0-9]{3,20}$`)
	xShape     = regexp.MustCompile(`^[ \t\n\v\f\r]*\+?[0-9]{3,20}[ \t\n\v\f\r]*$`)
)

// oracle reads a party by the rule itself: the shape, then the library.
func oracle(s string) (string, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	if !partyShape.MatchString(s) {
		return "", false
	}
	n, err := phonenumbers.Parse(s, "CN")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

var spellings = []string{
	"13800000021", "+8613800000021", "8613800000021", "008613800000021", " 13800000021\n",
	"17000000001", "17400000001", "17460000001", "19400000001", "14100000001", "075528780001", "+8675528780001",
	"0086075528780001", "01065529988", "4001234567", "95013123456", "95013123456789", "106900001111",
	"+8695013123456789", "008695013123456789", "8695013123456789", "86123456", "+12125550123",
	"0012125550123", "+390612345678", "+8613800000", "+1380000002", "1790913800000021", "1259300", "+", "110",
	"+00861380000002", "+013800000021", "+8612", "00", "138ABCDEF21", "１３８００００００２１", "", "13800000021;ext=1",
	"+80012345678", "+6581234567", "123456789012345678901",
}

// agrees fails unless ParseParty reads s as the library does.
func agrees(t *testing.T, s string) {
	t.Helper()
	want, valid := oracle(s)
	n, err := call.ParseParty(s)
	if !valid {
		if !errors.Is(err, call.ErrNumber) || !n.IsZero() {
			t.Fatalf("ParseParty(%q) = %q, %v; the library refuses it", s, n.Full(), err)
		}
		return
	}
	if err != nil || n.Full() != want {
		t.Fatalf("ParseParty(%q) = %q, %v; the library reads %q", s, n.Full(), err, want)
	}
}

// isSound fails unless n reads back as itself and prints without its digits.
func isSound(t *testing.T, n call.Number, parse func(string) (call.Number, error)) {
	t.Helper()
	again, err := parse(n.Full())
	if err != nil || again != n {
		t.Fatalf("%q reads back as %q, %v", n.Full(), again.Full(), err)
	}
	if national, err := parse(n.National()); err != nil || national != n {
		t.Fatalf("%q in national form %q reads back as %q, %v", n.Full(), n.National(), national.Full(), err)
	}
	hides(t, n)
}

// hides fails if some way of printing n shows more than it should.
func hides(t *testing.T, n call.Number) {
	t.Helper()
	digits := strings.TrimPrefix(n.Full(), "+")
	shown := strings.Count(n.String(), "") - 1 - strings.Count(n.String(), "*") - strings.Count(n.String(), "+")
	if shown > len(digits)-4 && 2*shown > len(digits) {
		t.Fatalf("%q shows %d of %d digits", n, shown, len(digits))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%30s"} {
		if out := fmt.Sprintf(verb, n); strings.Contains(out, digits) {
			t.Fatalf("%s prints the whole number: %s", verb, out)
		}
	}
}

func FuzzParseParty(f *testing.F) {
	for _, s := range spellings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		agrees(t, s)
		// Random text rarely gets as far as a mobile number, so its digits also
		// follow the beginnings that the short way knows.
		for _, start := range []string{"1", "+861", "861", "00861", "+"} {
			agrees(t, start+s)
		}
		if n, err := call.ParseParty(s); err == nil {
			isSound(t, n, call.ParseParty)
			if n.Landline() != libraryLandline(n) {
				t.Fatalf("Landline of %q is %v", n.Full(), n.Landline())
			}
		}
	})
}

func libraryLandline(n call.Number) bool {
	parsed, err := phonenumbers.Parse(n.Full(), "CN")
	return err == nil && phonenumbers.GetNumberType(parsed) == phonenumbers.FIXED_LINE
}

func FuzzParseX(f *testing.F) {
	for _, s := range spellings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, err := call.ParseX(s)
		shape := xShape.MatchString(s)
		if (err == nil) != shape || err != nil && !errors.Is(err, call.ErrX) {
			t.Fatalf("ParseX(%q): %v", s, err)
		}
		if err != nil {
			return
		}
		isSound(t, x, call.ParseX)
		if full, valid := oracle(s); valid && x.Full() != full {
			t.Fatalf("ParseX(%q) = %q; the library reads %q", s, x.Full(), full)
		}
		if party, err := call.ParseParty(x.Full()); err == nil && party != x {
			t.Fatalf("ParseX(%q) = %q, which is the party %q", s, x.Full(), party.Full())
		}
	})
}
