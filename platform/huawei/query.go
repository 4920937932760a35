package huawei

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xmode/call"
	"xmode/platform"
)

// maxID is the longest id of a call or text in bytes; the platform's page gives
// none for calls.
const maxID = 256

// ask reads the question of a verified body. It names every field of those that
// an answer needs that is missing or wrong. The caller is never among them, that
// is a matter for the decision: one that stands there twice, or is an object, is
// unknown. A body over [platform.MaxQuery] is no question.
func (b *body) ask(kind call.Kind, now time.Time) (*call.Query, error) {
	if len(b.whole) > platform.MaxQuery {
		return nil, tooLarge()
	}
	q := &call.Query{Platform: Name, Kind: kind, At: now}
	object, event, id, x, caller := b.values[statusInfo], "eventType", "sessionId", "called", "caller"
	if kind == call.SMS {
		// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0008_3.html
		object, event, id, x, caller = b.values[smsEvent], "", "smsIdentifier", "virtualNumber", "calling"
	}
	f := platform.FieldsOf(object)
	need(f, event, event != "" && b.event() == "")
	q.CallID = required(f, f.LongText, id)
	q.X = f.X(x)
	need(f, x, q.X.IsZero())
	if faults := f.Heed(event, id, x); faults != "" {
		return nil, invalid(faults)
	}
	if n := f.Party(caller); f.Heed(caller) == "" {
		q.Caller = n
	}
	return q, nil
}

// required reads the id that an answer is about.
func required(f *platform.Fields, read func(...string) string, name string) string {
	id := read(name)
	need(f, name, id == "")
	if !printable(id, maxID) {
		f.Note(name, faultID)
	}
	return id
}

// need notes a field that is missing, unless it has a fault already.
func need(f *platform.Fields, name string, missing bool) {
	if missing {
		f.Note(name, faultRequired)
	}
}

// printable reports whether a text can be kept and shown. U+FFFD is what
// becomes of half a surrogate pair: two texts that differ would be one.
func printable(s string, longest int) bool {
	unfit := func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }
	return len(s) <= longest && !strings.ContainsFunc(s, unfit)
}
