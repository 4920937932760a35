package redisstore

import (
	"bytes"
	"encoding/json"
	"time"

	"xmode/call"
)

// endOfHead is the index behind call_id, which stands among the first members of
// every document of ours; -1 where it does not.
func endOfHead(document []byte) int {
	const last = `,"call_id":"`
	at := bytes.Index(document, []byte(last))
	if at < 0 {
		return -1
	}
	for i := at + len(last); i < len(document); i++ {
		switch document[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// documentTimes are the instants of a document, and the numbers that lists go
// by.
type documentTimes struct {
	X        string     `json:"x"`
	Caller   string     `json:"caller"`
	Started  *time.Time `json:"started_at"`
	Ringing  *time.Time `json:"ringing_at"`
	Answered *time.Time `json:"answered_at"`
	Ended    *time.Time `json:"ended_at"`
	At       *time.Time `json:"at"`
	First    time.Time  `json:"first_pushed_at"`
	Stage    call.Stage `json:"stage"`
	Decision string     `json:"decision"`
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
