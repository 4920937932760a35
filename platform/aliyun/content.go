package aliyun

import (
	"strings"
	"time"
	"unicode"

	"xmode/call"
)

// The request's parameters. https://help.aliyun.com/zh/pnp/operations-in-x-mode
// callTime is signed like everything else and otherwise not looked at.
const (
	paramMethod     = "signatureMethod"  // HMAC-SHA1
	paramNonce      = "signatureNonce"   // unique random value
	paramVersion    = "signatureVersion" // 1.0
	paramSignature  = "signature"
	paramTimestamp  = "timestamp"  // yyyy-MM-ddTHH:mm:ssZ, UTC
	paramFormat     = "format"     // JSON
	paramCallNo     = "callNo"     // caller; of a text message the sender: inferred
	paramSecretNo   = "secretNo"   // X number
	paramExtension  = "extension"  // digits that the caller typed
	paramRecordType = "recordType" // SMS, CAL; CALL: inferred
	paramCallID     = "callId"
)

// Limits of what the page leaves open.
const (
	maxNonce  = 128 // bytes
	maxCallID = 256 // bytes
)

// What is wrong with a parameter, in words for the sender.
const (
	faultRequired  = "required"
	faultMethod    = "must be HMAC-SHA1"
	faultVersion   = "must be 1.0"
	faultNonce     = "longer than 128 bytes"
	faultBase64    = "must be the Base64 of 20 bytes"
	faultMismatch  = "does not match"
	faultTimestamp = "must be yyyy-MM-ddTHH:mm:ssZ"
	faultWindow    = "outside the accepted time window"
	faultNumber    = "not a number"
	faultKind      = "must be CAL, CALL or SMS"
	faultCallID    = "must be 1 to 256 printable bytes"
	faultFormat    = "must be JSON"
)

// problems collects faults by parameter; nil while there are none.
type problems call.FieldErrors

// note takes a fault if it is one.
func (f *problems) note(name, fault string, is bool) {
	if !is {
		return
	}
	if *f == nil {
		*f = problems{}
	}
	(*f)[name] = fault
}

// decode reads the content of a verified query. It names every parameter that
// is missing or wrong. The caller and the extension are never among them: they
// are a matter for the decision.
func decode(p *params, now time.Time) (call.Query, error) {
	var wrong problems
	x, err := call.ParseX(p.get(paramSecretNo))
	wrong.note(paramSecretNo, faultNumber, err != nil)
	kind, ok := kindOf(p.get(paramRecordType))
	wrong.note(paramRecordType, faultKind, !ok)
	callID := p.get(paramCallID)
	wrong.note(paramCallID, faultCallID, !printable(callID))
	for _, name := range []string{paramSecretNo, paramRecordType, paramCallID} {
		wrong.note(name, faultRequired, p.get(name) == "")
	}
	format := p.get(paramFormat)
	wrong.note(paramFormat, faultFormat, format != "" && !equalFold(format, "JSON"))
	if wrong != nil {
		return call.Query{}, invalid(call.FieldErrors(wrong))
	}
	caller, err := call.ParseParty(p.get(paramCallNo))
	if err != nil {
		caller = call.Number{} // an unknown caller
	}
	return call.Query{
		Platform:  Name,
		Kind:      kind,
		CallID:    callID,
		Caller:    caller,
		X:         x,
		Extension: p.get(paramExtension),
		CanAsk:    true,
		At:        now,
	}, nil
}

// kindOf reads a recordType in any case of letters.
func kindOf(s string) (call.Kind, bool) {
	switch {
	case equalFold(s, "CAL"), equalFold(s, "CALL"):
		return call.Voice, true
	case equalFold(s, "SMS"):
		return call.SMS, true
	}
	return "", false
}

// printable reports whether a call id can be kept and shown. It is UTF-8
// already.
func printable(callID string) bool {
	return len(callID) <= maxCallID && !strings.ContainsFunc(callID, unicode.IsControl)
}
