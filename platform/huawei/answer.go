package huawei

import (
	"strconv"
	"strings"

	"xmode/call"
	"xmode/platform"
)

// typicalSize is room for an answer with all fields.
const typicalSize = 512

// maxMinutes is the longest call that the platform accepts; a larger number
// makes it refuse the answer as a whole.
const maxMinutes = 1440

// encoder writes answers.
type encoder struct {
	asArray               bool // connectInfo and closeInfo are lists of one
	recordHint, closeHint string
}

// Answer encodes the decision as the body of a 200. A call is connected or
// closed, for X mode knows nothing else; a text is routed or discarded, an
// intercepted one too, since its text is kept here.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
func (a *Adapter) Answer(q call.Query, d call.Decision) []byte {
	out := make([]byte, 0, typicalSize)
	binding := d.Binding
	if binding == nil {
		binding = &call.Binding{}
	}
	switch {
	case q.Kind == call.SMS && d.Outcome == call.Connect && binding.SMS != call.Intercept:
		return route(out, q, d)
	case q.Kind == call.SMS:
		return append(out, `{"actions":[{"operation":"DiscardMessage"}]}`...)
	case d.Outcome == call.Connect:
		return a.answers.connect(out, d, binding)
	}
	return a.answers.close(out, binding)
}

// route has a text delivered. https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0008_3.html
func route(out []byte, q call.Query, d call.Decision) []byte {
	out = append(out, `{"actions":[{"operation":"vNumberRoute","message":`...)
	o := object{buf: append(out, '{')}
	o.text("called", global(d.Callee))
	o.text("calling", global(q.Caller))
	return append(o.buf, `}}]}`...)
}

// connect writes an ApiConnectInfo.
func (e *encoder) connect(out []byte, d call.Decision, b *call.Binding) []byte {
	o := object{buf: append(e.open(append(out, `{"operation":"connect","connectInfo":`...)), '{')}
	minutes := min((b.MaxDuration+59)/60, maxMinutes)
	o.text("displayCalleeNum", global(d.Display))
	o.text("calleeNum", global(d.Callee))
	o.number("maxDuration", minutes)
	o.text("waitVoice", b.Prompts.Ringback)
	o.text("recordFlag", strconv.FormatBool(b.Record)) // a string, says the page
	if b.Record {
		o.text("recordHintTone", either(b.Prompts.RecordHint, e.recordHint))
	}
	if minutes > 0 {
		o.text("lastMinVoice", b.Prompts.LastMinute)
	}
	o.text("calleeHintVoice", b.Prompts.Callee)
	o.text("userData", b.UserData)
	return append(e.shut(append(o.buf, '}')), '}')
}

// close writes an ApiCloseInfo.
func (e *encoder) close(out []byte, b *call.Binding) []byte {
	o := object{buf: append(e.open(append(out, `{"operation":"close","closeInfo":`...)), '{')}
	o.text("closeHintTone", either(b.Prompts.Hangup, e.closeHint))
	o.text("userData", b.UserData)
	return append(e.shut(append(o.buf, '}')), '}')
}

// open and shut stand around the info: the page types it an object, the
// platform's samples wrap it in a list.
func (e *encoder) open(dst []byte) []byte {
	if e.asArray {
		return append(dst, '[')
	}
	return dst
}

func (e *encoder) shut(dst []byte) []byte {
	if e.asArray {
		return append(dst, ']')
	}
	return dst
}

// either is the binding's file, else that of the settings.
func either(own, common string) string {
	if own != "" {
		return own
	}
	return common
}

// global writes a number in the platform's global format. An X number that is
// no phone number came with the country code of China (inferred).
func global(n call.Number) string {
	const china = "+86"
	full := n.Full()
	if full == "" || strings.HasPrefix(full, "+") {
		return full
	}
	return china + full
}

// object writes the fields of a JSON object, without those that are empty.
type object struct {
	buf  []byte
	more bool // a field stands there already
}

func (o *object) key(name string) {
	if o.more {
		o.buf = append(o.buf, ',')
	}
	o.more = true
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, name...)
	o.buf = append(o.buf, `":`...)
}

func (o *object) text(name, s string) {
	if s != "" {
		o.key(name)
		o.buf = platform.AppendString(o.buf, s)
	}
}

func (o *object) number(name string, n int) {
	if n > 0 {
		o.key(name)
		o.buf = strconv.AppendInt(o.buf, int64(n), 10)
	}
}
