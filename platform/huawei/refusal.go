package huawei

import (
	"time"

	"xmode/call"
	"xmode/platform"
)

// What is wrong with a message, in words for the sender.
const (
	faultRequired   = "required"
	faultHeader     = `must be of the form UsernameToken Username="…", PasswordDigest="…", Nonce="…", Created="…"`
	faultBoth       = "beside X-AKSK"
	faultProfile    = `must be realm="SDP",profile="UsernameToken",type="Appkey" behind `
	faultNonce      = "longer than 128 bytes"
	faultBase64     = "must be the Base64 of 32 bytes"
	faultMismatch   = "does not match"
	faultCreated    = "must be yyyy-MM-ddTHH:mm:ssZ"
	faultWindow     = "outside the accepted time window"
	faultJSON       = "not valid JSON"
	faultObject     = "must be an object"
	faultTwice      = "occurs twice"
	faultSeveral    = "feeLst, numInfo and smsEvent: more than one of them"
	faultMode       = "must be Block or Notify"
	faultID         = "must be 1 to 256 printable bytes"
	faultNoRecord   = "no field of a call record"
	faultNegative   = "must not be negative"
	faultUnknown    = "not known"
	faultType       = "must be at most 64 printable bytes"
	faultNotANumber = "no field of an X number's state"
)

// unauthorized refuses a message for one part of its signature.
func unauthorized(code, part, fault string) error {
	return &platform.Refusal{Class: platform.Unauthorized, Code: code, Message: part + ": " + fault}
}

// untimely refuses a message whose time is outside the window.
func untimely(off time.Duration) error {
	return &platform.Refusal{Class: platform.Unauthorized, Code: platform.TimestampOutOfRange, Message: "Created: " + faultWindow, Off: off}
}

// missing refuses a message whose signature is incomplete.
func missing(parts call.FieldErrors) error {
	return &platform.Refusal{Class: platform.Unauthorized, Code: platform.SignatureMissing, Message: parts.Error()}
}

// malformed refuses a body as a whole.
func malformed(fault string) *platform.Refusal {
	return &platform.Refusal{Class: platform.Malformed, Code: platform.MalformedBody, Message: "body: " + fault}
}

// tooLarge refuses a question that is larger than any.
func tooLarge() error {
	return &platform.Refusal{Class: platform.TooLarge, Code: platform.BodyTooLarge, Message: "query: longer than 16 KiB"}
}

// invalid refuses a message for what it says.
func invalid(faults string) *platform.Refusal {
	return &platform.Refusal{Class: platform.Malformed, Code: platform.InvalidParameter, Message: faults}
}
