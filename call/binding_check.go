package call

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of a binding's fields, in the order of the fields.
const (
	maxPlatform    = 16    // letters and digits
	maxDuration    = 86400 // seconds
	maxPrompt      = 128   // bytes
	maxUserData    = 256   // bytes
	lastExpiryYear = 9999  // the last year that RFC 3339 can write
)

// Error lists the faults in the order of the field names: "a: …; peers: …".
func (e FieldErrors) Error() string {
	fields := make([]string, 0, len(e))
	for field := range e {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	for i, field := range fields {
		fields[i] = field + ": " + e[field]
	}
	return strings.Join(fields, "; ")
}

// add notes a fault; the first one of a field stays. The map is made for the
// first fault, so that a valid binding costs none.
func (e *FieldErrors) add(field, fault string) {
	if *e == nil {
		*e = FieldErrors{}
	}
	if _, there := (*e)[field]; !there {
		(*e)[field] = fault
	}
}

// Check returns the faults that a binding has as a whole, as [FieldErrors], or
// nil: ranges of every field, owner and peers distinct, none of them the X
// number.
func (b *Binding) Check() error {
	var faults FieldErrors
	b.checkRoute(&faults)
	b.checkParties(&faults)
	b.checkTerms(&faults)
	b.checkTexts(&faults)
	if faults == nil {
		return nil
	}
	return faults
}

// checkRoute looks at what names and reaches the binding.
func (b *Binding) checkRoute(faults *FieldErrors) {
	if b.ID > MaxID {
		faults.add("id", "must be 1 to 9007199254740991")
	}
	if b.X.IsZero() {
		faults.add("x", "required")
	}
	if b.Platform != "" && !validPlatform(string(b.Platform)) {
		faults.add("platform", "must be at most 16 lower-case letters and digits")
	}
	if b.Extension != "" && !validExtension(b.Extension) {
		faults.add("extension", "must be 1 to 8 digits")
	}
}

// validPlatform reports whether s could name a platform at all; which ones
// there are is not the domain's business.
func validPlatform(s string) bool {
	for i := range len(s) {
		if (s[i] < 'a' || 'z' < s[i]) && (s[i] < '0' || '9' < s[i]) {
			return false
		}
	}
	return len(s) <= maxPlatform
}

// checkParties looks at the owner and the peers.
func (b *Binding) checkParties(faults *FieldErrors) {
	switch {
	case b.A.IsZero():
		faults.add("a", "required")
	case b.A == b.X:
		faults.add("a", "is the X number")
	}
	if len(b.Peers) > MaxPeers {
		faults.add("peers", "more than 1000")
		return
	}
	if b.PeerCount != len(b.Peers) {
		faults.add("peers", "incomplete")
	}
	for _, peer := range b.Peers {
		switch peer {
		case Number{}:
			faults.add("peers", "an empty number")
		case b.A:
			faults.add("peers", "the owner is among them")
		case b.X:
			faults.add("peers", "the X number is among them")
		}
	}
	if repeats(b.Peers) {
		faults.add("peers", "a number is listed twice")
	}
}

// fewPeers is up to how many peers comparing each with each is cheaper than a
// map.
const fewPeers = 12

// repeats reports whether a number occurs twice.
func repeats(numbers []Number) bool {
	if len(numbers) <= fewPeers {
		for i, n := range numbers {
			if slices.Contains(numbers[:i], n) {
				return true
			}
		}
		return false
	}
	return len(setOf(numbers)) < len(numbers)
}

// setOf returns the numbers as a set.
func setOf(numbers []Number) map[Number]struct{} {
	set := make(map[Number]struct{}, len(numbers))
	for _, n := range numbers {
		set[n] = struct{}{}
	}
	return set
}

// checkTerms looks at the conditions of a call.
func (b *Binding) checkTerms(faults *FieldErrors) {
	switch b.Direction {
	case Both, ToA, FromA:
	default:
		faults.add("direction", "must be both, to_a or from_a")
	}
	switch b.SMS {
	case Forward, Drop, Intercept:
	default:
		faults.add("sms", "must be forward, drop or intercept")
	}
	if b.MaxDuration < 0 || maxDuration < b.MaxDuration {
		faults.add("max_duration_s", "must be 0 to 86400")
	}
	if !b.ExpiresAt.IsZero() && !validExpiry(b.ExpiresAt) {
		faults.add("expires_at", "must be between the years 1970 and 9999")
	}
}

// validExpiry reports whether the instant can be kept in milliseconds and
// written in RFC 3339.
func validExpiry(at time.Time) bool {
	return at.UnixMilli() > 0 && at.UTC().Year() <= lastExpiryYear
}

// checkTexts looks at what is handed through to the platform.
func (b *Binding) checkTexts(faults *FieldErrors) {
	p := &b.Prompts
	for _, prompt := range [...]string{p.Caller, p.Callee, p.Ringback, p.RecordHint, p.LastMinute, p.Hangup} {
		if len(prompt) > maxPrompt || !utf8.ValidString(prompt) || strings.ContainsFunc(prompt, unicode.IsControl) {
			faults.add("prompts", "each must be at most 128 bytes of UTF-8 without control characters")
		}
	}
	if len(b.UserData) > maxUserData || strings.ContainsFunc(b.UserData, notOpaque) {
		faults.add("user_data", "must be at most 256 bytes of printable ASCII without { and }")
	}
}

// notOpaque reports whether r may not occur in user data: platforms carry it
// around in places where braces and anything but ASCII break their own syntax.
func notOpaque(r rune) bool { return r < ' ' || '~' < r || r == '{' || r == '}' }
