package call

import (
	"encoding/binary"
	"strings"
	"time"
)

// Recording is what a platform says of the audio file of one call: enough to
// ask for its address, and to know for how long that makes sense.
type Recording struct {
	// Platform keeps it.
	Platform Platform
	// ID tells it from others; see [RecordingID].
	ID string
	// CallID is the platform's id of the call, RecordID the call record that
	// names the recording; empty: not told.
	CallID, RecordID string
	// Names are what the platform wants to be told by whoever asks for the
	// address, in its own words; nil: it cannot be asked.
	Names map[string]string
	// Address is where a push said that it is; empty: it did not. It is a secret,
	// for whoever has it has the recording.
	Address string
	// EndedAt is the end of the call; zero: not told.
	EndedAt time.Time
	// Delay is how long after the end of the call the file takes to appear.
	Delay time.Duration
	// ExpiresAt is when the platform throws it away.
	ExpiresAt time.Time
	// Unsigned is set where nobody signed what names it: then it is fetched only
	// if the call was one of ours.
	Unsigned bool
}

// RecordingID stands for a recording of a platform, of which the parts tell one
// from another: 16 characters, a-z and 2-7. Where each call has one recording, the
// call's id is its only part.
func RecordingID(p Platform, parts ...string) string {
	s := newSum('V')
	s.texts(string(p))
	s.texts(parts...)
	f := s.sum()
	var id [recordingIDLength]byte
	for i := range id { // five bits each, eight of them in five bytes
		bits := binary.BigEndian.Uint64(f[i/8*5 : i/8*5+8])
		id[i] = recordingIDLetters[bits>>(59-5*(i%8))&31]
	}
	return string(id[:])
}

const (
	recordingIDLength  = 16
	recordingIDLetters = "abcdefghijklmnopqrstuvwxyz234567"
)

// IsRecordingID reports whether a text has the form of one.
func IsRecordingID(id string) bool {
	return len(id) == recordingIDLength && strings.Trim(id, recordingIDLetters) == ""
}
