// Package platform is the small interface behind which each number-privacy
// platform lies: bytes and headers in, domain values out. One folder per
// platform implements it; nothing here knows HTTP frameworks or stores.
package platform

import (
	"net/http"
	"time"

	"xmode/call"
)

// Route is a path on which a platform speaks to us.
type Route struct {
	// Path in the public listener, "/aliyun/call-control".
	Path string
	// Methods that are accepted there.
	Methods []string
	// MaxBody is the largest body in bytes; 0: the server's limit for pushes.
	MaxBody int64
}

// Message is one HTTP message of a platform, without its framework.
type Message struct {
	// Path is the route's Path.
	Path string
	// RawQuery is the undecoded query string.
	RawQuery string
	// Header holds the header fields.
	Header http.Header
	// Body is the whole body, at most the route's MaxBody.
	Body []byte
}

// Proof is what the signature of a message vouches for.
type Proof struct {
	// Nonce is the message's nonce, 1-128 bytes.
	Nonce string
	// Digest identifies the signed content.
	Digest [16]byte
	// SignedAt is the signed timestamp.
	SignedAt time.Time
	// Form names the signature form that matched, for logs and metrics.
	Form string
}

// Question is a verified and decoded query.
type Question struct {
	Query call.Query
	Proof Proof
}

// Adapter speaks one platform's language.
type Adapter interface {
	// Name is the platform's name in bindings, paths, logs and metrics.
	Name() call.Platform
	// Routes lists where the platform speaks to us.
	Routes() []Route
	// Receive verifies and decodes one message at the instant now. Every error
	// is a *Refusal.
	Receive(m Message, now time.Time) (Question, error)
	// Answer encodes the decision; the bytes are the body of a 200, JSON.
	Answer(q call.Query, d call.Decision) []byte
}

// Refused is the class of a refusal; the HTTP side maps it to a status.
type Refused int

// The classes of refusals.
const (
	Unauthorized    Refused = iota + 1 // 401
	Malformed                          // 400
	UnsupportedType                    // 415
	TooLong                            // 431, a query string over the limit
)

// Refusal is a message that gets no decision. Code and Message go to the
// sender: they hold no secret, no expected signature and no whole number.
type Refusal struct {
	Class   Refused
	Code    string
	Message string
}

// Error returns "Code: Message".
func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

// The codes of refusals.
const (
	SignatureMissing    = "SignatureMissing"
	SignatureInvalid    = "SignatureInvalid"
	TimestampOutOfRange = "TimestampOutOfRange"
	NonceReplayed       = "NonceReplayed"
	InvalidParameter    = "InvalidParameter"
	MalformedBody       = "MalformedBody"
)
