package sim

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// Type is a type of receipt: the last element of its address.
// https://help.aliyun.com/zh/pnp/developer-reference/push-receipts-over-http/
type Type string

// The types of receipts.
const (
	SecretStartReport      Type = "SecretStartReport"
	SecretRingReport       Type = "SecretRingReport"
	SecretPickUpReport     Type = "SecretPickUpReport"
	SecretReport           Type = "SecretReport"
	SecretRecording        Type = "SecretRecording"
	SecretSmsIntercept     Type = "SecretSmsIntercept"
	SecretAsrReport        Type = "SecretAsrReport"
	NumberManagementReport Type = "NumberManagementReport"
	SmartLogisticsReport   Type = "SmartLogisticsReport"
)

// Receipt is one record of a push: its fields as they go onto the wire.
type Receipt map[string]any

// With returns a copy with a field set to a value, or without it where that is
// nil: for other spellings, and for nonsense.
func (r Receipt) With(name string, value any) Receipt {
	r = maps.Clone(r)
	r[name] = value
	if value == nil {
		delete(r, name)
	}
	return r
}

// Batch writes the body of a push, an array.
func Batch(receipts ...Receipt) ([]byte, error) {
	if receipts == nil {
		receipts = []Receipt{}
	}
	body, err := json.Marshal(receipts)
	if err != nil {
		return nil, fmt.Errorf("compose receipts: %w", err)
	}
	return body, nil
}

// dateTime writes an instant as most receipts have it: Beijing time.
func dateTime(t time.Time) string { return t.In(beijing()).Format("2006-01-02 15:04:05") }

// put adds text that is not empty.
func (r Receipt) put(name, value string) {
	if value != "" {
		r[name] = value
	}
}

// at adds an instant that was reached.
func (r Receipt) at(name string, t time.Time) {
	if !t.IsZero() {
		r[name] = dateTime(t)
	}
}

// Intercept is a text message as SecretSmsIntercept tells it.
// https://help.aliyun.com/document_detail/305609.htm
type Intercept struct {
	// ID of the receipt, a number in the sample.
	ID int64
	// PoolKey is the number pool.
	PoolKey string
	// SubsID is the binding, 0: none.
	SubsID int64
	// CallID is the id of the message.
	CallID string
	// Sender, X and Receiver are numbers in the national form.
	Sender, X, Receiver string
	// Content of the message.
	Content string
	// Why is sms_intercept_type, Code the state of delivery; both may be empty.
	Why, Code string
	// Status is 1 for success, 2 for failure; 0: not told.
	Status int
	// OutID is what the answer said.
	OutID string
	// At is when it came.
	At time.Time
}

// Receipt returns the SecretSmsIntercept.
func (i Intercept) Receipt() Receipt {
	r := Receipt{
		"id": i.ID, "partner_key": i.PoolKey, "pool_key": i.PoolKey, "sub_id": i.SubsID, "sms_type": 1, "send_no": i.Sender, "secret_no": i.X,
		"receive_no": i.Receiver, "sms_content": i.Content, "call_id": i.CallID, "start_time": dateTime(i.At),
	}
	r.put("out_id", i.OutID)
	r.put("sms_intercept_type", i.Why)
	r.put("code", i.Code)
	if i.Status != 0 {
		r["status"] = i.Status
	}
	return r
}

// Number is an X number as NumberManagementReport tells it.
// https://help.aliyun.com/zh/pnp/developer-reference/numbermanagementreport-1
type Number struct {
	// X is the number, PoolKey its pool, City its home.
	X, PoolKey, City string
	// Deleted: it is gone. Otherwise it was created.
	Deleted bool
	// Vendor is 1 for Mobile, 2 for Unicom, 3 for Telecom.
	Vendor int
	// At is when it happened.
	At time.Time
}

// Receipt returns the NumberManagementReport in the spelling of the page's
// sample.
func (n Number) Receipt() Receipt {
	status := 1
	if n.Deleted {
		status = 2
	}
	return Receipt{
		"secret_no": n.X, "city": n.City, "partner_key": n.PoolKey, "operating_time": dateTime(n.At), "status": status, "vendor": n.Vendor,
	}
}
