package life

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/load"
)

// Faults of an answer.
var (
	errEmpty   = errors.New("the answer is empty")
	errPage    = errors.New("the answer is a page, not JSON")
	errCallee  = errors.New("CONTINUE without calledNo")
	errNumber  = errors.New("calledNo is not a number")
	errOperate = errors.New("controlOperate is neither CONTINUE nor REJECT nor IVR")
	errText    = errors.New("IVR for a text message")
	errSubsID  = errors.New("subsId is not digits")
	errLength  = errors.New("callDuration is below 0")
)

// Decide reads the answer to a query.
func (*Platform) Decide(kind load.Kind, status int, body []byte) (load.Decision, error) {
	if status != http.StatusOK {
		return load.Decision{}, fmt.Errorf("status %d", status)
	}
	switch body = bytes.TrimSpace(body); {
	case len(body) == 0:
		return load.Decision{}, errEmpty
	case body[0] == '<':
		return load.Decision{}, errPage
	}
	a, err := sim.Decode(body)
	if err != nil {
		return load.Decision{}, err
	}
	if a.Code != "OK" {
		return load.Decision{}, fmt.Errorf("code %q", a.Code)
	}
	return decision(kind, a.Model)
}

func decision(kind load.Kind, m sim.Model) (load.Decision, error) {
	if _, err := subsID(m.SubsID); err != nil {
		return load.Decision{}, errSubsID
	}
	d := load.Decision{SubsID: m.SubsID, UserData: m.OutID}
	switch m.ControlOperate {
	case "REJECT":
		return d, nil
	case "IVR":
		if kind == load.Text {
			return load.Decision{}, errText
		}
		d.Verb = load.Ask
		return d, nil
	case "CONTINUE":
		return connected(d, kind, m)
	}
	return load.Decision{}, errOperate
}

// connected reads a CONTINUE. A text that is to be dropped is turned away; one
// without smsChannel is delivered (inferred: a relative of the platform drops it).
func connected(d load.Decision, kind load.Kind, m sim.Model) (load.Decision, error) {
	if kind == load.Text {
		d.Intercept = m.SMSChannel == "SMS_INTERCEPT"
		if m.SMSChannel == "SMS_DROP" {
			return d, nil
		}
	}
	switch {
	case m.CalledNo == "" && !d.Intercept:
		return load.Decision{}, errCallee
	case m.CalledNo != "" && !digits(strings.TrimPrefix(m.CalledNo, "+")):
		return load.Decision{}, errNumber
	case m.CallDuration < 0:
		return load.Decision{}, errLength
	}
	d.Verb, d.Callee, d.Display, d.Record = load.Connect, m.CalledNo, m.CalledDisplayNo, m.NeedRecord
	d.Longest = time.Duration(m.CallDuration) * time.Second
	return d, nil
}

// subsID is a binding's id, a Long in receipts.
func subsID(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err
}

// Accepts reads the answer to a receipt: status 200 and a code that is a number. It
// takes the answer to a query as well, whose code is OK.
func (*Platform) Accepts(status int, body []byte) error {
	switch {
	case status != http.StatusOK:
		return fmt.Errorf("status %d", status)
	case !sim.Acknowledges(status, body) && !answered(body):
		return errors.New("status 200 without a code that is a number")
	}
	return nil
}

// answered reports whether a body is the answer to a query, whose code is OK.
func answered(body []byte) bool {
	a, err := sim.Decode(body)
	return err == nil && a.Code == "OK"
}
