package redisstore

import (
	"bytes"
	"encoding/json"
	"time"

	"xmode/call"
)

// quickHead reads the members up to call_id, which stand first in every
// document of ours, without reading the rest of it.
func quickHead(document []byte) (h documentHead, ok bool) {
	const last = `,"call_id":"`
	at := bytes.Index(document, []byte(last))
	if at < 0 {
		return h, false
	}
	end := at + len(last)
	for ; end < len(document) && document[end] != '"'; end++ {
		if document[end] == '\\' {
			end++
		}
	}
	if end >= len(document) {
		return h, false
	}
	text := append(bytes.Clone(document[:end+1]), '}')
	return h, json.Unmarshal(text, &h) == nil
}

// documentTimes are the instants of a document, and the numbers that lists go
// by.
type documentTimes struct {
	X         string     `json:"x"`
	Caller    string     `json:"caller"`
	Started   *time.Time `json:"started_at"`
	Ringing   *time.Time `json:"ringing_at"`
	Answered  *time.Time `json:"answered_at"`
	Ended     *time.Time `json:"ended_at"`
	At        *time.Time `json:"at"`
	First     time.Time  `json:"first_pushed_at"`
	Stage     call.Stage `json:"stage"`
	Decision  string     `json:"decision"`
	EventType string     `json:"type"`
}

// timesOf reads a document whole.
func timesOf(document []byte) (t documentTimes, err error) {
	err = json.Unmarshal(document, &t)
	return t, err
}

// at is the instant that lists go by.
func (t *documentTimes) at() time.Time {
	for _, known := range []*time.Time{t.At, t.Started, t.Ringing, t.Answered, t.Ended} {
		if known != nil {
			return known.UTC()
		}
	}
	return t.First.UTC()
}
