package redisstore

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmode/call"
	"xmode/store"
)

// A recording's value is a line for how far it has come, the state first, and then
// a line for each thing that a push said of it.

// progress is the first line behind the state.
type progress struct {
	Unmatched   bool   `json:"u,omitempty"`
	Asked       bool   `json:"q,omitempty"`
	Attempts    int    `json:"a,omitempty"`
	RecordID    string `json:"r,omitempty"` // found later, where no push says it
	NamedAt     int64  `json:"n"`           // ms, as all times
	NextTryAt   int64  `json:"d,omitempty"`
	ArchivedAt  int64  `json:"x,omitempty"`
	Error       string `json:"e,omitempty"`
	Key         string `json:"k,omitempty"`
	Size        int64  `json:"z,omitempty"`
	SHA256      string `json:"h,omitempty"`
	ContentType string `json:"t,omitempty"`
}

// naming is one of the other lines.
type naming struct {
	Platform  call.Platform     `json:"p"`
	CallID    string            `json:"c,omitempty"`
	RecordID  string            `json:"r,omitempty"`
	Names     map[string]string `json:"n,omitempty"`
	Address   string            `json:"a,omitempty"`
	EndedAt   int64             `json:"e,omitempty"`
	Delay     int64             `json:"d,omitempty"` // ms
	ExpiresAt int64             `json:"x"`
	Unsigned  bool              `json:"u,omitempty"`
}

// appendProgress writes the first line.
func appendProgress(dst []byte, r *store.Recording) []byte {
	text, _ := json.Marshal(progress{ // of texts and numbers: never an error
		Unmatched: r.Unmatched, Asked: r.Asked, Attempts: r.Attempts, RecordID: r.RecordID, NamedAt: msOf(r.NamedAt), NextTryAt: msOf(r.NextTryAt),
		ArchivedAt: msOf(r.ArchivedAt), Error: r.Error, Key: r.Key, Size: r.Size, SHA256: r.SHA256, ContentType: r.ContentType,
	})
	return append(append(append(dst, r.State...), ' '), text...)
}

// Pushes write the two lines of a recording that is new, and so by hand: that takes
// a quarter of the time.

// appendFresh is appendProgress for a recording that was named just now.
func appendFresh(dst []byte, named, due time.Time) []byte {
	dst = append(dst, call.RecordingPending+` {"n":`...)
	dst = strconv.AppendInt(dst, named.UnixMilli(), 10)
	dst = strconv.AppendInt(append(dst, `,"d":`...), due.UnixMilli(), 10)
	return append(dst, '}')
}

// appendName writes one of the other lines: the same text for the same naming, but
// for when it expires, which stands first (see deposit.lua).
func appendName(dst []byte, r *call.Recording) []byte {
	dst = strconv.AppendInt(append(dst, `{"x":`...), r.ExpiresAt.UnixMilli(), 10)
	dst = appendTold(dst, `,"p":`, string(r.Platform))
	dst = appendTold(dst, `,"c":`, r.CallID)
	dst = appendTold(dst, `,"r":`, r.RecordID)
	dst = appendTold(dst, `,"a":`, r.Address)
	if !r.EndedAt.IsZero() {
		dst = strconv.AppendInt(append(dst, `,"e":`...), r.EndedAt.UnixMilli(), 10)
	}
	if r.Delay != 0 {
		dst = strconv.AppendInt(append(dst, `,"d":`...), r.Delay.Milliseconds(), 10)
	}
	if r.Unsigned {
		dst = append(dst, `,"u":true`...)
	}
	return append(appendNames(dst, r.Names), '}')
}

// appendTold writes a text, where there is one.
func appendTold(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return store.AppendText(append(dst, name...), value)
}

// appendNames writes what a platform wants to be told, in one order.
func appendNames(dst []byte, names map[string]string) []byte {
	if len(names) == 0 {
		return dst
	}
	var few [8]string
	keys := few[:0]
	for name := range names {
		keys = append(keys, name)
	}
	slices.Sort(keys)
	before := `,"n":{`
	for _, name := range keys {
		dst = store.AppendText(append(dst, before...), name)
		dst = store.AppendText(append(dst, ':'), names[name])
		before = `,`
	}
	return append(dst, '}')
}

// errRecording: a value is none of ours.
var errRecording = errors.New("recording in the store cannot be read")

// decodeRecording reads a value.
func decodeRecording(id, value string) (store.Recording, error) {
	lines := strings.Split(value, "\n")
	state, text, _ := strings.Cut(lines[0], " ")
	var p progress
	if json.Unmarshal([]byte(text), &p) != nil || len(lines) < 2 {
		return store.Recording{}, errRecording
	}
	r := store.Recording{
		State: call.RecordingState(state), Unmatched: p.Unmatched, Asked: p.Asked, Attempts: p.Attempts, NamedAt: timeOf(p.NamedAt),
		NextTryAt: timeOf(p.NextTryAt), ArchivedAt: timeOf(p.ArchivedAt), Error: p.Error, Key: p.Key, Size: p.Size, SHA256: p.SHA256,
		ContentType: p.ContentType,
	}
	r.ID, r.Unsigned = id, true
	for _, line := range lines[1:] {
		var n naming
		if json.Unmarshal([]byte(line), &n) != nil {
			return store.Recording{}, errRecording
		}
		n.join(&r.Recording)
	}
	r.RecordID = cmp.Or(r.RecordID, p.RecordID)
	return r, nil
}

// join adds what a line says and those before did not.
func (n *naming) join(r *call.Recording) {
	r.Platform, r.CallID = cmp.Or(r.Platform, n.Platform), cmp.Or(r.CallID, n.CallID)
	r.RecordID, r.Address = cmp.Or(r.RecordID, n.RecordID), cmp.Or(r.Address, n.Address)
	r.Delay = max(r.Delay, time.Duration(n.Delay)*time.Millisecond)
	if r.EndedAt.IsZero() {
		r.EndedAt = timeOf(n.EndedAt)
	}
	if expires := timeOf(n.ExpiresAt); expires.After(r.ExpiresAt) {
		r.ExpiresAt = expires
	}
	r.Unsigned = r.Unsigned && n.Unsigned
	for name, text := range n.Names {
		if r.Names == nil {
			r.Names = map[string]string{}
		}
		r.Names[name] = cmp.Or(r.Names[name], text)
	}
}

// stateOf is the state in a value.
func stateOf(value string) call.RecordingState {
	state, _, _ := strings.Cut(value, " ")
	return call.RecordingState(state)
}

// recordingMember is a recording's place in the lists by state.
func recordingMember(id string, named time.Time) string { return inverted(named) + id }

// msOf and timeOf write and read a time that may be none.

func msOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return instantMS(ms)
}
