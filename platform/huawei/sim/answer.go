package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrAnswer: the endpoint's answer is not what the platform reads.
var ErrAnswer = errors.New("answer cannot be read")

// Decision is the answer to a call that comes in.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
type Decision struct {
	// Operation is connect or close; X mode knows no other.
	Operation string `json:"operation"`
	// Connect comes with connect.
	Connect ConnectInfo `json:"connectInfo"`
	// Close comes with close.
	Close CloseInfo `json:"closeInfo"`
}

// ConnectInfo says whom to connect, and how.
type ConnectInfo struct {
	// DisplayCalleeNum is shown to the callee; empty: the X number.
	DisplayCalleeNum string `json:"displayCalleeNum"`
	// CalleeNum is connected.
	CalleeNum string `json:"calleeNum"`
	// MaxDuration in minutes, 0-1440; 0: never cut.
	MaxDuration int `json:"maxDuration"`
	// WaitVoice is the ring-back file.
	WaitVoice string `json:"waitVoice"`
	// RecordFlag is "true" or "false".
	RecordFlag string `json:"recordFlag"`
	// RecordHintTone announces the recording (stated for sibling modes).
	RecordHintTone string `json:"recordHintTone"`
	// LastMinVoice warns of the last minute (stated for sibling modes).
	LastMinVoice string `json:"lastMinVoice"`
	// CalleeHintVoice is played to the callee (stated for sibling modes).
	CalleeHintVoice string `json:"calleeHintVoice"`
	// UserData comes back in events and records.
	UserData string `json:"userData"`
}

// CloseInfo says how to hang up.
type CloseInfo struct {
	// CloseHintTone is played before.
	CloseHintTone string `json:"closeHintTone"`
	// UserData comes back in events and records.
	UserData string `json:"userData"`
}

// UnmarshalJSON takes an object, as the page types it, or a list of one, as the
// platform's samples write it.
func (c *ConnectInfo) UnmarshalJSON(data []byte) error {
	type object ConnectInfo // without this method
	return unwrap(data, (*object)(c))
}

// UnmarshalJSON takes an object or a list of one.
func (c *CloseInfo) UnmarshalJSON(data []byte) error {
	type object CloseInfo
	return unwrap(data, (*object)(c))
}

// unwrap reads an object, or the only one of a list.
func unwrap(data []byte, into any) error {
	if len(data) == 0 || data[0] != '[' {
		return json.Unmarshal(data, into)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	if len(list) != 1 {
		return fmt.Errorf("list of %d, want 1", len(list))
	}
	return json.Unmarshal(list[0], into)
}

// ReadDecision reads an answer as the platform does; the error is [ErrAnswer]
// with the cause. A value out of range fails the call on the platform, with the
// state code 8014.
func ReadDecision(raw []byte) (Decision, error) {
	var d Decision
	err := json.Unmarshal(raw, &d)
	if err != nil {
		return Decision{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	switch {
	case d.Operation != "connect" && d.Operation != "close":
		return Decision{}, fmt.Errorf("%w: operation is neither connect nor close", ErrAnswer)
	case d.Operation == "connect":
		err = d.Connect.check()
	default:
		err = userData(d.Close.UserData)
	}
	if err != nil {
		return Decision{}, err
	}
	return d, nil
}

// check finds what is missing or out of range; the error is [ErrAnswer].
func (c ConnectInfo) check() error {
	switch {
	case c.CalleeNum == "":
		return fmt.Errorf("%w: calleeNum is due", ErrAnswer) // inferred
	case !global(c.CalleeNum):
		return fmt.Errorf("%w: calleeNum is not a number in global format, +86…", ErrAnswer)
	case c.DisplayCalleeNum != "" && !global(c.DisplayCalleeNum):
		return fmt.Errorf("%w: displayCalleeNum is not a number in global format, +86…", ErrAnswer)
	case c.MaxDuration < 0 || c.MaxDuration > 1440:
		return fmt.Errorf("%w: maxDuration is not 0-1440", ErrAnswer)
	case c.RecordFlag != "" && c.RecordFlag != "true" && c.RecordFlag != "false":
		return fmt.Errorf("%w: recordFlag is neither true nor false", ErrAnswer)
	}
	return userData(c.UserData)
}

// global tells the platform's global format from others: a plus and digits, 4 to
// 31 characters.
func global(number string) bool {
	digits, plus := strings.CutPrefix(number, "+")
	return plus && len(number) >= 4 && len(number) <= 31 && strings.Trim(digits, "0123456789") == ""
}

// userData checks what is to come back; the error is [ErrAnswer].
func userData(text string) error {
	switch {
	case len(text) > 256:
		return fmt.Errorf("%w: userData is longer than 256 characters", ErrAnswer)
	case strings.ContainsAny(text, "{}"):
		return fmt.Errorf("%w: userData holds { or }", ErrAnswer)
	}
	return nil
}

// Routing is the answer to a text message.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0008_3.html
type Routing struct {
	// Forwarded is set for vNumberRoute, not for DiscardMessage.
	Forwarded bool
	// Called is the true receiver, Calling the sender.
	Called, Calling string
}

// ReadRouting reads an answer as the platform does; the error is [ErrAnswer]
// with the cause.
func ReadRouting(raw []byte) (Routing, error) {
	var answer struct {
		Actions []struct {
			Operation string `json:"operation"`
			Message   struct {
				Called  string `json:"called"`
				Calling string `json:"calling"`
			} `json:"message"`
		} `json:"actions"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return Routing{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if len(answer.Actions) != 1 { // inferred: one decision
		return Routing{}, fmt.Errorf("%w: %d actions", ErrAnswer, len(answer.Actions))
	}
	switch a := answer.Actions[0]; {
	case a.Operation == "DiscardMessage":
		return Routing{}, nil
	case a.Operation != "vNumberRoute":
		return Routing{}, fmt.Errorf("%w: operation is neither vNumberRoute nor DiscardMessage", ErrAnswer)
	case a.Message.Called == "":
		return Routing{}, fmt.Errorf("%w: called is due", ErrAnswer) // inferred
	default:
		return Routing{Forwarded: true, Called: a.Message.Called, Calling: a.Message.Calling}, nil
	}
}
