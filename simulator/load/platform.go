package load

import "time"

// Platform writes what a platform sends and reads what it is answered. It is safe
// for concurrent use.
type Platform interface {
	// Name is what the endpoint calls it: "aliyun".
	Name() string
	// Terms are the platform's times.
	Terms() Terms
	// Query asks whom to connect. Typed is the extension that the caller typed;
	// empty at first.
	Query(c Call, typed string) Message
	// Decide reads the answer to a query about a call or a text, and goes by nothing
	// else: the same answer is the same decision. An error says in a clause what is
	// wrong with it, "calledNo is missing": then the call is lost.
	Decide(kind Kind, status int, body []byte) (Decision, error)
	// Tell is what is told of a call once it was decided, in order of time. It has
	// no query, and Pack puts its batches together.
	Tell(c Call, d Decision) []Told
	// Pack puts what was told for a batch into one push; all of one type.
	Pack(batch string, entries [][]byte) Message
	// Accepts reads the answer to a push. An error says why the platform takes it
	// for lost, "status 503".
	Accepts(status int, body []byte) error
	// Keep has the recording of a call be there, from now on, for whoever asks.
	Keep(c Call, d Decision)
}

// Terms are a platform's times.
type Terms struct {
	// Query is how long it waits for an answer to a query, Push to anything else.
	Query, Push time.Duration
	// Repeats are the times after the first push at which one that was not
	// acknowledged is pushed again.
	Repeats []time.Duration
	// Skew is a clock that is wrong by more than an endpoint may take.
	Skew time.Duration
}

// Told is something that is told of a call: by a message of its own or, where Batch
// is set, as an entry of a push of many.
type Told struct {
	// After is how long after the call was dialled it is told.
	After time.Duration
	// Message, unless it goes into a batch.
	Message Message
	// Batch is the type of pushes that it goes into; Entry is its text there.
	Batch string
	Entry []byte
	// Record: once this is acknowledged, the endpoint must have a record of the
	// call. Recording: it must know of a recording.
	Record, Recording bool
}

// Message is one thing to send, which can be written as often as needed.
type Message struct {
	// Kind names it in reports, by the platform's word: "callin", "SecretReport".
	Kind string
	// Signed: it carries time and nonce, under a signature. If not, what is secret
	// about it is its address.
	Signed bool
	// Write writes it, signed for a time and with a nonce.
	Write func(Stamp) Request
}

// Stamp is what makes a signed message differ from the one before.
type Stamp struct {
	// At is the platform's clock, Nonce up to 32 letters and digits.
	At    time.Time
	Nonce string
	// Spoilt: the signature has to be wrong, or what else is secret.
	Spoilt bool
}

// Request is an HTTP request without Host and Content-Length, which follow.
type Request struct {
	Method string
	// Target is path and query, "/huawei/cdrs".
	Target string
	// Header lines, "X-AKSK: …".
	Header []string
	Body   []byte
}
