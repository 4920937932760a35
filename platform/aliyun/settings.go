package aliyun

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"xmode/call"
	"xmode/signature"
)

// Settings are the operator's choices for this platform.
type Settings struct {
	// Keys are the 1-4 signing keys, any of which may match; secret.
	Keys []string
	// Signature pins one signature form: form, form&, rfc3986 or rfc3986&;
	// empty or "any" accepts all.
	Signature string
	// ClockSkew is how far a signed timestamp may be off, both ways.
	ClockSkew time.Duration
	// Model is the form of "model" in the answer: object, or string for a
	// string that holds the object's JSON; empty: object.
	Model string
	// Fields renames answer fields, or with "-" leaves them out, by the
	// documented name: {"calledNo": "calleeNumber", "outId": "-"}.
	Fields map[string]string
	// IVRCode is the prompt code played when an extension is asked for; empty:
	// none is sent.
	IVRCode string
	// RejectCode is the prompt code sent with a reject; empty: none is sent.
	RejectCode string
}

// String tells how many keys there are, not which.
func (s Settings) String() string {
	return fmt.Sprintf("aliyun: %d keys, signature %q, clock skew %s, model %q, fields %v, IVR code %q, reject code %q",
		len(s.Keys), s.Signature, s.ClockSkew, s.Model, s.Fields, s.IVRCode, s.RejectCode)
}

// GoString hides the keys from %#v.
func (s Settings) GoString() string { return s.String() }

// LogValue hides the keys from structured logs.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }

// The settings as faults name them.
const (
	settingKeys       = "keys"
	settingSignature  = "signature"
	settingSkew       = "clock_skew"
	settingModel      = "model"
	settingFields     = "fields"
	settingIVRCode    = "ivr_code"
	settingRejectCode = "reject_code"
)

// Faults of settings; a [call.FieldErrors] holds their texts.
var (
	errSkew  = errors.New("must be more than 0")
	errModel = errors.New("must be object or string")
	errCode  = errors.New("must be at most 256 printable ASCII characters")
)

// faults collects what is wrong with settings.
type faults struct{ found call.FieldErrors }

// note adds an error of one setting, one line of text after the other.
func (f *faults) note(setting string, err error) {
	if err == nil {
		return
	}
	if f.found == nil {
		f.found = call.FieldErrors{}
	}
	text := strings.ReplaceAll(err.Error(), "\n", ", ")
	if before := f.found[setting]; before != "" {
		text = before + ", " + text
	}
	f.found[setting] = text
}

// err returns the faults as call.FieldErrors, or nil.
func (f *faults) err() error {
	if f.found == nil {
		return nil
	}
	return f.found
}

// form reads the pinned signature form; none if any is accepted.
func (f *faults) form(s string) signature.Form {
	if s == "" || s == "any" {
		return ""
	}
	form, err := signature.ParseForm(s)
	if err != nil {
		f.note(settingSignature, errors.New("must be any, form, form&, rfc3986 or rfc3986&"))
	}
	return form
}

// encoder makes the encoder of answers.
func (f *faults) encoder(s Settings) encoder {
	for setting, code := range map[string]string{settingIVRCode: s.IVRCode, settingRejectCode: s.RejectCode} {
		if !printableASCII(code) {
			f.note(setting, errCode)
		}
	}
	switch s.Model {
	case "", "object", "string":
	default:
		f.note(settingModel, errModel)
	}
	keys, err := fieldKeys(s.Fields)
	f.note(settingFields, err)
	return encoder{keys: keys, asString: s.Model == "string", ivrCode: s.IVRCode, rejectCode: s.RejectCode}
}

// printableASCII reports whether a prompt code can be sent as it is.
func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= 256
}
