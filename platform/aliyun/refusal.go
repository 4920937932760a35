package aliyun

import (
	"time"

	"xmode/call"
	"xmode/platform"
)

// Codes of refusals beside those that all platforms share.
const (
	codeUnsupportedType = "UnsupportedMediaType"
	codeQueryTooLong    = "QueryTooLong"
	codeNotFound        = "NotFound" // that of any absent path
)

// Refusals that are always the same. Functions, because a refusal is a pointer
// that whoever gets it could change.

func queryTooLong() error {
	return &platform.Refusal{Class: platform.TooLong, Code: codeQueryTooLong, Message: "query: longer than 16 KiB"}
}

func unsupportedType() error {
	return &platform.Refusal{Class: platform.UnsupportedType, Code: codeUnsupportedType,
		Message: "Content-Type: must be application/x-www-form-urlencoded or application/json"}
}

func absent() error {
	return &platform.Refusal{Class: platform.Absent, Code: codeNotFound, Message: "no such path"}
}

func malformed(place, fault string) *platform.Refusal {
	return &platform.Refusal{Class: platform.Malformed, Code: platform.MalformedBody, Message: place + ": " + fault}
}

func tooMany() error {
	return &platform.Refusal{Class: platform.Malformed, Code: platform.InvalidParameter, Message: "parameters: more than 64"}
}

// invalid refuses a message for the content of the named parameters.
func invalid(faults call.FieldErrors) error {
	return &platform.Refusal{Class: platform.Malformed, Code: platform.InvalidParameter, Message: faults.Error()}
}

// unauthorized refuses a message for the named parameters of its signature.
func unauthorized(code string, faults call.FieldErrors) error {
	return &platform.Refusal{Class: platform.Unauthorized, Code: code, Message: faults.Error()}
}

// untimely refuses a message whose time is outside the window.
func untimely(off time.Duration) error {
	fault := call.FieldErrors{paramTimestamp: faultWindow}
	return &platform.Refusal{Class: platform.Unauthorized, Code: platform.TimestampOutOfRange, Message: fault.Error(), Off: off}
}
