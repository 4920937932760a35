package sim

import (
	"context"
	"encoding/json"
	"fmt"
)

// Event is a call event, statusInfo; empty fields are left out.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
type Event struct {
	// SessionID is the same in all events and the record of one call.
	SessionID string `json:"sessionId,omitempty"`
	// Timestamp is UTC, "2006-01-02 15:04:05"; empty: now.
	Timestamp string `json:"timestamp,omitempty"`
	// Caller and Called with +86; on callin Called is the X number (inferred).
	Caller string `json:"caller,omitempty"`
	Called string `json:"called,omitempty"`
	// NotifyMode is Block on callin.
	NotifyMode string `json:"notifyMode,omitempty"`
	// UserData is that of the answer to callin.
	UserData string `json:"userData,omitempty"`
	// StateCode and StateDesc say why a call was cut, on disconnect.
	StateCode *int   `json:"stateCode,omitempty"`
	StateDesc string `json:"stateDesc,omitempty"`
	// CallRelDirection is 1 where the caller, 2 where the callee hung up.
	CallRelDirection int `json:"callRelDirection,omitempty"`
}

// Ask has a call come in: eventType callin in Block mode. The decision is read
// only from a 200; otherwise the exchange says what happened.
func (c *Client) Ask(ctx context.Context, e Event) (Decision, Exchange, error) {
	e.NotifyMode = "Block"
	x, err := c.Tell(ctx, "callin", e)
	if err != nil || !x.Accepted() {
		return Decision{}, x, err
	}
	d, err := ReadDecision(x.Raw)
	return d, x, err
}

// Tell sends an event of any type: callout, alerting, answer, disconnect.
func (c *Client) Tell(ctx context.Context, eventType string, e Event) (Exchange, error) {
	if e.Timestamp == "" {
		e.Timestamp = c.stamp()
	}
	return c.send(ctx, c.c.Addresses.Status, struct {
		EventType  string `json:"eventType"`
		StatusInfo Event  `json:"statusInfo"`
	}{eventType, e})
}

// Fee is a call record, FeeInfo, as real pushes write it; empty texts are left
// out. https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2a.html
type Fee struct {
	Direction        int    `json:"direction"`
	SPID             string `json:"spId,omitempty"`
	AppKey           string `json:"appKey,omitempty"`
	ICID             string `json:"icid,omitempty"`
	BindNum          string `json:"bindNum,omitempty"` // X
	SessionID        string `json:"sessionId,omitempty"`
	CallerNum        string `json:"callerNum,omitempty"` // true caller
	CalleeNum        string `json:"calleeNum,omitempty"` // of the first leg: X
	FwdDisplayNum    string `json:"fwdDisplayNum,omitempty"`
	FwdDstNum        string `json:"fwdDstNum,omitempty"` // true callee
	CallInTime       string `json:"callInTime,omitempty"`
	FwdStartTime     string `json:"fwdStartTime,omitempty"`
	FwdAlertingTime  string `json:"fwdAlertingTime,omitempty"`
	FwdAnswerTime    string `json:"fwdAnswerTime,omitempty"`
	CallEndTime      string `json:"callEndTime,omitempty"`
	FailTime         string `json:"failTime,omitempty"`
	FwdUnaswRsn      int    `json:"fwdUnaswRsn"`  // Q.850
	ULFailReason     int    `json:"ulFailReason"` // disconnect point
	SIPStatusCode    int    `json:"sipStatusCode"`
	RecordFlag       int    `json:"recordFlag"`
	RecordStartTime  string `json:"recordStartTime,omitempty"`
	RecordDomain     string `json:"recordDomain,omitempty"`
	RecordBucketName string `json:"recordBucketName,omitempty"`
	RecordObjectName string `json:"recordObjectName,omitempty"`
	HostName         string `json:"hostName,omitempty"`
	UserData         string `json:"userData,omitempty"`
	NotifyMode       string `json:"notifyMode,omitempty"` // Block marks X mode
	CallRelDirection int    `json:"callRelDirection,omitempty"`
}

// PushFees sends call records in one push, of which the platform puts at most 50
// into one. It sends what it is given.
func (c *Client) PushFees(ctx context.Context, fees ...Fee) (Exchange, error) {
	raw := make([]json.RawMessage, len(fees))
	for i, fee := range fees {
		text, err := json.Marshal(fee)
		if err != nil {
			return Exchange{}, fmt.Errorf("encode record: %w", err)
		}
		raw[i] = text
	}
	return c.PushRaw(ctx, raw...)
}

// PushRaw is PushFees for records as JSON, be they what they may.
func (c *Client) PushRaw(ctx context.Context, fees ...json.RawMessage) (Exchange, error) {
	return c.post(ctx, c.c.Addresses.Records, feeBody(fees))
}

// feeBody writes a push of records byte for byte, so that nonsense survives.
func feeBody(fees []json.RawMessage) []byte {
	body := []byte(`{"eventType":"fee","feeLst":[`)
	for i, fee := range fees {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, fee...)
	}
	return append(body, "]}"...)
}

// Number is the state of an X number, numInfo.
// https://support.huaweicloud.com/api-PrivateNumber/numstatus_notify_axe.html
type Number struct {
	// Number is the X number.
	Number string `json:"number"`
	// Status is 5 normal, 9 paused, 10 unusable, 11 binding frozen.
	Status string `json:"status"`
	// Cause comes with a number that is unusable.
	Cause string `json:"cause,omitempty"`
}

// PushNumbers tells of X numbers, at most 100 in one push.
func (c *Client) PushNumbers(ctx context.Context, list ...Number) (Exchange, error) {
	address := c.c.Addresses.Numbers
	if address == "" {
		address = c.c.Addresses.Status
	}
	return c.send(ctx, address, struct {
		EventType string   `json:"eventType"`
		NumInfo   []Number `json:"numInfo"`
	}{"numStatus", list})
}

// Text is a text message, smsEvent; empty fields are left out.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0008_3.html
type Text struct {
	SMSIdentifier    string `json:"smsIdentifier,omitempty"`
	NotificationMode string `json:"notificationMode,omitempty"` // Block, Notify
	Calling          string `json:"calling,omitempty"`          // true sender
	Called           string `json:"called,omitempty"`           // true receiver, once it was forwarded
	VirtualNumber    string `json:"virtualNumber,omitempty"`    // X
	Event            string `json:"event,omitempty"`            // Text SMS
	TimeStamp        string `json:"timeStamp,omitempty"`        // UTC with milliseconds; empty: now
	SMSContent       string `json:"smsContent,omitempty"`
	SendResult       *int   `json:"sendResult,omitempty"`
	UserData         string `json:"userData,omitempty"`
}

// AskText has a text come in, Block. The routing is read only from a 200.
func (c *Client) AskText(ctx context.Context, m Text) (Routing, Exchange, error) {
	m.NotificationMode = "Block"
	x, err := c.text(ctx, m)
	if err != nil || !x.Accepted() {
		return Routing{}, x, err
	}
	r, err := ReadRouting(x.Raw)
	return r, x, err
}

// TellText tells that a text was forwarded, Notify.
func (c *Client) TellText(ctx context.Context, m Text) (Exchange, error) {
	m.NotificationMode = "Notify"
	return c.text(ctx, m)
}

func (c *Client) text(ctx context.Context, m Text) (Exchange, error) {
	if m.TimeStamp == "" {
		m.TimeStamp = c.c.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	}
	if m.Event == "" {
		m.Event = "Text SMS"
	}
	return c.send(ctx, c.c.Addresses.SMS, struct {
		AppKey   string `json:"appKey"`
		SMSEvent Text   `json:"smsEvent"`
	}{c.c.AppKey, m})
}

// stamp is now, as events and records write it.
func (c *Client) stamp() string { return c.c.Now().UTC().Format("2006-01-02 15:04:05") }

// send encodes a message and posts it.
func (c *Client) send(ctx context.Context, address string, message any) (Exchange, error) {
	body, err := json.Marshal(message)
	if err != nil {
		return Exchange{}, fmt.Errorf("encode message: %w", err)
	}
	return c.post(ctx, address, body)
}

// post is Post to an address of the settings.
func (c *Client) post(ctx context.Context, address string, body []byte) (Exchange, error) {
	if address == "" {
		return Exchange{}, ErrURL
	}
	return c.Post(ctx, address, body)
}
