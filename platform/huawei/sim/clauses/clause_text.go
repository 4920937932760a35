package clauses

import (
	"context"
	"strings"

	"xmode/simulator/conform"
)

// sms is an smsEvent with every field of its mode.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0008_3.html
func (t *trial) sms(mode, x, sender string) fields {
	f := fields{
		"smsIdentifier": t.id(), "notificationMode": mode, "calling": sender, "virtualNumber": x, "event": "Text SMS",
		"timeStamp": t.c.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "subscriptionId": "", "smsContent": "a text", "userData": "order-1",
		"extInfo": fields{"extParas": []fields{{"key": "splitNum", "value": "2"}, {"key": "direction", "value": "1"}}},
	}
	if mode == "Notify" {
		f = f.with("called", sampleCallee).with("sendResult", 2)
	}
	return f
}

func (t *trial) smsBody(f fields) string {
	return text(fields{"appKey": or(t.c.AppKey, "app"), "smsEvent": f})
}

func (t *trial) textBody() string { return t.smsBody(t.sms("Notify", t.anyX(), t.anyCaller())) }

// say sends a text's push.
func (t *trial) say(ctx context.Context, what string, f fields) conform.Exchange {
	return t.post(ctx, what, t.smsAddress(), t.token(), t.smsBody(f))
}

func (t *trial) block() fields { return t.sms("Block", t.anyX(), t.anyCaller()) }

func (t *trial) notify() fields { return t.sms("Notify", t.anyX(), t.anyCaller()) }

// asksText checks that a Block is decided.
func (t *trial) asksText(what string, change func(fields) fields) conform.Check {
	return func(ctx context.Context) error {
		_, err := readRouting(t.say(ctx, what, change(t.block())))
		return err
	}
}

// tellsText checks that a Notify is acknowledged.
func (t *trial) tellsText(what string, change func(fields) fields) conform.Check {
	return func(ctx context.Context) error { return t.say(ctx, what, change(t.notify())).WantEmpty() }
}

// texts are the clauses about what is decided of a text.
func (t *trial) texts() []conform.Clause {
	rule := conform.Rule
	const ref = "P4 Response"
	return []conform.Clause{
		rule("HW-SMS-01", conform.Doc, ref, "A text, notificationMode Block, is answered with actions.",
			"sms/appKey sms/smsEvent smsEvent/notificationMode smsAnswer/actions", t.asksText("a text", same)),
		rule("HW-SMS-02", conform.Doc, ref, "The operation of an action is vNumberRoute or DiscardMessage.",
			"smsAnswer/operation", t.asksText("a text", same)),
		rule("HW-SMS-03", conform.Inferred, ref, "A text of a sender who gets through is forwarded, or discarded where the binding says so.",
			"smsAnswer/decision", t.routes, conform.FlagConnects, conform.FlagCaller),
		rule("HW-SMS-04", conform.Inferred, ref, "A text that is forwarded names its receiver in message.called, in the global format.",
			"smsAnswer/message smsAnswer/called", t.namesReceiver, conform.FlagConnects, conform.FlagCaller),
		rule("HW-SMS-05", conform.Doc, ref, "message.calling, if it is there, is the sender of the request.",
			"smsAnswer/calling", t.namesSender, conform.FlagConnects, conform.FlagCaller),
		rule("HW-SMS-06", conform.Doc, ref, "A text through an X number without a binding is discarded.",
			"smsAnswer/DiscardMessage", t.discards, conform.FlagRejects),
		rule("HW-SMS-07", conform.Doc, ref, "A message comes with vNumberRoute only.",
			"smsAnswer/message", t.discardsWithoutMessage, conform.FlagRejects),
		rule("HW-SMS-08", conform.Inferred, ref, "There is one action.",
			"smsAnswer/one-action", t.oneAction),
		rule("HW-SMS-09", conform.Doc, ref, "extParas is an array and userData a String, if they are there.",
			"smsAnswer/extParas smsAnswer/userData", t.otherActionFields),
		rule("HW-SMS-10", conform.Inferred, ref, "A sender who withholds their number, or has none that makes sense, never fails a text.",
			"rule/withheld", t.oddSenders),
		rule("HW-SMS-11", conform.Doc, "P4 Retry", "A text that is pushed again, signed anew, is answered again, the same way.",
			"sms/retry", t.askedTextAgain),
	}
}

func (t *trial) throughText(ctx context.Context, operations ...string) (routed, error) {
	f := t.sms("Block", international(t.c.Facts.ConnectsX), international(t.c.Facts.ConnectsCaller))
	return readRouting(t.say(ctx, "a text of the caller who gets through", f), operations...)
}

func (t *trial) rejectedText(ctx context.Context) (routed, error) {
	f := t.sms("Block", international(t.c.Facts.RejectsX), t.anyCaller())
	return readRouting(t.say(ctx, "a text through the X number that rejects", f), "DiscardMessage")
}

func (t *trial) routes(ctx context.Context) error {
	_, err := t.throughText(ctx)
	return err
}

func (t *trial) namesReceiver(ctx context.Context) error {
	r, err := t.throughText(ctx)
	if err != nil || r.operation() != "vNumberRoute" {
		return err
	}
	if message, _ := r.action["message"].(map[string]any); !isNumber(message["called"]) {
		return r.Fault("message.called is due, in the global format: the platform has no binding")
	}
	return nil
}

func (t *trial) namesSender(ctx context.Context) error {
	r, err := t.throughText(ctx)
	if err != nil || r.operation() != "vNumberRoute" {
		return err
	}
	message, _ := r.action["message"].(map[string]any)
	if calling, there := message["calling"]; there && calling != international(t.c.Facts.ConnectsCaller) {
		return r.Fault("message.calling is not the sender")
	}
	return nil
}

func (t *trial) discards(ctx context.Context) error {
	_, err := t.rejectedText(ctx)
	return err
}

func (t *trial) discardsWithoutMessage(ctx context.Context) error {
	r, err := t.rejectedText(ctx)
	if err == nil && r.action["message"] != nil {
		err = r.Fault("message is there, and nothing is to be forwarded")
	}
	return err
}

func (t *trial) oneAction(ctx context.Context) error {
	r, err := readRouting(t.say(ctx, "a text", t.block()))
	if err != nil {
		return err
	}
	o, _ := object(r.Reply.Body)
	if actions, _ := o["actions"].([]any); len(actions) != 1 {
		return r.Fault("one action is due")
	}
	return nil
}

func (t *trial) otherActionFields(ctx context.Context) error {
	r, err := readRouting(t.say(ctx, "a text", t.block()))
	if err != nil {
		return err
	}
	if _, isList := r.action["extParas"].([]any); r.action["extParas"] != nil && !isList {
		return r.Fault("extParas has to be an array")
	}
	if _, isString := r.action["userData"].(string); r.action["userData"] != nil && !isString {
		return r.Fault("userData has to be a string")
	}
	return nil
}

func (t *trial) oddSenders(ctx context.Context) error {
	return each(ctx, []any{nil, "", "anonymous", "10086", "１３９"}, func(ctx context.Context, sender any) error {
		return t.asksText("a text whose sender withholds their number, or has none that makes sense", with("calling", sender))(ctx)
	})
}

func (t *trial) askedTextAgain(ctx context.Context) error {
	f := t.block()
	first, err := readRouting(t.say(ctx, "a text", f))
	if err != nil {
		return err
	}
	again, err := readRouting(t.say(ctx, "the same text again", f))
	if err == nil && again.operation() != first.operation() {
		err = again.Fault("the operation was %s the first time", first.operation())
	}
	return err
}

// textFields are the clauses about what is told of texts.
func (t *trial) textFields() []conform.Clause {
	rule := conform.Rule
	const ref = "P4 Request"
	return []conform.Clause{
		rule("HW-SMS-20", conform.Doc, ref, "A text with every documented field is decided.",
			"smsEvent/smsIdentifier smsEvent/calling smsEvent/virtualNumber smsEvent/event smsEvent/timeStamp smsEvent/subscriptionId "+
				"smsEvent/smsContent smsEvent/userData smsEvent/extInfo", t.asksText("a text with every documented field", same)),
		rule("HW-SMS-21", conform.Doc, ref, "A text with its required fields alone is decided.",
			"smsEvent/required", t.asksText("a text with its required fields alone", func(f fields) fields {
				return f.with("smsContent", nil).with("extInfo", nil).with("subscriptionId", nil).with("userData", nil)
			})),
		rule("HW-SMS-22", conform.Doc, ref, "A text that was forwarded, notificationMode Notify, is acknowledged with 200 and an empty body.",
			"smsEvent/called smsEvent/sendResult smsEvent/notificationMode", t.tellsText("a Notify", same)),
		rule("HW-SMS-23", conform.Doc, ref, "A Notify may lack any field that is not required.",
			"smsEvent/optional", t.lackingText),
		rule("HW-SMS-24", conform.Doc, ref, "A Notify that comes again is acknowledged again.",
			"sms/retry", t.toldTextTwice),
		rule("HW-SMS-25", conform.Sibling, ref, "event may be spelt Text SMS or TextSMS, and have other values.",
			"smsEvent/event-values", t.eventSpellings),
		rule("HW-SMS-26", conform.Inferred, ref, "Any sendResult is acknowledged.",
			"smsEvent/sendResult-values", t.sendResults),
		rule("HW-SMS-27", conform.Doc, ref, "A long text, merged into one push, is taken.",
			"smsEvent/long", t.asksText("a text of 2000 characters", with("smsContent", strings.Repeat("文", 2000)))),
		rule("HW-SMS-28", conform.Inferred, ref, "A text without smsIdentifier or virtualNumber is refused.",
			"rule/required", t.lackingRequired),
		rule("HW-SMS-29", conform.Inferred, ref, "A text that is no JSON, breaks off or has another type gets a status 4xx.",
			"malformed/not-json malformed/truncated malformed/wrong-types", t.bad(t.smsAddress, "a text that is no JSON", "smsEvent", `{"smsEvent":{"sms`, `[]`, `{"smsEvent":"none"}`)),
		rule("HW-SMS-30", conform.Inferred, ref, "Fields that nobody knows are no reason to refuse a text.",
			"rule/unknown-fields", t.asksText("a text with fields that nobody knows", with("nextYear", fields{"a": 1}))),
		rule("HW-SMS-31", conform.Inferred, ref, "A Notify without its Block before is acknowledged.",
			"push/order", t.tellsText("a Notify of a text that was never asked about", same)),
	}
}

func (t *trial) lackingText(ctx context.Context) error {
	return each(ctx, []string{"called", "subscriptionId", "smsContent", "sendResult", "userData", "extInfo"}, func(ctx context.Context, name string) error {
		return t.tellsText("a Notify without "+name, with(name, nil))(ctx)
	})
}

func (t *trial) toldTextTwice(ctx context.Context) error {
	f := t.notify()
	return each(ctx, []string{"a Notify", "the same Notify again"}, func(ctx context.Context, what string) error {
		return t.say(ctx, what, f).WantEmpty()
	})
}

func (t *trial) eventSpellings(ctx context.Context) error {
	return each(ctx, []string{"Text SMS", "TextSMS", "text sms", "Flash"}, func(ctx context.Context, spelling string) error {
		if err := t.asksText(`a text with event "`+spelling+`"`, with("event", spelling))(ctx); err != nil {
			return err
		}
		return t.tellsText(`a Notify with event "`+spelling+`"`, with("event", spelling))(ctx)
	})
}

func (t *trial) sendResults(ctx context.Context) error {
	return each(ctx, []any{0, 2, 12, 13, 99, "2"}, func(ctx context.Context, result any) error {
		return t.tellsText("a Notify with any sendResult", with("sendResult", result))(ctx)
	})
}

func (t *trial) lackingRequired(ctx context.Context) error {
	return each(ctx, []string{"smsIdentifier", "virtualNumber"}, func(ctx context.Context, name string) error {
		return t.say(ctx, "a text without "+name, t.block().with(name, nil)).WantRefused()
	})
}
