package handlers

import "encoding/json"

// Record is a call record as it is read: what became of one call or text message,
// in the same terms for all platforms. Times are RFC 3339 in UTC, null where
// the stage was not reached or not told; texts that are not known are empty.
// Numbers are E.164, an X number that is none its digits.
type Record struct {
	// Platform pushed it.
	Platform string `json:"platform"`
	// RecordID is its identity among the records of the platform.
	RecordID string `json:"record_id"`
	// CallID is the platform's id of the call.
	CallID string `json:"call_id"`
	// Kind is "voice" or "sms".
	Kind string `json:"kind"`
	// X was dialled; Caller and Callee are the true parties.
	X      string `json:"x"`
	Caller string `json:"caller"`
	Callee string `json:"callee"`
	// Extension was typed.
	Extension string `json:"extension"`
	// BindingID decided the call.
	BindingID string `json:"binding_id"`
	// StartedAt to EndedAt are the stages of the call.
	StartedAt  string `json:"started_at"`
	RingingAt  string `json:"ringing_at"`
	AnsweredAt string `json:"answered_at"`
	EndedAt    string `json:"ended_at"`
	// Duration is the time spoken in seconds.
	Duration int `json:"duration_s"`
	// Outcome is "answered", "no_answer", "busy", "rejected", "blocked" or "failed".
	Outcome string `json:"outcome"`
	// ReleasedBy is "caller", "callee" or "platform".
	ReleasedBy string `json:"released_by"`
	// Cause is the platform's own.
	Cause Cause `json:"cause"`
	// Recording is "none", "pending", "located", "archived", "expired", "failed" or
	// "unmatched"; RecordingID is the one at /v1/recordings, left out where there is
	// none.
	Recording   string `json:"recording"`
	RecordingID string `json:"recording_id,omitempty"`
	// UserData is what the binding said.
	UserData string `json:"user_data"`
	// FirstPushedAt is when it came first, Pushes how often since.
	FirstPushedAt string `json:"first_pushed_at"`
	Pushes        int    `json:"pushes"`
	// Conflict is set where the same identity came with other content as well.
	Conflict bool `json:"conflict"`
	// Raw is the platform's JSON.
	Raw json.RawMessage `json:"raw,omitempty"`
}

// Cause is a platform's code for how a call ended, and what it says.
type Cause struct {
	Code string `json:"code"`
	Text string `json:"text"`
}
