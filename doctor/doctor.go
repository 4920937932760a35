// Package doctor looks for what would lose or leak data: in settings, in Redis and
// in clocks. It is pure: what there is to see comes in, findings go out, and no
// finding holds a secret.
package doctor

//go:generate go test -run ^TestPage$ -update .

import (
	"cmp"
	"fmt"
	"slices"
)

// Level is how bad a finding is.
type Level int

// The levels: in order, worth a look, and what loses or leaks data as things are.
const (
	OK Level = iota
	Warning
	Problem
)

// String returns ok, warning or problem.
func (l Level) String() string {
	switch l {
	case OK:
		return "ok"
	case Warning:
		return "warning"
	default:
		return "problem"
	}
}

// MarshalText writes the level as [Level.String] does.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Finding is what one check found at one place.
type Finding struct {
	Level Level `json:"level"`
	// Check is the name of one of [Checks].
	Check string `json:"check"`
	// Where it was found: a server, a setting, a file; empty where there is only
	// one place.
	Where string `json:"where,omitempty"`
	// Found says what there is, in a sentence.
	Found string `json:"found"`
	// Why it matters and what to do about it; empty where all is in order.
	Why string `json:"why,omitempty"`
	Do  string `json:"do,omitempty"`
}

// Findings are those of all checks.
type Findings []Finding

// add notes a finding, in its check's words where something is wrong.
func (f *Findings) add(level Level, check, where, format string, args ...any) {
	found := Finding{Level: level, Check: check, Where: where, Found: fmt.Sprintf(format, args...)}
	if level > OK {
		about := about(check)
		found.Why, found.Do = about.Why, about.Do
	}
	*f = append(*f, found)
}

// Count tells how many there are of a level.
func (f Findings) Count(level Level) (n int) {
	for _, finding := range f {
		if finding.Level == level {
			n++
		}
	}
	return n
}

// Sort puts the worst first, and leaves the order of the checks otherwise.
func (f Findings) Sort() {
	slices.SortStableFunc(f, func(a, b Finding) int { return cmp.Compare(b.Level, a.Level) })
}

// about is the check of a name.
func about(name string) Check {
	for _, c := range Checks() {
		if c.Name == name {
			return c
		}
	}
	return Check{Name: name}
}
