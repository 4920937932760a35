package explain

import (
	"errors"
	"net/http"
	"time"

	"xmode/signature"
)

// MaxInput is the size of a body or a captured request in bytes beyond which
// no platform's message goes.
const MaxInput = 1 << 20

// maxKeys is how many keys may be tried.
const maxKeys = 16

// Message is a received message, as far as it is known.
type Message struct {
	// Method, empty: not known.
	Method string
	// URL as it was called, with or without host.
	URL string
	// Header as package http has it.
	Header http.Header
	// Body as it was received, unpacked.
	Body []byte
}

// Question is a message with what it is held against.
type Question struct {
	Message Message
	// Keys are tried all: signing keys, secrets, or for Huawei
	// "appkey:secret". No report holds one.
	Keys []string
	// At is when the message was received.
	At time.Time
	// Window is how far its timestamp may be off; the zero value is the
	// scheme's usual one.
	Window signature.Window
	// Form pins one form for [Aliyun]; empty: any.
	Form signature.Form
	// Effort is how many digests are computed at most; 0 is 200000.
	Effort int
}

// usualEffort takes a few seconds at most.
const usualEffort = 200_000

// Errors for a question that cannot be answered.
var (
	// ErrNoKey: there is nothing to compute with.
	ErrNoKey = errors.New("no key was given")
	// ErrTooManyKeys: more than a rotation has.
	ErrTooManyKeys = errors.New("more than 16 keys were given")
	// ErrTooLarge: the message is larger than any of a platform.
	ErrTooLarge = errors.New("the message is larger than 1 MiB, which no message of a platform is")
	// ErrPacked: the body is compressed.
	ErrPacked = errors.New("the body is compressed: unpack it first")
)

// prepare checks a question and cleans its keys.
func (q *Question) prepare() (keys []string, err error) {
	if len(q.Message.Body)+len(q.Message.URL) > MaxInput {
		return nil, ErrTooLarge
	}
	if b := q.Message.Body; len(b) > 2 && b[0] == 0x1f && b[1] == 0x8b {
		return nil, ErrPacked
	}
	for _, key := range q.Keys {
		if key = cleanKey(key); key != "" {
			keys = append(keys, key)
		}
	}
	switch {
	case len(keys) == 0:
		return nil, ErrNoKey
	case len(keys) > maxKeys:
		return nil, ErrTooManyKeys
	}
	if q.Effort == 0 {
		q.Effort = usualEffort
	}
	return keys, nil
}
