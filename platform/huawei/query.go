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

// ask reads the question of a verified body. It names every field that is
// missing or wrong; the caller is never among them, that is a matter for the
// decision. Strings that are no UTF-8 matter only where they are needed.
func (b *body) ask(kind call.Kind, now time.Time) (*call.Query, error) {
	q := &call.Query{Platform: Name, Kind: kind, At: now}
	var f *platform.Fields
	if kind == call.SMS {
		// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0008_3.html
		f = platform.FieldsOf(b.values[smsEvent])
		q.CallID = required(f, f.LongText, "smsIdentifier")
		q.X = f.X("virtualNumber")
		need(f, "virtualNumber", q.X.IsZero())
		q.Caller = f.Party("calling")
	} else {
		f = platform.FieldsOf(b.values[statusInfo])
		need(f, "eventType", b.event() == "")
		q.CallID = required(f, f.LongText, "sessionId")
		q.X = f.X("called")
		need(f, "called", q.X.IsZero())
		q.Caller = f.Party("caller")
	}
	if faults := f.Fault(); faults != "" {
		return nil, invalid(faults)
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
