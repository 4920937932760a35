package call

import (
	"errors"
	"slices"
	"strconv"
	"time"
)

// Platform names a number-privacy platform ("aliyun", "huawei"). The empty
// Platform in a binding means any.
type Platform string

// ID identifies a binding: 1 to [MaxID]. The zero ID is "not assigned".
type ID uint64

// MaxID is the largest binding id: 2^53-1, exact in every JSON reader.
const MaxID ID = 1<<53 - 1

// ErrID: the text is no binding id.
var ErrID = errors.New("must be 1 to 9007199254740991 in decimal, without leading zero")

// ParseID reads an id as it is written in JSON strings and in Aliyun's subsId:
// decimal, no sign, no leading zero, 1 to MaxID.
//
// The error is [ErrID].
func ParseID(s string) (ID, error) {
	if len(s) == 0 || len(s) > len("9007199254740991") || s[0] == '0' || !allDigits(s) {
		return 0, ErrID
	}
	var id ID
	for i := range len(s) { // at most sixteen digits: no overflow
		id = id*10 + ID(s[i]-'0')
	}
	if id > MaxID {
		return 0, ErrID
	}
	return id, nil
}

// String returns the id in decimal.
func (id ID) String() string { return strconv.FormatUint(uint64(id), 10) }

// Direction says which way a binding connects.
type Direction string

// The directions of a binding.
const (
	Both  Direction = "both"   // peers reach the owner, the owner reaches peers
	ToA   Direction = "to_a"   // only calls towards the owner
	FromA Direction = "from_a" // only calls of the owner
)

// SMSMode says what becomes of text messages through a binding.
type SMSMode string

// What becomes of text messages.
const (
	Forward   SMSMode = "forward"   // delivered
	Drop      SMSMode = "drop"      // rejected
	Intercept SMSMode = "intercept" // accepted, kept with the record, not delivered
)

// Prompts are prompt codes or file names as the platform knows them.
type Prompts struct {
	Caller, Callee, Ringback, RecordHint, LastMinute, Hangup string
}

// Binding says who may reach whom through an X number.
type Binding struct {
	// ID is the binding's id, unique over all X numbers.
	ID ID
	// X is the privacy number that is dialled.
	X Number
	// Platform restricts the binding to queries of one platform; empty: any.
	Platform Platform
	// Extension is 1-8 digits typed after X, or empty.
	Extension string
	// A is the owner, the protected party.
	A Number
	// Peers may reach the owner: none means anyone, one makes a pair, several
	// a group. Distinct, at most [MaxPeers].
	Peers []Number
	// PeerCount is the number of peers. It is len(Peers), except for a group
	// that a store looked up for a decision: there Peers stays empty, since
	// a thousand peers have no business in an answer.
	PeerCount int
	// Direction says which way it connects.
	Direction Direction
	// ExpiresAt is the instant from which on the binding does not exist for a
	// query; zero: never. Whole milliseconds.
	ExpiresAt time.Time
	// Display is the number shown to the callee; zero: the X number.
	Display Number
	// Record asks the platform to record the call.
	Record bool
	// MaxDuration is the longest call in seconds, 0-86400; 0: platform's default.
	MaxDuration int
	// Prompts are played on the way.
	Prompts Prompts
	// SMS says what becomes of text messages.
	SMS SMSMode
	// UserData is opaque printable ASCII, at most 256 bytes, no braces; it
	// comes back in events and call records.
	UserData string
}

// MaxPeers is the largest group.
const MaxPeers = 1000

// Expired reports whether the binding no longer exists at now.
func (b *Binding) Expired(now time.Time) bool {
	return !b.ExpiresAt.IsZero() && !now.Before(b.ExpiresAt)
}

// Live reports whether a query of platform p at now sees the binding.
func (b *Binding) Live(p Platform, now time.Time) bool {
	return !b.Expired(now) && (b.Platform == "" || b.Platform == p)
}

// FieldErrors are the faults of one message or binding, by field name in the
// JSON spelling; the texts hold no numbers and no secrets.
type FieldErrors map[string]string

// Warnings returns what is legal but will not work as hoped, in English
// sentences without numbers: a party that is a fixed line, say.
func (b *Binding) Warnings() []string {
	var warnings []string
	if b.A.Landline() {
		warnings = append(warnings, "The owner is a fixed line: carriers do not let fixed lines call X numbers.")
	}
	if slices.ContainsFunc(b.Peers, Number.Landline) {
		warnings = append(warnings, "A peer is a fixed line: carriers do not let fixed lines call X numbers.")
	}
	if !b.Display.IsZero() && b.Display != b.X {
		warnings = append(warnings, "The display number is not the X number: carriers may block the call, and do on Huawei.")
	}
	return warnings
}

// SameAs reports whether two bindings are equal in X, platform, extension,
// owner and peers (as a set): what makes a repeated create safe.
func (b *Binding) SameAs(o *Binding) bool {
	return b.X == o.X && b.Platform == o.Platform && b.Extension == o.Extension && b.A == o.A &&
		b.PeerCount == o.PeerCount && samePeers(b.Peers, o.Peers)
}

// samePeers reports whether two lists of distinct numbers hold the same.
func samePeers(a, b []Number) bool {
	switch {
	case len(a) != len(b):
		return false
	case slices.Equal(a, b):
		return true
	case len(a) <= fewPeers:
		return !slices.ContainsFunc(a, func(n Number) bool { return !slices.Contains(b, n) })
	}
	set := setOf(a)
	return !slices.ContainsFunc(b, func(n Number) bool { _, in := set[n]; return !in })
}
