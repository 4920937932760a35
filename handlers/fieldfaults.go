package handlers

import (
	"strings"

	"xmode/call"
)

// faults collects what is wrong, by field; the first fault of a field stays.
type faults call.FieldErrors

// add notes a fault. The map is made for the first one.
func (f *faults) add(field, fault string) {
	if *f == nil {
		*f = faults{}
	}
	if _, there := (*f)[field]; !there {
		(*f)[field] = fault
	}
}

// merge adds the faults of another list under a prefix.
func (f *faults) merge(prefix string, more map[string]string) {
	for field, fault := range more {
		f.add(prefix+field, fault)
	}
}

// err returns the faults as an error, nil for none.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return call.FieldErrors(f)
}

// maxShown is the longest name of an unknown field that an answer repeats.
const maxShown = 64

// shown returns the name of an unknown field as far as it may be repeated: a
// name that a sender made up may be anything, a phone number, say.
func shown(name string) string {
	if name == "" || len(name) > maxShown || strings.ContainsFunc(name, notNameRune) || strings.ContainsAny(name, "0123456789") {
		return "(other)"
	}
	return name
}
