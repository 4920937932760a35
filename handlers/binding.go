package handlers

import (
	"time"

	"xmode/call"
)

// Binding is a binding as it goes over the wire, in both directions. Numbers
// are in any form that can be read when they come in and in E.164 when they go
// out; an X number that is no E.164 number goes out as its digits.
type Binding struct {
	// ID is 1 to 9007199254740991 in decimal, no leading zero; empty: to be
	// assigned.
	ID string `json:"id,omitempty" validate:"omitempty,id"`
	// Platform restricts the binding to the queries of one platform.
	Platform string `json:"platform,omitempty" validate:"omitempty,platform"`
	// X is the X number. Required.
	X string `json:"x" validate:"required"`
	// Extension is 1-8 digits that are typed after X.
	Extension string `json:"extension,omitempty" validate:"omitempty,extension"`
	// A is the owner. Required.
	A string `json:"a" validate:"required"`
	// Peers are 0-1000 numbers; none: anyone may reach the owner.
	Peers []string `json:"peers,omitzero" validate:"max=1000"`
	// Direction is "both" (also when empty), "to_a" or "from_a".
	Direction string `json:"direction,omitempty" validate:"omitempty,oneof=both to_a from_a"`
	// ExpiresAt is an instant in RFC 3339, kept to the millisecond; empty: never.
	ExpiresAt string `json:"expires_at,omitempty" validate:"omitempty,instant"`
	// Display is shown to the callee; empty: the X number.
	Display string `json:"display,omitempty"`
	// Record asks for a recording of the call.
	Record bool `json:"record"`
	// MaxDuration is the longest call in seconds, 0-86400; 0: platform's default.
	MaxDuration int `json:"max_duration_s" validate:"min=0,max=86400"`
	// Prompts are played on the way.
	Prompts Prompts `json:"prompts,omitzero"`
	// SMS is "forward" (also when empty), "drop" or "intercept".
	SMS string `json:"sms,omitempty" validate:"omitempty,oneof=forward drop intercept"`
	// UserData is printable ASCII without braces, at most 256 bytes.
	UserData string `json:"user_data,omitempty" validate:"max=256"`
	// Expired is set in answers when ExpiresAt has passed. Ignored in requests.
	Expired bool `json:"expired,omitempty"`
	// Warnings are in the answers to a create or replace: what is legal but will
	// not work as hoped. Ignored in requests.
	Warnings []string `json:"warnings,omitzero"`
}

// Prompts are prompt codes or file names as the platform knows them. It is the
// one object inside the otherwise flat binding.
type Prompts struct {
	// Caller is played to the caller.
	Caller string `json:"caller,omitempty"`
	// Callee is played to the callee.
	Callee string `json:"callee,omitempty"`
	// Ringback is what the caller hears while it rings.
	Ringback string `json:"ringback,omitempty"`
	// RecordHint says that the call is recorded.
	RecordHint string `json:"record_hint,omitempty"`
	// LastMinute announces the end of the longest call.
	LastMinute string `json:"last_minute,omitempty"`
	// Hangup is played before the call is closed.
	Hangup string `json:"hangup,omitempty"`
}

// wireBinding puts a binding on the wire.
func wireBinding(b *call.Binding, now time.Time) Binding {
	w := Binding{
		Platform: string(b.Platform), X: b.X.Full(), Extension: b.Extension, A: b.A.Full(),
		Peers: make([]string, len(b.Peers)), Direction: string(b.Direction), Display: b.Display.Full(),
		Record: b.Record, MaxDuration: b.MaxDuration, Prompts: Prompts(b.Prompts), SMS: string(b.SMS),
		UserData: b.UserData, Expired: b.Expired(now),
	}
	if b.ID != 0 {
		w.ID = b.ID.String()
	}
	for i, p := range b.Peers {
		w.Peers[i] = p.Full()
	}
	if !b.ExpiresAt.IsZero() {
		w.ExpiresAt = b.ExpiresAt.UTC().Format(instantForm)
	}
	return w
}

// withWarnings adds the warnings, an empty list where there are none.
func (w Binding) withWarnings(b *call.Binding) Binding {
	w.Warnings = append([]string{}, b.Warnings()...)
	return w
}
