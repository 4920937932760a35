package life

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"xmode/platform/huawei/sim"
	"xmode/simulator/load"
)

// event is a call event on the wire.
type event struct {
	EventType  string    `json:"eventType"`
	StatusInfo sim.Event `json:"statusInfo"`
}

// textEvent is a text message on the wire.
type textEvent struct {
	AppKey   string   `json:"appKey"`
	SMSEvent sim.Text `json:"smsEvent"`
}

// dateTime writes an instant as events and records have it: UTC.
func dateTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// Query is a callin, or a text in Block mode. This platform asks nobody for an
// extension.
func (p *Platform) Query(c load.Call, _ string) load.Message {
	if c.Kind == load.Text {
		return p.message("SMS Block", p.c.Texts, text(textEvent{p.c.AppKey, p.sms(c, "Block")}))
	}
	return p.message("callin", p.c.Events, text(event{"callin", sim.Event{
		SessionID: c.ID, Timestamp: dateTime(c.At), Caller: sim.Global(c.Caller), Called: sim.Global(c.X), NotifyMode: "Block",
	}}))
}

// sms is a text message as it comes in.
func (p *Platform) sms(c load.Call, mode string) sim.Text {
	return sim.Text{
		SMSIdentifier: c.ID, NotificationMode: mode, Calling: sim.Global(c.Caller), VirtualNumber: sim.Global(c.X), Event: "Text SMS",
		TimeStamp: c.At.UTC().Format("2006-01-02T15:04:05.000Z"), SMSContent: "simulated",
	}
}

// Decide reads the answer to a query.
func (p *Platform) Decide(kind load.Kind, status int, body []byte) (load.Decision, error) {
	if status != http.StatusOK {
		return load.Decision{}, fmt.Errorf("status %d", status)
	}
	if err := looks(body); err != nil {
		return load.Decision{}, err
	}
	if kind == load.Text {
		return route(body)
	}
	made, err := sim.ReadDecision(body)
	switch {
	case err != nil:
		return load.Decision{}, clause(err)
	case made.Operation == "close":
		return load.Decision{UserData: made.Close.UserData}, nil
	}
	return load.Decision{
		Verb: load.Connect, Callee: made.Connect.CalleeNum, Display: made.Connect.DisplayCalleeNum, UserData: made.Connect.UserData,
		Record: made.Connect.RecordFlag == "true", Longest: time.Duration(made.Connect.MaxDuration) * time.Minute,
	}, nil
}

// route reads the answer to a text message.
func route(body []byte) (load.Decision, error) {
	r, err := sim.ReadRouting(body)
	if err != nil || !r.Forwarded {
		return load.Decision{}, clause(err)
	}
	return load.Decision{Verb: load.Connect, Callee: r.Called}, nil
}

// Faults of an answer that is no JSON.
var (
	errEmpty = errors.New("the answer is empty")
	errPage  = errors.New("the answer is a page, not JSON")
	errJSON  = errors.New("the answer is no JSON")
)

// clause says of an answer that cannot be read what is wrong with it, and holds
// nothing of it.
func clause(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s must not be of type %s", cmp.Or(wrong.Field, "the answer"), wrong.Value)
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return errJSON
	}
	if err == nil {
		return nil
	}
	return errors.New(strings.TrimPrefix(err.Error(), sim.ErrAnswer.Error()+": "))
}

// looks tells what is no answer at all.
func looks(body []byte) error {
	switch body = bytes.TrimSpace(body); {
	case len(body) == 0:
		return errEmpty
	case body[0] == '<':
		return errPage
	}
	return nil
}

// Accepts reads the answer to a push: the status 200 decides, and nothing else.
func (*Platform) Accepts(status int, _ []byte) error {
	if status != http.StatusOK {
		return fmt.Errorf("status %d", status)
	}
	return nil
}
