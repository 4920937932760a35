package huawei

import (
	"xmode/platform"
)

// maxBodyDepth is how deep a body may nest. It is more than an item may, so
// that one that nests too deep is the only one of its batch to suffer.
const maxBodyDepth = 64

// usualItems is room for the records of a full push.
const usualItems = 50

// member names what a body can hold.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2a.html
type member int

// The members that say what a body is about.
const (
	eventType  member = iota
	statusInfo        // of a call event
	feeLst            // call records
	numInfo           // states of X numbers
	smsEvent          // of a text message
	memberCount
)

// memberOf finds a member by its name.
func memberOf(name string) (member, bool) {
	switch name {
	case "eventType":
		return eventType, true
	case "statusInfo":
		return statusInfo, true
	case "feeLst":
		return feeLst, true
	case "numInfo":
		return numInfo, true
	case "smsEvent":
		return smsEvent, true
	}
	return 0, false
}

// body is the body of a push, taken apart in one pass over its bytes. Its parts
// are parts of the message, not copies, and not decoded.
type body struct {
	whole  []byte
	values [memberCount][]byte   // nil: absent, or null
	lists  [memberCount][][]byte // items, where the value is a list of such
	fault  string                // why it is no JSON object; empty: it is one
	twice  string                // a member that occurs twice; empty: none
}

// split takes a body apart.
func split(text []byte) body {
	b := body{whole: text}
	i := platform.SkipSpace(text, 0)
	switch {
	case i < len(text) && text[i] == '{':
		if i = b.object(i); i < 0 {
			b.fault = faultJSON
		}
	default:
		if i = platform.EndOfJSON(text, i, maxBodyDepth); i >= 0 {
			b.fault = faultObject
		} else {
			b.fault = faultJSON
		}
	}
	if i >= 0 && platform.SkipSpace(text, i) != len(text) {
		b.fault = faultJSON
	}
	return b
}

// object reads the object that begins at i and returns the index after it; -1: it
// is no JSON.
func (b *body) object(i int) int {
	var seen [memberCount]bool
	return platform.WalkObject(b.whole, i, func(name []byte, at int) int {
		m, known := memberOf(platform.Unquote(name))
		if known && seen[m] {
			b.twice = platform.Unquote(name)
		}
		wanted := known && !seen[m]
		if known {
			seen[m] = true
		}
		return b.take(m, wanted, at)
	})
}

// take reads the value at i, keeps it if it is wanted, and returns the index
// after it, or -1.
func (b *body) take(m member, wanted bool, i int) int {
	var end int
	if wanted && (m == feeLst || m == numInfo) && i < len(b.whole) && b.whole[i] == '[' {
		end = b.list(m, i)
	} else {
		end = platform.EndOfJSON(b.whole, i, maxBodyDepth-1)
	}
	if end >= 0 && wanted {
		if value := b.whole[i:end]; !platform.IsNull(value) {
			b.values[m] = value
		}
	}
	return end
}

// list reads the list at i into its items.
func (b *body) list(m member, i int) int {
	items := make([][]byte, 0, usualItems)
	end := platform.WalkList(b.whole, i, func(at int) int {
		end := platform.EndOfJSON(b.whole, at, maxBodyDepth-2)
		if end >= 0 {
			items = append(items, b.whole[at:end:end])
		}
		return end
	})
	b.lists[m] = items
	return end
}

// several reports whether a body holds more than one of the things that it can
// be about.
func (b *body) several() bool {
	n := 0
	for _, m := range []member{feeLst, numInfo, smsEvent} {
		if b.values[m] != nil {
			n++
		}
	}
	return n > 1
}

// items are those of a list; of a value that should be one, the value itself.
func (b *body) items(m member) [][]byte {
	value := b.values[m]
	if value == nil || platform.IsList(value) {
		return b.lists[m]
	}
	return [][]byte{value}
}

// text reads a text among the members of one of the members; empty where either
// is absent or no text. twice is set where it stands there more than once.
func (b *body) text(m member, name string) (text string, twice bool) {
	if !platform.IsObject(b.values[m]) {
		return "", false
	}
	f := platform.FieldsOf(b.values[m])
	twice = f.Heed(name) != ""
	return f.Text(name), twice
}

// event is the value of eventType; empty where it is absent or no text.
func (b *body) event() string {
	switch value := b.values[eventType]; {
	case value == nil:
		return ""
	case platform.IsString(value):
		return platform.Unquote(value)
	case platform.IsObject(value) || platform.IsList(value):
		return ""
	default:
		return string(value) // a number: an event nobody knows
	}
}
