package store

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"xmode/call"
)

// Documents are the JSON that stores keep and readers get: records, events,
// logged decisions. Every field is there in every document of its sort; a time
// that is not known is null, a text that is not is empty. Numbers are E.164, X
// numbers that are no E.164 their digits.

// Pushed is what a store knows of a document beside what the platform said.
type Pushed struct {
	// First is when it came first; Pushes is how often it came since.
	First  time.Time
	Pushes int
	// Conflict is set where the same identity came with other content as well.
	Conflict bool
}

// AppendRecord writes a call record with the platform's JSON, which has to be
// valid; nil leaves it out.
func AppendRecord(dst []byte, r *call.Record, p Pushed, raw []byte) []byte {
	d := document{append(dst, '{')}
	d.text("platform", string(r.Platform))
	d.text("record_id", r.ID)
	d.text("call_id", r.CallID)
	d.text("kind", string(r.Kind))
	d.text("x", r.X.Full())
	d.text("caller", r.Caller.Full())
	d.text("callee", r.Callee.Full())
	d.text("extension", r.Extension)
	d.binding(r.BindingID)
	d.instant("started_at", r.StartedAt)
	d.instant("ringing_at", r.RingingAt)
	d.instant("answered_at", r.AnsweredAt)
	d.instant("ended_at", r.EndedAt)
	d.name("duration_s")
	d.buf = strconv.AppendInt(d.buf, int64(r.Duration), 10)
	d.text("outcome", string(r.Outcome))
	d.text("released_by", string(r.ReleasedBy))
	d.cause(r.Cause)
	d.text("recording", string(r.Recording))
	d.known("recording_id", r.RecordingID)
	d.text("user_data", r.UserData)
	return d.pushed(p, raw)
}

// AppendEvent writes an event of a call.
func AppendEvent(dst []byte, e *call.Event, p Pushed, raw []byte) []byte {
	d := document{append(dst, '{')}
	d.text("platform", string(e.Platform))
	d.text("event_id", e.ID)
	d.text("call_id", e.CallID)
	d.text("type", e.Type)
	d.text("stage", string(e.Stage))
	d.instant("at", e.At)
	d.text("x", e.X.Full())
	d.text("caller", e.Caller.Full())
	d.text("callee", e.Callee.Full())
	d.binding(e.BindingID)
	d.text("released_by", string(e.ReleasedBy))
	d.cause(e.Cause)
	d.flag("recorded", e.Recorded)
	d.known("recording_id", e.RecordingID)
	d.text("user_data", e.UserData)
	return d.pushed(p, raw)
}

// AppendQuery writes a decision as it is logged.
func AppendQuery(dst []byte, t *call.Trace) []byte {
	q, made := &t.Query, &t.Decision
	d := document{append(dst, '{')}
	d.text("platform", string(q.Platform))
	d.text("call_id", q.CallID)
	d.instant("at", q.At)
	d.text("kind", string(q.Kind))
	d.text("x", q.X.Full())
	d.text("caller", q.Caller.Full())
	d.text("extension", q.Extension)
	d.text("decision", string(made.Outcome))
	d.text("reason", string(made.Reason))
	d.name("row")
	d.buf = strconv.AppendInt(d.buf, int64(made.Row), 10)
	d.text("callee", made.Callee.Full())
	d.text("display", made.Display.Full())
	id := call.ID(0)
	if made.Binding != nil {
		id = made.Binding.ID
	}
	d.binding(id)
	return append(d.buf, '}')
}

// Parts of a document that change while it is kept. They stand before the
// platform's JSON and cannot occur in a text before, where quotes are escaped.
const (
	onceToldAt  = `,"pushes":1,"conflict":false`
	pushesName  = `,"pushes":`
	conflictNot = `,"conflict":false`
	conflictYes = `,"conflict":true`
)

// Update returns a document as it was first written with the present number of
// pushes and whether there is a conflict. One that is none is returned as it is.
func Update(document []byte, pushes int, conflict bool) []byte {
	at := bytes.Index(document, []byte(onceToldAt))
	if at < 0 || pushes == 1 && !conflict {
		return document
	}
	out := make([]byte, 0, len(document)+8)
	out = append(out, document[:at]...)
	out = appendPushes(out, pushes, conflict)
	return append(out, document[at+len(onceToldAt):]...)
}

// What tells of a recording stands before the user data, where no text can have
// unescaped quotes.
const (
	recordingNamed = `,"recording_id":"`
	recordingFresh = `,"recording":"pending",`
	recordingNone  = `,"recording":"none",`
	afterRecording = `,"user_data":`
)

// RecordingIn is the recording that a document of a record names; "": it names none.
func RecordingIn(document []byte) string {
	head, _, _ := bytes.Cut(document, []byte(afterRecording))
	_, rest, named := bytes.Cut(head, []byte(recordingNamed))
	if !named {
		return ""
	}
	id, _, _ := bytes.Cut(rest, []byte{'"'})
	return string(id)
}

// UpdateRecording returns a document as it was first written with the present
// state of its recording: the one that it names or, where it names none, one that
// something else has named for its call.
func UpdateRecording(document []byte, id string, state call.RecordingState) []byte {
	head := bytes.Index(document, []byte(afterRecording))
	if at := bytes.Index(document, []byte(recordingFresh)); 0 <= at && at < head {
		return replaced(document, at, len(recordingFresh), `,"recording":"`+string(state)+`",`)
	}
	if at := bytes.Index(document, []byte(recordingNone)); 0 <= at && at < head {
		return replaced(document, at, len(recordingNone), `,"recording":"`+string(state)+`"`+recordingNamed+id+`",`)
	}
	return document
}

// replaced is a copy with some bytes replaced.
func replaced(document []byte, at, length int, by string) []byte {
	out := make([]byte, 0, len(document)+len(by))
	out = append(append(out, document[:at]...), by...)
	return append(out, document[at+length:]...)
}

func appendPushes(dst []byte, pushes int, conflict bool) []byte {
	dst = strconv.AppendInt(append(dst, pushesName...), int64(pushes), 10)
	if conflict {
		return append(dst, conflictYes...)
	}
	return append(dst, conflictNot...)
}

// document is a JSON object being written.
type document struct{ buf []byte }

func (d *document) name(name string) {
	if d.buf[len(d.buf)-1] != '{' {
		d.buf = append(d.buf, ',')
	}
	d.buf = append(d.buf, '"')
	d.buf = append(d.buf, name...)
	d.buf = append(d.buf, '"', ':')
}

func (d *document) text(name, value string) {
	d.name(name)
	d.buf = AppendText(d.buf, value)
}

// known is text that is left out where there is none.
func (d *document) known(name, value string) {
	if value != "" {
		d.text(name, value)
	}
}

func (d *document) flag(name string, value bool) {
	d.name(name)
	d.buf = strconv.AppendBool(d.buf, value)
}

func (d *document) binding(id call.ID) {
	if id == 0 {
		d.text("binding_id", "")
		return
	}
	d.text("binding_id", id.String())
}

func (d *document) instant(name string, t time.Time) {
	d.name(name)
	t = t.UTC()
	if year := t.Year(); t.IsZero() || year < 0 || year > 9999 { // RFC 3339 can write no other
		d.buf = append(d.buf, "null"...)
		return
	}
	d.buf = append(d.buf, '"')
	d.buf = appendInstant(d.buf, t)
	d.buf = append(d.buf, '"')
}

// appendInstant is AppendFormat of "2006-01-02T15:04:05.999Z", cut to the
// millisecond, in a fifth of its time: documents are full of instants.
func appendInstant(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = appendTwo(appendTwo(dst, year/100), year%100)
	dst = appendTwo(append(dst, '-'), int(month))
	dst = appendTwo(append(dst, '-'), day)
	dst = appendTwo(append(dst, 'T'), hour)
	dst = appendTwo(append(dst, ':'), minute)
	dst = appendTwo(append(dst, ':'), second)
	if ms := t.Nanosecond() / 1e6; ms != 0 {
		dst = append(appendTwo(append(dst, '.'), ms/10), byte('0'+ms%10))
		dst = bytes.TrimRight(dst, "0")
	}
	return append(dst, 'Z')
}

func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

func (d *document) cause(c call.Cause) {
	d.name("cause")
	inner := document{append(d.buf, '{')}
	inner.text("code", c.Code)
	inner.text("text", c.Text)
	d.buf = append(inner.buf, '}')
}

// pushed ends a document.
func (d *document) pushed(p Pushed, raw []byte) []byte {
	d.instant("first_pushed_at", p.First)
	d.buf = appendPushes(d.buf, p.Pushes, p.Conflict)
	if raw != nil {
		d.name("raw")
		d.buf = append(d.buf, raw...)
	}
	return append(d.buf, '}')
}

// AppendText writes a JSON string. Nearly all of them need no escapes.
func AppendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return appendEscaped(dst, s)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

func appendEscaped(dst []byte, s string) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return append(dst, bytes.TrimRight(out.Bytes(), "\n")...)
}
