package clauses

import (
	"context"

	"xmode/simulator/conform"
)

// maxAsks is after how many queries of one call nobody types an extension any
// longer; one operator-side program stops after three.
const maxAsks = 10

// flows are the clauses about what is decided.
func (t *trial) flows() []conform.Clause {
	rule := conform.Rule
	const ref = "A1 Call control query, flows"
	return []conform.Clause{
		rule("ALI-FLW-01", conform.Doc, ref, "A caller who gets through is answered CONTINUE.",
			"flow/voice controlOperate/CONTINUE", t.connects("a signed query of the caller who gets through", viaGET), conform.FlagConnects, conform.FlagCaller),
		rule("ALI-FLW-02", conform.Doc, ref, "An X number with no binding for the caller is answered REJECT, with code OK.",
			"flow/voice controlOperate/REJECT", t.rejects, conform.FlagRejects),
		rule("ALI-FLW-03", conform.Doc, ref, "Where there is no binding, controlMsg is NO_SUBS_EXIST.",
			"controlMsg/NO_SUBS_EXIST", t.noSubs, conform.FlagRejects),
		rule("ALI-FLW-04", conform.Inferred, ref, "An X number that makes no sense is answered well-formed, or refused.",
			"flow/unknown-x", t.oddX),
		rule("ALI-FLW-05", conform.Inferred, ref, "The same call asked about again, signed anew, gets the same decision.",
			"flow/idempotent", t.askedAnew, conform.FlagConnects, conform.FlagCaller),

		rule("ALI-IVR-01", conform.Doc, ref, "Where an extension is needed, a query without one is answered IVR.",
			"controlOperate/IVR flow/ivr", t.asks, conform.FlagAsks),
		rule("ALI-IVR-02", conform.Doc, ref, "The next query of the call, with the extension, is answered CONTINUE.",
			"request/extension flow/ivr-second", t.asksThenConnects, conform.FlagAsks, conform.FlagExtension),
		rule("ALI-IVR-03", conform.Inferred, ref, "A second query under another call id is a new call with its extension.",
			"flow/ivr-other-id", t.connectsByExtension, conform.FlagAsks, conform.FlagExtension),
		rule("ALI-IVR-04", conform.Code, ref, "An endpoint stops asking a caller who types nothing.",
			"flow/ivr-limit", t.stopsAsking, conform.FlagAsks),
		rule("ALI-IVR-05", conform.Inferred, ref, "An extension that makes no sense is answered IVR or REJECT.",
			"flow/ivr-odd", t.oddExtensions, conform.FlagAsks),
		rule("ALI-IVR-06", conform.Inferred, ref, "A caller who withholds their number may be asked for an extension as well.",
			"open/withheld", t.asksWithheld, conform.FlagAsks),
	}
}

func (t *trial) rejecting() query { return t.query(national(t.c.Facts.RejectsX), t.anyCaller()) }

func (t *trial) asking() query { return t.query(national(t.c.Facts.AsksX), t.anyCaller()) }

func (t *trial) rejects(ctx context.Context) error {
	_, err := decided(t.send(ctx, "a signed query about the X number that rejects", viaGET, t.rejecting()), "REJECT")
	return err
}

func (t *trial) noSubs(ctx context.Context) error {
	a, err := decided(t.send(ctx, "a signed query about the X number that rejects", viaGET, t.rejecting()), "REJECT")
	if err == nil && a.text("controlMsg") != "NO_SUBS_EXIST" {
		err = a.Fault("controlMsg NO_SUBS_EXIST is due")
	}
	return err
}

// oddX: a refusal is as good as a reject, an error of the endpoint's own is not.
func (t *trial) oddX(ctx context.Context) error {
	return each(ctx, []string{"0", "abc", "95000000001", "１７０", "99999999999999999999999999"}, func(ctx context.Context, x string) error {
		e := t.send(ctx, "a signed query about an X number that makes no sense", viaGET, t.any().set("secretNo", x))
		if refused(e) == nil {
			return nil
		}
		_, err := decided(e, "REJECT")
		return err
	})
}

func (t *trial) askedAnew(ctx context.Context) error {
	id := t.id()
	return each(ctx, []string{"a signed query", "a query about the same call, signed anew"}, func(ctx context.Context, what string) error {
		return t.connects(what, viaGET, set("callId", id))(ctx)
	})
}

func (t *trial) asks(ctx context.Context) error {
	_, err := decided(t.send(ctx, "a signed query about the X number that asks", viaGET, t.asking()), "IVR")
	return err
}

func (t *trial) asksThenConnects(ctx context.Context) error {
	first := t.asking()
	if _, err := decided(t.send(ctx, "a signed query about the X number that asks", viaGET, first), "IVR"); err != nil {
		return err
	}
	second := t.asking().set("callId", first.get("callId")).set("extension", t.c.Facts.Extension)
	_, err := decided(t.send(ctx, "the next query of the call, with the extension", viaGET, second), "CONTINUE")
	return err
}

func (t *trial) connectsByExtension(ctx context.Context) error {
	_, err := decided(t.send(ctx, "the first query of a call, with the extension", viaGET, t.asking().set("extension", t.c.Facts.Extension)), "CONTINUE")
	return err
}

func (t *trial) stopsAsking(ctx context.Context) error {
	id := t.id()
	var last answer
	for range maxAsks {
		var err error
		last, err = decided(t.send(ctx, "ten queries of a call whose caller types nothing", viaGET, t.asking().set("callId", id)), "IVR", "REJECT")
		if err != nil || last.text("controlOperate") == "REJECT" {
			return err
		}
	}
	return last.Fault("the caller is asked for ever; a REJECT is due at some time")
}

func (t *trial) oddExtensions(ctx context.Context) error {
	return each(ctx, []string{"#", "abc", "99999999999999999999", "-1", "８０１"}, func(ctx context.Context, text string) error {
		_, err := decided(t.send(ctx, "a query with an extension that makes no sense", viaGET, t.asking().set("extension", text)), "IVR", "REJECT")
		return err
	})
}

func (t *trial) asksWithheld(ctx context.Context) error {
	_, err := decided(t.send(ctx, "a signed query about the X number that asks, its caller withheld", viaGET, t.asking().set("callNo", "")), "IVR", "REJECT")
	return err
}

// texts are the clauses about text messages.
func (t *trial) texts() []conform.Clause {
	rule := conform.Rule
	const ref = "A1 Call control query, flows"
	text := set("recordType", "SMS")
	return []conform.Clause{
		rule("ALI-SMS-01", conform.Doc, ref, "A query about a text, recordType SMS, is decided.",
			"flow/sms", t.accepts("a signed query about a text", viaGET, text)),
		rule("ALI-SMS-02", conform.Inferred, ref, "A text of a sender who gets through is answered CONTINUE.",
			"flow/sms-continue", t.connects("a signed query about a text of the caller who gets through", viaGET, text), conform.FlagConnects, conform.FlagCaller),
		rule("ALI-SMS-03", conform.Code, ref, "An answer CONTINUE about a text has an smsChannel, without which texts are dropped.",
			"answer/smsChannel smsChannel/always", t.channel, conform.FlagConnects, conform.FlagCaller),
		rule("ALI-SMS-04", conform.Inferred, ref, "smsChannel is SMS_NORMAL_SEND, SMS_INTERCEPT or SMS_DROP.",
			"smsChannel/SMS_NORMAL_SEND smsChannel/SMS_INTERCEPT smsChannel/SMS_DROP", t.channelValue, conform.FlagConnects, conform.FlagCaller),
		rule("ALI-SMS-05", conform.Inferred, ref, "A text through an X number without a binding is answered REJECT.",
			"flow/sms-reject", t.textRejects, conform.FlagRejects),
		rule("ALI-SMS-06", conform.Inferred, ref, "The sender of a text, who can type nothing, is never answered IVR.",
			"flow/sms-no-ivr", t.textNeverAsks, conform.FlagAsks),
		rule("ALI-SMS-07", conform.Inferred, ref, "A sender who withholds their number never fails a query about a text.",
			"open/withheld", t.accepts("a signed query about a text, its sender withheld", viaGET, text, set("callNo", ""))),
	}
}

func (t *trial) textAnswer(ctx context.Context) (answer, error) {
	return decided(t.send(ctx, "a signed query about a text of the caller who gets through", viaGET, t.connecting().set("recordType", "SMS")), "CONTINUE")
}

func (t *trial) channel(ctx context.Context) error {
	a, err := t.textAnswer(ctx)
	if err == nil && a.text("smsChannel") == "" {
		err = a.Fault("smsChannel is due")
	}
	return err
}

func (t *trial) channelValue(ctx context.Context) error {
	a, err := t.textAnswer(ctx)
	if err != nil {
		return err
	}
	switch a.text("smsChannel") {
	case "", "SMS_NORMAL_SEND", "SMS_INTERCEPT", "SMS_INTERCEPT_SEND", "SMS_DROP":
		return nil
	}
	return a.Fault("smsChannel has another value")
}

func (t *trial) textRejects(ctx context.Context) error {
	_, err := decided(t.send(ctx, "a signed query about a text through the X number that rejects", viaGET, t.rejecting().set("recordType", "SMS")), "REJECT")
	return err
}

func (t *trial) textNeverAsks(ctx context.Context) error {
	_, err := decided(t.send(ctx, "a signed query about a text through the X number that asks", viaGET, t.asking().set("recordType", "SMS")), "REJECT", "CONTINUE")
	return err
}
