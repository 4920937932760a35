package huawei

import (
	"time"

	"xmode/call"
	"xmode/platform"
)

// The kinds of items in pushes.
const (
	kindEvent  = "event"     // the body of a call event
	kindFee    = "fee"       // one call record
	kindNumber = "numStatus" // the state of one X number
	kindSMS    = "sms"       // the body about a text message
)

// Values of fields that say what a message is.
const (
	eventCallin = "callin"
	eventFee    = "fee"
	eventNumber = "numStatus"
	modeBlock   = "Block"  // an answer is due
	modeNotify  = "Notify" // none is
)

// Receive verifies a message and tells a question from a push: the digest first,
// then what the message is about, then its time, for which a question has a
// narrower window, and only then whether a question can be answered. Every error
// is a *platform.Refusal.
func (a *Adapter) Receive(m platform.Message, now time.Time) (platform.Received, error) {
	s, err := a.authenticate(m.Header)
	if err != nil {
		return platform.Received{}, err
	}
	b := split(m.Body)
	c := b.content(m.Path)
	window := a.pushes
	if c.question != "" {
		window = a.questions
	}
	proof, err := a.prove(s, m.Body, window, now)
	if err != nil {
		return platform.Received{}, err
	}
	received := platform.Received{Proof: proof, Broken: c.broken}
	if c.question != call.Voice {
		received.Push = &platform.Push{Kind: c.kind, Items: c.items}
	}
	if c.question != "" {
		if received.Query, err = b.ask(c.question, now); err != nil {
			return platform.Received{}, err
		}
	}
	return received, nil
}

// content is what a body turns out to be.
type content struct {
	kind     string // of the items
	items    [][]byte
	question call.Kind         // set where an answer is due
	broken   *platform.Refusal // set where the body is of no use
}

// content tells what a body is. What is not known is kept as one item, which
// [Adapter.Read] has to make sense of.
func (b *body) content(path string) content {
	whole := content{kind: kindOf(path), items: [][]byte{b.whole}}
	switch event := b.event(); {
	case b.fault != "":
		whole.broken = malformed(b.fault)
	case b.twice != "":
		// Readers differ in which of the two they see, and one of them may be
		// a question. Nothing is lost: the refusal comes after the keeping.
		whole.broken = invalid(b.twice + ": " + faultTwice)
	case b.several():
		// Which of them counts cannot be known either.
		whole.broken = invalid(faultSeveral)
	case b.values[smsEvent] != nil:
		return b.textMessage()
	case event == eventFee || event == "" && b.values[feeLst] != nil:
		return b.listed(kindFee, feeLst)
	case event == eventNumber || event == "" && b.values[numInfo] != nil:
		return b.listed(kindNumber, numInfo)
	case event == eventCallin || event == "":
		return b.callin(event, whole)
	default:
		whole.kind = kindEvent
	}
	return whole
}

// callin is a call event that may be a question.
func (b *body) callin(event string, whole content) content {
	mode, twice := b.text(statusInfo, "notifyMode")
	switch {
	case twice: // perhaps a question, but then one nobody knows how to answer
		whole.broken = invalid("notifyMode: " + faultTwice)
	case event != "" && mode != modeNotify, mode == modeBlock:
		return content{question: call.Voice}
	case event != "":
		whole.kind = kindEvent
	}
	return whole
}

// listed is a body that holds a list. One without it is kept whole: what it was
// to report may stand there under another name.
func (b *body) listed(kind string, m member) content {
	if b.values[m] == nil {
		return content{kind: kind, items: [][]byte{b.whole}}
	}
	return content{kind: kind, items: b.items(m)}
}

// textMessage is a message about a text: a question in Block mode.
func (b *body) textMessage() content {
	c := content{kind: kindSMS, items: [][]byte{b.whole}}
	switch mode, twice := b.text(smsEvent, "notificationMode"); {
	case mode == modeBlock && !twice:
		c.question = call.SMS
	case mode == modeNotify && !twice:
	default: // perhaps a question, but then one nobody knows how to answer
		c.broken = invalid("notificationMode: " + faultMode)
	}
	return c
}

// kindOf is what a path is meant for.
func kindOf(path string) string {
	switch path {
	case pathRecords:
		return kindFee
	case pathNumbers:
		return kindNumber
	case pathSMS:
		return kindSMS
	}
	return kindEvent
}
