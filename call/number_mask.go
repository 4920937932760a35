package call

import (
	"fmt"
	"log/slog"
	"strings"
)

// The masked form of a number.
const (
	unknown = "unknown" // how no number prints
	stars   = "****"    // in place of what is hidden, however much that is
)

// String returns the masked number: "+86138****0021". At least four digits are
// hidden, and at least half of them below eleven digits; no number is
// "unknown".
func (n Number) String() string {
	if n.IsZero() {
		return unknown
	}
	digits, international := strings.CutPrefix(n.full, "+")
	head, tail := visible(len(digits))
	masked := digits[:head] + stars + digits[len(digits)-tail:]
	if international {
		return "+" + masked
	}
	return masked
}

// visible says how many of the first and last digits a masked number shows.
func visible(digits int) (head, tail int) {
	const (
		long      = 11 // from here on four digits are enough to hide
		hidden    = 4
		mostFirst = 5 // country and network, or country and area
		last      = 4
	)
	if digits < long {
		head = digits / 4
		return head, digits/2 - head
	}
	return min(mostFirst, digits-hidden-last), last
}

// Format masks the number in every verb of fmt: %v, %+v, %#v, %s, %q and those
// that do not suit a number.
func (n Number) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), n.String())
}

// GoString masks the number for whoever asks for Go syntax without fmt.
func (n Number) GoString() string { return fmt.Sprintf("%#v", n.String()) }

// LogValue masks the number in structured logs.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.String()) }

// MarshalText returns the masked number, so that no encoder gives away the full
// one unasked; who means to write it writes [Number.Full]. There is no
// UnmarshalText on purpose: a masked number cannot be read back, and what comes
// from outside goes through [ParseParty] or [ParseX].
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }
