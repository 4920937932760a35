package aliyun

import (
	"time"

	"xmode/call"
	"xmode/platform"
)

// The types of receipts, which are the kinds of pushes.
// https://help.aliyun.com/zh/pnp/developer-reference/push-receipts-over-http/
const (
	startReport     = "SecretStartReport"      // a call begins
	ringReport      = "SecretRingReport"       // the callee's phone rings
	pickUpReport    = "SecretPickUpReport"     // the callee answered
	callReport      = "SecretReport"           // call record
	recordingReport = "SecretRecording"        // a recording exists
	interceptReport = "SecretSmsIntercept"     // text message; not in the platform's current list
	speechReport    = "SecretAsrReport"        // fields not known
	logisticsReport = "SmartLogisticsReport"   // fields not known
	numberReport    = "NumberManagementReport" // X number created or deleted
)

// What is wrong with a receipt.
const (
	faultType    = "not a type of receipt"
	faultForeign = "holds none of the fields of its type"
	faultText    = "must be 1 to 256 printable bytes"
)

// reader understands the receipts of one type; what is wrong it notes.
type reader func(*receipt) call.Report

// readerOf returns the reader of a type; nil: there is no such type.
func readerOf(kind string) reader {
	switch kind {
	case startReport:
		return readStart
	case ringReport:
		return readRing
	case pickUpReport:
		return readPickUp
	case callReport:
		return readCall
	case recordingReport:
		return readRecording
	case interceptReport:
		return readIntercept
	case speechReport, logisticsReport:
		return readOther
	case numberReport:
		return readNumber
	}
	return nil
}

// Read understands one receipt of a type. Strings of time are Beijing time.
func (a *Adapter) Read(kind string, item []byte, at time.Time) call.Report {
	read := readerOf(kind)
	if read == nil {
		return call.Report{Fault: "kind: " + faultType}
	}
	r := receipt{Fields: platform.ReadFields(item), kind: kind, item: item, at: at, delay: a.delay}
	if fault := r.Fault(); fault != "" {
		return call.Report{Fault: fault}
	}
	report := read(&r)
	if fault := r.Fault(); fault != "" {
		return call.Report{Fault: fault}
	}
	return report
}

// Acknowledge is what the platform takes for success: that code is a number.
func (a *Adapter) Acknowledge() []byte { return []byte(`{"code":0,"msg":"success"}`) }

// receipt is one item of a push and what of it all types have in common.
type receipt struct {
	*platform.Fields
	kind string
	item []byte
	at   time.Time // when it arrived
	// delay is how long after the end of a call its recording appears.
	delay time.Duration
}

// telling notes a fault unless one of the names occurs.
func (r *receipt) telling(names ...string) {
	if !r.Known(names...) {
		r.Note("item", faultForeign)
	}
}

// printable returns a text that can be kept and shown; "" where it is absent.
func (r *receipt) printable(name string) string {
	s := r.Text(name)
	if !printable(s) {
		r.Note(name, faultText)
	}
	return s
}

// callID is at most 100 characters by the page; as in queries, 256 bytes pass.
func (r *receipt) callID() string { return r.printable("call_id") }

// x is the X number. The spelling without underscore stands in one table only.
func (r *receipt) x() call.Number { return r.X("secret_no", "secretNo") }

// bindingID is the subsId that was answered: inferred. SecretRecording once
// wrote subs_id.
func (r *receipt) bindingID() call.ID { return r.BindingID("sub_id", "subs_id") }

// userData is the outId that was answered: inferred.
func (r *receipt) userData() string { return r.Text("out_id") }

// time returns an instant; zero where none of the names occurs.
func (r *receipt) time(names ...string) time.Time { return r.Time(parseInstant, names...) }
