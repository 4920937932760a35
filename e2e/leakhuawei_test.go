package e2e_test

import (
	"fmt"
	"strings"
	"time"
)

// says sends a signed message of Huawei Cloud, and notes an error.
func (w *leakWorld) says(s signed) {
	w.t.Helper()
	w.notes(s.path, w.endpoint.huawei(s))
}

// pushes sends a good message and bad ones to an address: with bodies that are broken,
// with a record changed field by field, and with signatures that are wrong.
func (w *leakWorld) pushes(path, good string, inside func(records []string) string, record string) {
	w.t.Helper()
	number, word := w.number("push: number to "+path), w.word("push: word to "+path)
	m := huawei(path, good)
	w.says(m)
	w.says(m)
	w.says(m.saying(path, strings.Replace(good, "{", `{"`+w.word(name+"in a push")+`":"`+number+word+`",`, 1)))
	for _, r := range w.mutants(record) {
		w.says(huawei(path, inside([]string{r})))
	}
	w.says(huawei(path, inside(w.mutants(record))))
	for _, body := range w.badBodies(good, number, word) {
		w.says(huawei(path, body))
	}
	w.saysWrongly(huawei(path, good), number, word)
	w.misuse(path, w.public)
}

// saysWrongly spoils what proves who sends.
func (w *leakWorld) saysWrongly(m signed, number, word string) {
	w.t.Helper()
	for _, spoil := range []func(*signed){
		func(m *signed) { m.secret = word },
		func(m *signed) { m.app = word },
		func(m *signed) { m.app = "" },
		func(m *signed) { m.authorization = "" },
		func(m *signed) { m.authorization = "AKSK " + word },
		func(m *signed) { m.nonce = strings.Repeat(number, 20) },
		func(m *signed) { m.older, m.secret = true, word },
		func(m *signed) { m.created = time.Now().Add(-24 * time.Hour) },
		func(m *signed) { m.path += "/" + number },
		func(m *signed) { m.path += "?" + word + "=" + number },
		func(m *signed) { m.packing = word },
		func(m *signed) { m.packing = "gzip" },
	} {
		bad := m
		spoil(&bad)
		w.says(bad)
	}
	w.wire(w.public, "POST", m.path, m.body, "X-AKSK: UsernameToken Username=\""+number+"\", PasswordDigest=\""+word, "Authorization: "+aksk)
}

// eventOf is a call event with a value of its own in each field.
func (w *leakWorld) eventOf(kind string) string {
	more := fmt.Sprintf(`"notifyMode":"Block","caller":"+86%s","called":"+86%s","userData":"%s","stateCode":0,"stateDesc":"%s","digitInfo":"%s"`,
		w.number("pair: peer"), w.x("pair: X"), w.word("event: user data"), w.word("event: description"), w.word("event: digits"))
	return event(kind, w.session("event: session"), time.Now(), more)
}

func (w *leakWorld) pushEvents() {
	for _, kind := range []string{"callin", "callout", "alerting", "answer", "disconnect", "asr", "dtmf", w.word("event: kind")} {
		e := w.eventOf(kind)
		info := e[strings.Index(e, `"statusInfo":`)+len(`"statusInfo":`) : len(e)-1]
		w.pushes(callEvents, e, func(r []string) string { return `{"eventType":"` + kind + `","statusInfo":` + r[0] + `}` }, info)
	}
}

// feeOf is a call record with a value of its own in each field.
func (w *leakWorld) feeOf() string {
	return fee(w.word("fee: icid"), w.session("fee: session"), "+86"+w.x("pair: X"), "+86"+w.number("pair: peer"), "+86"+w.number("pair: owner"), time.Now().Add(-time.Hour))
}

func (w *leakWorld) pushFees() {
	conflict := strings.Replace(w.feeOf(), `"ulFailReason":0`, `"ulFailReason":31`, 1)
	w.pushes(callRecords, fees(w.feeOf(), w.feeOf(), conflict), func(r []string) string { return fees(r...) }, w.feeOf())
	w.says(huawei(callRecords, fees(strings.Replace(conflict, "+86"+w.number("pair: owner"), "+86"+w.number("fee: another callee"), 1))))
}

func (w *leakWorld) pushStates() {
	inside := func(r []string) string { return `{"eventType":"numStatus","numInfo":[` + strings.Join(r, ",") + `]}` }
	state := fmt.Sprintf(`{"number":"+86%s","status":"1","cause":"%s"}`, w.x("state: X"), w.word("state: cause"))
	w.pushes(numberStatus, inside([]string{state}), inside, state)
}

// textOf is a text message with a value of its own in each field.
func (w *leakWorld) textOf(mode, to string) string {
	return fmt.Sprintf(`{"smsIdentifier":"%s","notificationMode":"%s","calling":"+86%s","virtualNumber":"+86%s","called":"+86%s",`+
		`"event":"Text SMS","timeStamp":"%s","smsContent":"%s","subscriptionId":"%s"}`, w.word("sms: id"), mode, w.number("sms: sender"), to,
		w.number("sms: receiver"), time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), w.word("sms: content"), w.word("sms: subscription"))
}

func (w *leakWorld) pushTexts() {
	inside := func(r []string) string { return `{"appKey":"` + appKey + `","smsEvent":` + r[0] + `}` }
	for _, mode := range []string{"Block", "Notify", w.word("sms: mode")} {
		for _, to := range []string{w.x("pair: X"), w.x("intercept: X")} {
			w.pushes(textMessages, inside([]string{w.textOf(mode, to)}), inside, w.textOf(mode, to))
		}
	}
}

// huaweiOnce is one message to each address.
func (w *leakWorld) huaweiOnce() {
	w.says(huawei(callEvents, w.eventOf("callin")))
	w.says(huawei(callEvents, w.eventOf("answer")))
	w.says(huawei(callRecords, fees(w.feeOf(), `{"bindNum":"`+w.number("fee: stray")+`"}`)))
	w.says(huawei(numberStatus, stateOf("+86"+w.x("state: X"), "1")))
	w.says(huawei(textMessages, `{"smsEvent":`+w.textOf("Block", w.x("intercept: X"))+`}`))
}
