package server

import (
	"cmp"
	"slices"
	"strings"
)

// Fault is one thing wrong with the settings.
type Fault struct {
	// Name is the variable at fault, "XMODE_CLOCK_SKEW".
	Name string
	// Text says what is wrong; it never holds a secret.
	Text string
}

// Error returns "XMODE_CLOCK_SKEW: …".
func (f Fault) Error() string { return f.Name + ": " + f.Text }

// Faults are all things wrong with the settings, ordered by name.
type Faults []Fault

// Error joins the faults with "; ".
func (f Faults) Error() string {
	texts := make([]string, len(f))
	for i, fault := range f {
		texts[i] = fault.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap gives each fault.
func (f Faults) Unwrap() []error {
	errs := make([]error, len(f))
	for i, fault := range f {
		errs[i] = fault
	}
	return errs
}

// add notes a fault. Of several faults of one setting the first counts: what
// could not be read has no range either.
func (f *Faults) add(name, text string) {
	if !f.has(name) {
		*f = append(*f, Fault{Name: name, Text: text})
	}
}

// has reports whether a setting has a fault already.
func (f Faults) has(name string) bool {
	return slices.ContainsFunc(f, func(other Fault) bool { return other.Name == name })
}

// err returns the faults in order, or nil when there are none.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortFunc(f, func(a, b Fault) int { return cmp.Compare(a.Name, b.Name) })
	return f
}
