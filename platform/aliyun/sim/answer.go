package sim

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrAnswer: the endpoint's answer is not what the platform reads.
var ErrAnswer = errors.New("answer cannot be read")

// Answer is what an endpoint says, or with another status than 200 why it says
// nothing. https://help.aliyun.com/zh/pnp/operations-in-x-mode
type Answer struct {
	// Code is OK for success.
	Code string `json:"code"`
	// Message is a description.
	Message string `json:"message"`
	// Model is the decision.
	Model Model `json:"model"`
}

// Model is the decision, under the default names.
type Model struct {
	// ControlOperate is CONTINUE, REJECT or IVR.
	ControlOperate string `json:"controlOperate"`
	// ControlMsg is NO_SUBS_EXIST where there is no binding.
	ControlMsg string `json:"controlMsg"`
	// SubsID is the binding's id, digits only.
	SubsID string `json:"subsId"`
	// CallNoPlayCode is the prompt for the caller.
	CallNoPlayCode string `json:"callNoPlayCode"`
	// CalledNo is connected; inferred.
	CalledNo string `json:"calledNo"`
	// CalledDisplayNo is shown to the callee; inferred.
	CalledDisplayNo string `json:"calledDisplayNo"`
	// CalledNoPlayCode is the prompt for the callee; inferred.
	CalledNoPlayCode string `json:"calledNoPlayCode"`
	// CallDuration is the longest call in seconds; inferred.
	CallDuration int `json:"callDuration"`
	// NeedRecord asks for a recording; inferred.
	NeedRecord bool `json:"needRecord"`
	// OutID comes back in receipts; inferred.
	OutID string `json:"outId"`
	// SMSChannel says what becomes of a text message; inferred.
	SMSChannel string `json:"smsChannel"`
}

// UnmarshalJSON takes the model as an object or as a string that holds one:
// the page types it String and describes a structure.
func (m *Model) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		data = []byte(text)
	}
	type object Model // without this method
	return json.Unmarshal(data, (*object)(m))
}

// Decode reads an answer; the error is [ErrAnswer] with the cause.
func Decode(raw []byte) (Answer, error) {
	var a Answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return a, nil
}
