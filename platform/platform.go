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
	// Path in the public listener, "/aliyun/call-control". An element that
	// begins with a colon stands for any text: "/aliyun/receipts/:token/:type".
	Path string
	// What says in a few words what comes there, for the page of routes.
	What string
	// Methods that are accepted there.
	Methods []string
	// MaxBody is the largest body in bytes; 0: the server's limit for pushes.
	MaxBody int64
	// Asks is set where questions come, among other things or alone.
	Asks bool
	// Early is set where the sender can be told without the body: then nobody else
	// hears what is wrong with it.
	Early bool
}

// Message is one HTTP message of a platform, without its framework.
type Message struct {
	// Path is the route's Path.
	Path string
	// Params are what the elements with a colon stand for, by their names
	// without it; nil where there are none.
	Params map[string]string
	// RawQuery is the undecoded query string.
	RawQuery string
	// Header holds the header fields.
	Header http.Header
	// Body is the whole body, at most the route's MaxBody.
	Body []byte
}

// Proof is what the signature of a message vouches for. The zero Proof is that
// of a message that carries none and came by a secret address.
type Proof struct {
	// Nonce is the message's nonce among all those of the platform, with the
	// key's name before it where each key has nonces of its own; empty: none.
	Nonce string
	// Digest identifies the signed content, or the body where the signature
	// does not cover it.
	Digest [16]byte
	// SignedAt is the signed timestamp.
	SignedAt time.Time
	// Until is when the nonce can be forgotten: no message with this timestamp
	// is accepted any more, on any path.
	Until time.Time
	// Covers is set where the signature covers all that the message says, so that
	// nobody can put another content under it.
	Covers bool
	// Form names the signature form that matched, for logs and metrics.
	Form string
}

// Received is what a verified message says: a question or a push.
type Received struct {
	Proof Proof
	// Query is the question; nil: the message is a push.
	Query *call.Query
	// Push is what is to be kept. Beside a Query it is kept only if the answer
	// intercepts a text message, which nobody sends again.
	Push *Push
	// Broken is set where the body of a verified push is no JSON. Push then
	// holds that body as its one item, for the quarantine, and this is the
	// answer once it lies there.
	Broken *Refusal
}

// Push is what a platform reports, not yet understood.
type Push struct {
	// Kind says what the items are: "fee", "SecretReport". With it and its
	// text, an item can be understood again at any time.
	Kind string
	// Items are the platform's JSON, one for each thing that it reports, in its
	// order: parts of the body, not copies.
	Items [][]byte
}

// Adapter speaks one platform's language.
type Adapter interface {
	// Name is the platform's name in bindings, paths, logs and metrics.
	Name() call.Platform
	// Routes lists where the platform speaks to us.
	Routes() []Route
	// Receive verifies a message at the instant now, and decodes it if it is a
	// question. Every error is a *Refusal.
	Receive(m Message, now time.Time) (Received, error)
	// Answer encodes the decision; the bytes are the body of a 200, JSON.
	Answer(q call.Query, d call.Decision) []byte
	// Read understands one item of a push of that kind, which arrived (or was
	// signed) at the instant at. It is pure and never fails: what cannot be
	// understood is a Fault. An unknown kind is one, too.
	Read(kind string, item []byte, at time.Time) call.Report
	// Acknowledge is the body of a 200 for a push; nil: none.
	Acknowledge() []byte
}

// MaxQuery is the largest query in bytes, query string and body together.
const MaxQuery = 16 << 10

// Refused is the class of a refusal; the HTTP side maps it to a status.
type Refused int

// The classes of refusals.
const (
	Unauthorized    Refused = iota + 1 // 401
	Malformed                          // 400
	UnsupportedType                    // 415
	TooLong                            // 431, a query string over the limit
	Absent                             // 404, no such path
	TooLarge                           // 413, a query over the limit
)

// Refusal is a message that gets no decision. Code and Message go to the
// sender: they hold no secret, no expected signature and no whole number.
type Refusal struct {
	Class   Refused
	Code    string
	Message string
	// Off is how far the signed time of a genuine message is ahead of ours, where
	// that is why it was refused; the operator is told, and not the sender.
	Off time.Duration
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
	BodyTooLarge        = "BodyTooLarge"
)
