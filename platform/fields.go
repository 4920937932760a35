package platform

import (
	"strconv"
	"strings"
	"time"

	"xmode/call"
)

// Fields are the members of one JSON object of a push, read as real senders
// write them: numbers may be strings and strings numbers, what is null or empty
// is left out, unknown members do not matter. What is of no use is noted as a
// fault of its field.
//
// Not safe for concurrent use.
type Fields struct {
	members []member
	next    int // where the search begins: fields are asked for in the usual order
	faults  call.FieldErrors
}

type member struct{ name, value []byte }

// Faults of fields; none holds a value.
const (
	faultText     = "must be text or a number"
	faultNumber   = "must be a whole number"
	faultTwice    = "occurs twice"
	faultTime     = "not a time"
	faultLong     = "longer than 256 bytes"
	faultX        = "not an X number"
	faultObject   = "must be an object"
	faultMembers  = "has more than 512 fields"
	maxText       = 256
	usualCapacity = 40
	maxMembers    = 512 // far more than any item has; the search for repeated ones is quadratic
)

// ReadFields reads an item of a push. What is wrong with it as a whole (no
// object, not UTF-8) is a fault of the field "item".
func ReadFields(item []byte) *Fields {
	f := &Fields{}
	item = item[SkipSpace(item, 0):]
	if err := CheckJSON(item); err != nil {
		f.Note("item", err.Error())
		return f
	}
	if !IsObject(item) {
		f.Note("item", faultObject)
		return f
	}
	f.take(item)
	return f
}

// FieldsOf is [ReadFields] for an object that is known to be valid JSON, whatever
// its strings hold. Anything but an object has no fields.
func FieldsOf(object []byte) *Fields {
	f := &Fields{}
	if IsObject(object) {
		f.take(object)
	}
	return f
}

// take files the members of an object. A name that occurs twice is a fault:
// readers differ in which of the two they see.
func (f *Fields) take(object []byte) {
	const shortest = 16 // bytes of a usual member
	f.members = make([]member, 0, min(len(object)/shortest+1, usualCapacity))
	var seen uint64 // a bit for each name, shared by some: most names need no search
	members(object, func(name, value []byte) {
		if len(f.members) == maxMembers {
			f.Note("item", faultMembers)
			return
		}
		bit := uint64(1) << (sketch(name) % 64)
		if seen&bit != 0 && f.find(string(name)) != nil {
			f.Note(told(string(name)), faultTwice)
		}
		seen |= bit
		if !IsNull(value) {
			f.members = append(f.members, member{name, value})
		}
	})
	f.next = 0
}

// told is a name as a fault may tell it: the sender chose it.
func told(name string) string {
	letter := func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_' }
	if len(name) > 40 || strings.ContainsFunc(name, func(r rune) bool { return !letter(r) }) {
		return "a field"
	}
	return name
}

// sketch tells most names of one object apart.
func sketch(name []byte) int {
	n := len(name)
	if n == 0 {
		return 0
	}
	return n + 7*int(name[0]) + 31*int(name[n-1]) + 17*int(name[n/2])
}

// Note adds a fault of a field, unless it has one.
func (f *Fields) Note(field, fault string) {
	if f.faults == nil {
		f.faults = call.FieldErrors{}
	}
	if f.faults[field] == "" {
		f.faults[field] = fault
	}
}

// Fault says what is wrong, field by field; empty: nothing.
func (f *Fields) Fault() string {
	if len(f.faults) == 0 {
		return ""
	}
	return f.faults.Error()
}

// Object reads the members of an inner object; its faults become those of f.
// One that is absent has no members.
func (f *Fields) Object(name string) *Fields {
	inner := &Fields{}
	value := f.find(name)
	switch {
	case value == nil:
	case !IsObject(value):
		f.Note(name, faultObject)
	default:
		inner.share(f)
		inner.take(value)
	}
	inner.share(f)
	return inner
}

// share has the faults of both in one place.
func (f *Fields) share(outer *Fields) {
	if outer.faults == nil {
		outer.faults = call.FieldErrors{}
	}
	f.faults = outer.faults
}

// Known reports whether any of the names occurs: what has none of them is
// something else than it says.
func (f *Fields) Known(names ...string) bool {
	for _, name := range names {
		if f.find(name) != nil {
			return true
		}
	}
	return false
}

// find returns the value of a name; nil where there is none.
func (f *Fields) find(name string) []byte {
	n := len(f.members)
	for i := range n {
		at := f.next + i
		if at >= n {
			at -= n
		}
		if string(f.members[at].name) == name {
			f.next = at + 1
			return f.members[at].value
		}
	}
	return nil
}

// Text returns a text, or a number as it is written, of the first of the names
// that occurs; "" where none does. It is at most 256 bytes long.
func (f *Fields) Text(names ...string) string {
	s := f.LongText(names...)
	if len(s) > maxText {
		f.Note(names[0], faultLong)
		return ""
	}
	return s
}

// LongText is [Fields.Text] without the limit.
func (f *Fields) LongText(names ...string) string {
	for _, name := range names {
		switch value := f.find(name); {
		case value == nil:
		case IsString(value):
			if s := Unquote(value); s != "" {
				return s
			}
		case value[0] == '-' || '0' <= value[0] && value[0] <= '9':
			return string(value)
		default:
			f.Note(name, faultText)
		}
	}
	return ""
}

// Int returns a whole number, written as one or as text; there is false where
// it is absent, or none.
func (f *Fields) Int(names ...string) (n int, there bool) {
	s := strings.TrimSpace(f.Text(names...))
	if s == "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		f.Note(names[0], faultNumber)
		return 0, false
	}
	return n, true
}

// Heed is [Fields.Fault] for the faults of these fields alone.
func (f *Fields) Heed(names ...string) string {
	heeded := call.FieldErrors{}
	for _, name := range names {
		if fault := f.faults[name]; fault != "" {
			heeded[name] = fault
		}
	}
	if len(heeded) == 0 {
		return ""
	}
	return heeded.Error()
}

// Party returns the number of a party. One that is absent, withheld or no
// number is the zero Number and no fault, as long as it is text or a number.
func (f *Fields) Party(names ...string) call.Number {
	n, _ := call.ParseParty(f.LongText(names...))
	return n
}

// X returns an X number; zero where it is absent, a fault where it is none.
func (f *Fields) X(names ...string) call.Number {
	s := f.LongText(names...)
	if s == "" {
		return call.Number{}
	}
	x, err := call.ParseX(s)
	if err != nil {
		f.Note(names[0], faultX)
	}
	return x
}

// Time returns an instant as parse reads it; zero where it is absent.
func (f *Fields) Time(parse func(string) (time.Time, error), names ...string) time.Time {
	s := f.Text(names...)
	if s == "" {
		return time.Time{}
	}
	t, err := parse(s)
	if err != nil {
		f.Note(names[0], faultTime)
		return time.Time{}
	}
	return t
}

// BindingID returns one of our own ids as it comes back; 0 where it is absent,
// 0 itself, or none of ours.
func (f *Fields) BindingID(names ...string) call.ID {
	id, _ := call.ParseID(f.LongText(names...))
	return id
}

// ParseDateTime reads "2006-01-02 15:04:05" in a zone, and nothing like it. What
// lies before 1970 is no time of a call, whatever it was meant to say.
func ParseDateTime(zone *time.Location) func(string) (time.Time, error) {
	return func(s string) (time.Time, error) {
		const layout = "2006-01-02 15:04:05"
		if len(s) != len(layout) { // time.Parse lets fractions pass
			return time.Time{}, &time.ParseError{Layout: layout, Message: ": length"}
		}
		t, err := time.ParseInLocation(layout, s, zone)
		if err == nil && t.Unix() < 0 {
			err = &time.ParseError{Layout: layout, Message: ": before 1970"}
		}
		return t.UTC(), err
	}
}
