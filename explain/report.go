package explain

import "time"

// Report is what was found out about one message.
type Report struct {
	// Scheme is "aliyun", "pop" or "huawei".
	Scheme string `json:"scheme"`
	// OK is set when the signature is right, in its window, and nothing else
	// would make the message be refused.
	OK bool `json:"ok"`
	// Conclusion is the finding in a sentence or two.
	Conclusion string `json:"conclusion"`
	// Matches says whether the digest is the one that is due.
	Matches bool `json:"matches"`
	// Form in which it matched.
	Form string `json:"form,omitempty"`
	// Key is the number of the key that matched, also where the digest matched
	// only with a mistake; from 1, 0: none did.
	Key int `json:"key,omitempty"`
	// Mistakes are what the sender did otherwise than the scheme has it.
	Mistakes []Mistake `json:"mistakes,omitempty"`
	// Notes are what is tolerated and yet worth knowing.
	Notes []string `json:"notes,omitempty"`
	// Received is what the message holds of the scheme.
	Received []Field `json:"received"`
	// Canonical is the text before it is encoded as a whole.
	Canonical string `json:"canonical"`
	// StringToSign is what the digest is taken of.
	StringToSign string `json:"string_to_sign"`
	// Signed is the text of which the sender took the digest, where a mistake
	// made it another one.
	Signed string `json:"signed_instead,omitempty"`
	// Digest is the signature as it was received.
	Digest string `json:"digest"`
	// Expected are the digests that are due under the keys.
	Expected []Expected `json:"expected"`
	// Clock compares the signed timestamp with ours.
	Clock Clock `json:"clock"`
	// Tried is how many digests were computed.
	Tried int `json:"tried"`
}

// Mistake is one thing that is not as the scheme has it.
type Mistake struct {
	// Code names the kind, for machines: "key-ampersand".
	Code string `json:"code"`
	// Says is half a sentence: "it was signed with …".
	Says string `json:"says"`
}

// Field is a part of the received message.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// In is where it stood: "query string", "body", "header".
	In string `json:"in"`
}

// Expected is a digest that is due under one key in one form.
type Expected struct {
	// Key is its number, from 1.
	Key int `json:"key"`
	// Form names the form.
	Form string `json:"form"`
	// Digest in Base64.
	Digest string `json:"digest"`
	// Matches: it is the one received.
	Matches bool `json:"matches"`
}

// Clock is the signed timestamp beside ours.
type Clock struct {
	// Timestamp as it was received.
	Timestamp string `json:"timestamp"`
	// At is the instant of reception that it was held against.
	At time.Time `json:"at"`
	// OffSeconds is how far it is ahead of ours; negative: behind.
	OffSeconds int64 `json:"off_seconds"`
	// Admitted: it is inside the window.
	Admitted bool `json:"admitted"`
}

// The kinds of mistakes that tests and machines refer to.
const (
	codeForm      = "timestamp-form"
	codeLocal     = "timestamp-local"
	codeClock     = "clock"
	codeMissing   = "missing"
	codeNames     = "names"
	codeConstant  = "constant"
	codeNoDigest  = "no-digest"
	codeHash      = "hash"
	codeHex       = "hex"
	codeHexBase64 = "base64-of-hex"
)
