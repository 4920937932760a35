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

// Query asks whom to connect, with the extension that was typed, if any.
func (p *Platform) Query(c load.Call, typed string) load.Message {
	q := sim.Query{Caller: national(c.Caller), X: national(c.X), CallID: c.ID, Kind: sim.Voice, Extension: typed, At: c.At}
	kind := "query"
	if c.Kind == load.Text {
		q.Kind, kind = sim.SMS, "query SMS"
	}
	return load.Message{Kind: kind, Signed: true, Write: func(s load.Stamp) load.Request { return p.write(q, s) }}
}

func (p *Platform) write(q sim.Query, s load.Stamp) load.Request {
	signer := p.right
	if s.Spoilt {
		signer = p.wrong
	}
	e, contentType, _ := signer.Compose(q, s.At, s.Nonce) // plain values cannot fail
	r := load.Request{Method: e.Method, Target: strings.TrimPrefix(e.URL, base), Body: []byte(e.Body)}
	if contentType != "" {
		r.Header = []string{"Content-Type: " + contentType}
	}
	return r
}

// Faults of an answer.
var (
	errEmpty   = errors.New("the answer is empty")
	errPage    = errors.New("the answer is a page, not JSON")
	errCallee  = errors.New("CONTINUE without calledNo")
	errOperate = errors.New("controlOperate is neither CONTINUE nor REJECT nor IVR")
	errSubsID  = errors.New("subsId is not digits")
)

// Decide reads the answer to a query.
func (p *Platform) Decide(c load.Call, status int, body []byte) (load.Decision, error) {
	if status != http.StatusOK {
		return load.Decision{}, fmt.Errorf("status %d", status)
	}
	return p.answers.of(body, read)
}

// read reads the body of an answer.
func read(body []byte) (load.Decision, error) {
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
	return decision(a.Model)
}

func decision(m sim.Model) (load.Decision, error) {
	if _, err := subsID(m.SubsID); err != nil {
		return load.Decision{}, errSubsID
	}
	d := load.Decision{SubsID: m.SubsID, UserData: m.OutID}
	switch m.ControlOperate {
	case "REJECT":
		return d, nil
	case "IVR":
		d.Verb = load.Ask
		return d, nil
	case "CONTINUE":
		d.Intercept = m.SMSChannel == "SMS_INTERCEPT"
		if m.CalledNo == "" && !d.Intercept {
			return load.Decision{}, errCallee
		}
		d.Verb, d.Callee, d.Display, d.Record = load.Connect, m.CalledNo, m.CalledDisplayNo, m.NeedRecord
		d.Longest = time.Duration(m.CallDuration) * time.Second
		return d, nil
	}
	return load.Decision{}, errOperate
}

// subsID is a binding's id, a Long in receipts.
func subsID(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err
}

// Accepts reads the answer to a receipt: status 200 and a code that is a number.
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

// national writes a number as this platform does.
func national(number string) string {
	rest, ok := strings.CutPrefix(number, "+86")
	if ok && !strings.HasPrefix(rest, "1") { // a landline has its trunk prefix
		return "0" + rest
	}
	return rest
}
