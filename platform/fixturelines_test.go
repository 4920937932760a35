package platform_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmode/call"
)

// line is one line of what is expected: words, then name=value without those that
// are empty.
type line struct{ words []string }

func (l *line) text(name, value string) {
	if value != "" {
		l.words = append(l.words, name+"="+quoted(value))
	}
}

func (l *line) number(name string, n int) {
	if n != 0 {
		l.text(name, strconv.Itoa(n))
	}
}

func (l *line) instant(name string, at time.Time) {
	if !at.IsZero() {
		l.text(name, at.UTC().Format(time.RFC3339Nano))
	}
}

// String joins the words.
func (l *line) String() string { return strings.Join(l.words, " ") }

// quoted sets a value with spaces in quotation marks.
func quoted(value string) string {
	if strings.ContainsAny(value, ` "`) {
		return strconv.Quote(value)
	}
	return value
}

// reported says what an item of a push is read as.
func reported(r call.Report, body []byte) string {
	var l line
	switch {
	case r.Fault != "":
		return "quarantine"
	case r.Record != nil:
		l.record(r.Record, body)
	case r.Status != nil:
		l.words = []string{"status", r.Status.Status}
		l.text("number", r.Status.Number.Full())
		l.instant("at", r.Status.At)
		l.text("cause", r.Status.Cause)
	default:
		l.event(r.Event)
	}
	if r.Recording != nil {
		l.text("address", r.Recording.Address)
		for _, name := range slices.Sorted(maps.Keys(r.Recording.Names)) {
			l.text("ask:"+name, r.Recording.Names[name])
		}
	}
	return l.String()
}

func (l *line) event(e *call.Event) {
	stage := string(e.Stage)
	if e.Recorded {
		stage = "recorded"
	}
	l.words = []string{"event", cmp.Or(stage, "other")}
	l.text("call", e.CallID)
	l.text("x", e.X.Full())
	l.text("caller", e.Caller.Full())
	l.text("callee", e.Callee.Full())
	l.number("binding", int(e.BindingID))
	l.instant("at", e.At)
	l.text("cause", e.Cause.Code)
	l.text("by", string(e.ReleasedBy))
	l.text("user", e.UserData)
}

// record tells the id where it is the platform's own: one that was made up here
// says nothing to others.
func (l *line) record(r *call.Record, body []byte) {
	l.words = []string{"record", string(r.Outcome), string(r.Kind)}
	if bytes.Contains(body, fmt.Append(nil, r.ID)) {
		l.text("id", r.ID)
	}
	l.text("call", r.CallID)
	l.text("x", r.X.Full())
	l.text("caller", r.Caller.Full())
	l.text("callee", r.Callee.Full())
	l.text("extension", r.Extension)
	l.number("binding", int(r.BindingID))
	l.instant("started", r.StartedAt)
	l.instant("ringing", r.RingingAt)
	l.instant("answered", r.AnsweredAt)
	l.instant("ended", r.EndedAt)
	l.number("duration", r.Duration)
	l.text("by", string(r.ReleasedBy))
	l.text("cause", r.Cause.Code)
	l.text("user", r.UserData)
	l.text("recording", string(r.Recording))
}
