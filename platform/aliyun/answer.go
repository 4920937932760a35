package aliyun

import (
	"strconv"
	"strings"

	"xmode/call"
	"xmode/platform"
)

// Values of the answer's fields. https://help.aliyun.com/zh/pnp/operations-in-x-mode
const (
	operateContinue = "CONTINUE" // connect the other leg
	operateReject   = "REJECT"
	operateIVR      = "IVR" // play a prompt; collecting digits is inferred

	messageOK     = "OK" // inferred
	messageNoSubs = "NO_SUBS_EXIST"

	// What becomes of a text message: inferred.
	smsNormal    = "SMS_NORMAL_SEND"
	smsIntercept = "SMS_INTERCEPT"
	smsDrop      = "SMS_DROP"
)

// typicalSize is room for an answer with all fields.
const typicalSize = 512

// encoder writes answers.
type encoder struct {
	keys                [fieldCount]string // as fieldKeys returns them
	asString            bool               // model is a string that holds JSON
	ivrCode, rejectCode string
}

// Answer encodes the decision as the body of a 200:
// {"code":"OK","message":"connect: peer","model":{…}}. The code is always OK,
// since a reject is an answer too; message gives outcome and reason.
func (a *Adapter) Answer(q call.Query, d call.Decision) []byte {
	out := make([]byte, 0, typicalSize)
	out = append(out, `{"code":"OK","message":"`...)
	out = append(out, d.Outcome...)
	out = append(out, ": "...)
	out = append(out, d.Reason...)
	out = append(out, `","model":`...)
	if a.answers.asString {
		out = platform.AppendString(out, a.answers.model(make([]byte, 0, typicalSize), q, d))
	} else {
		out = a.answers.model(out, q, d)
	}
	return append(out, '}')
}

// model appends the model as an object, empty fields left out.
func (e *encoder) model(dst []byte, q call.Query, d call.Decision) []byte {
	binding := d.Binding
	if binding == nil {
		binding = &call.Binding{} // id 0, which the page allows where there is none
	}
	o := object{buf: append(dst, '{'), keys: &e.keys}
	o.text(controlOperate, operate(d.Outcome))
	o.text(controlMsg, controlMessage(d))
	o.text(subsID, strconv.FormatUint(uint64(binding.ID), 10))
	o.text(calledNo, d.Callee.National())
	o.text(calledDisplayNo, d.Display.National())
	if q.Kind != call.SMS {
		e.voice(&o, d.Outcome, binding)
	}
	o.text(outID, binding.UserData)
	if q.Kind == call.SMS {
		o.text(smsChannel, channel(d.Outcome, binding.SMS))
	}
	return append(o.buf, '}')
}

// voice writes what only a call can have: nobody hears a prompt of a text
// message.
func (e *encoder) voice(o *object, outcome call.Outcome, b *call.Binding) {
	switch outcome {
	case call.Connect:
		o.flag(needRecord, b.Record)
		o.number(callDuration, b.MaxDuration)
		o.text(callNoPlayCode, b.Prompts.Caller)
		o.text(calledNoPlayCode, b.Prompts.Callee)
	case call.Ask:
		o.text(callNoPlayCode, e.ivrCode)
	default:
		o.text(callNoPlayCode, e.rejectCode)
	}
}

// operate is the answer's verb.
func operate(o call.Outcome) string {
	switch o {
	case call.Connect:
		return operateContinue
	case call.Ask:
		return operateIVR
	}
	return operateReject
}

// controlMessage is OK for a connect, NO_SUBS_EXIST where a reject means that
// nothing is bound, and otherwise the reason in capitals.
func controlMessage(d call.Decision) string {
	switch {
	case d.Outcome == call.Connect:
		return messageOK
	case d.Outcome == call.Reject && (d.Reason == call.NoBinding || d.Reason == call.ExtensionUnknown):
		return messageNoSubs
	}
	return strings.ToUpper(string(d.Reason))
}

// channel says what becomes of a text message.
func channel(o call.Outcome, mode call.SMSMode) string {
	switch {
	case o != call.Connect:
		return smsDrop
	case mode == call.Intercept:
		return smsIntercept
	}
	return smsNormal
}
