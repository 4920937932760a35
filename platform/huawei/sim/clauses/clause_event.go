package clauses

import (
	"context"
	"fmt"
	"strings"

	"xmode/simulator/conform"
)

// info is the statusInfo of an event after callin, with every documented field of
// its kind.
func (t *trial) info(kind string) fields {
	f := t.any().with("notifyMode", nil).with("userData", "order-1")
	if kind == "disconnect" {
		f = f.with("stateCode", 0).with("stateDesc", "The user releases the call.").with("callRelDirection", 1)
	}
	return f
}

// tell sends an event that waits for no decision.
func (t *trial) tell(ctx context.Context, what, kind string, info fields) conform.Exchange {
	return t.post(ctx, what, t.c.Addresses.Status, t.token(), event(kind, info))
}

// acknowledges checks that events of one kind are acknowledged with 200 and an empty
// body.
func (t *trial) acknowledges(what, kind string, infos func() []fields) conform.Check {
	return func(ctx context.Context) error {
		return each(ctx, infos(), func(ctx context.Context, info fields) error { return t.tell(ctx, what, kind, info).WantEmpty() })
	}
}

// events are the clauses about what happens in a call.
func (t *trial) events() []conform.Clause {
	rule := conform.Rule
	const ref = "P1 Request"
	full := func(kind string) func() []fields { return func() []fields { return []fields{t.info(kind)} } }
	var list []conform.Clause
	for i, kind := range []string{"callout", "alerting", "answer", "disconnect"} {
		list = append(list, rule(fmt.Sprintf("HW-EVT-%d", 20+i), conform.Doc, ref, "The event "+kind+" is acknowledged with 200 and an empty body.",
			"event/"+kind+" statusInfo/userData", t.acknowledges("the event "+kind, kind, full(kind))))
	}
	return append(list,
		rule("HW-EVT-24", conform.Sibling, ref, "A disconnect tells stateCode, stateDesc and callRelDirection; each may be absent.",
			"statusInfo/stateCode statusInfo/stateDesc statusInfo/callRelDirection", t.acknowledges("disconnects, each without another field", "disconnect", t.lackingState)),
		rule("HW-EVT-25", conform.Doc, "P6 stateCode", "A disconnect of every group of state codes is acknowledged.",
			strings.Join(stateGroups(), " "), t.stateCodes),
		rule("HW-EVT-26", conform.Inferred, "P6 stateCode", "A disconnect with a state code in no list is acknowledged.",
			"code/unlisted", t.acknowledges("a disconnect with a state code in no list", "disconnect", func() []fields {
				return []fields{t.info("disconnect").with("stateCode", 99999), t.info("disconnect").with("stateCode", "8014")}
			})),
		rule("HW-EVT-27", conform.Inferred, "P1 Re-push", "An event that comes again, signed anew, is acknowledged again.",
			"push/duplicates", t.toldTwice),
		rule("HW-EVT-28", conform.Inferred, "P1 Re-push", "Events of a call are acknowledged in any order, and without the callin before.",
			"push/order", t.anyOrder),
		rule("HW-EVT-29", conform.Doc, "P8 Events", "A call without alerting, whose callee's leg never rang, is acknowledged.",
			"event/no-alerting", t.withoutAlerting),
		rule("HW-EVT-30", conform.Sibling, ref, "Events tell the fields that other modes have, and are acknowledged.",
			"statusInfo/subscriptionId statusInfo/digitInfo statusInfo/origCalleeNum statusInfo/displayCallerNum",
			t.acknowledges("an answer event with every field of other modes", "answer", t.siblingFields)),
		rule("HW-EVT-31", conform.Inferred, ref, "Caller, called and timestamp of an event may be absent.",
			"rule/absent-fields", t.acknowledges("events, each without another field", "answer", t.lackingFields)),
		rule("HW-EVT-32", conform.Inferred, ref, "The event collectInfo, which X mode does not have, is acknowledged with 200 and an empty body.",
			"event/collectInfo", t.acknowledges("the event collectInfo", "collectInfo", full("callout"))),
		rule("HW-EVT-33", conform.Inferred, ref, "An event that nobody knows is acknowledged with 200 and an empty body.",
			"event/unknown", t.acknowledges("an event that nobody knows", "transferred", full("callout"))),
		rule("HW-EVT-34", conform.Inferred, ref, "Fields that nobody knows are no reason to refuse an event.",
			"rule/unknown-fields", t.acknowledges("an event with fields that nobody knows", "answer", func() []fields {
				return []fields{t.info("answer").with("nextYear", fields{"a": []int{1}})}
			})),
		rule("HW-EVT-35", conform.Inferred, ref, "An event whose numbers are strings is acknowledged.",
			"rule/numeric-strings", t.acknowledges("a disconnect with its numbers as strings", "disconnect", func() []fields {
				return []fields{t.info("disconnect").with("stateCode", "0").with("callRelDirection", "2")}
			})),
	)
}

func (t *trial) lackingState() []fields {
	full := t.info("disconnect")
	var list []fields
	for _, name := range []string{"stateCode", "stateDesc", "callRelDirection", "userData"} {
		list = append(list, full.with("sessionId", t.id()).with(name, nil))
	}
	return list
}

func (t *trial) siblingFields() []fields {
	f := t.info("answer")
	return []fields{f.with("subscriptionId", "s-1").with("digitInfo", "801").with("origCalleeNum", f["called"]).with("displayCallerNum", f["caller"])}
}

func (t *trial) lackingFields() []fields {
	var list []fields
	for _, name := range []string{"caller", "called", "timestamp", "userData"} {
		list = append(list, t.info("answer").with(name, nil))
	}
	return list
}

// stateCodes are those of the list, one or more of each group.
func stateCodes() map[string][]int {
	return map[string][]int{
		"answered": {0}, "number": {8025}, "binding": {8013, 8014, 8016, 8031}, "caller": {7501, 7502, 7516, 8032},
		"callee": {7503, 7504, 8035, 8100, 8101, 8102, 8103, 8104, 8105}, "tenant": {7100, 7108, 7507, 8006, 8010},
		"control": {7001, 7005, 7107, 7500, 8042, 8047, 8055}, "platform": {522, 8007, 8015, 8139}, "network": {7505, 7506, 7508},
	}
}

func stateGroups() []string {
	var rows []string
	for _, group := range []string{"answered", "number", "binding", "caller", "callee", "tenant", "control", "platform", "network"} {
		rows = append(rows, "stateCode/"+group)
	}
	return rows
}

func (t *trial) stateCodes(ctx context.Context) error {
	for group, codes := range stateCodes() {
		for _, code := range codes {
			if err := t.tell(ctx, fmt.Sprintf("a disconnect with the state code %d (%s)", code, group), "disconnect", t.info("disconnect").with("stateCode", code)).WantEmpty(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *trial) toldTwice(ctx context.Context) error {
	info := t.info("answer")
	return each(ctx, []string{"an event", "the same event again"}, func(ctx context.Context, what string) error {
		return t.tell(ctx, what, "answer", info).WantEmpty()
	})
}

func (t *trial) anyOrder(ctx context.Context) error {
	return t.story(ctx, "disconnect", "answer", "alerting", "callout")
}

func (t *trial) withoutAlerting(ctx context.Context) error {
	return t.story(ctx, "callout", "disconnect")
}

// story tells events of one call.
func (t *trial) story(ctx context.Context, kinds ...string) error {
	id := t.id()
	return each(ctx, kinds, func(ctx context.Context, kind string) error {
		return t.tell(ctx, "the events "+strings.Join(kinds, ", ")+" of a call: "+kind, kind, t.info(kind).with("sessionId", id)).WantEmpty()
	})
}

// eventFaults are the clauses about what is no event at all.
func (t *trial) eventFaults() []conform.Clause {
	const ref = "P1 Request"
	return []conform.Clause{
		conform.Rule("HW-BAD-01", conform.Inferred, ref, "An event that is no JSON gets a status 4xx.",
			"malformed/not-json", t.bad(t.statusAddress, "an event that is no JSON", "eventType=callin")),
		conform.Rule("HW-BAD-02", conform.Inferred, ref, "An event that breaks off gets a status 4xx.",
			"malformed/truncated", t.cut(t.statusAddress, "a callin that breaks off", func() string { return event("callin", t.any()) })),
		conform.Rule("HW-BAD-03", conform.Inferred, ref, "An event without a body gets a status 4xx.",
			"malformed/empty", t.bad(t.statusAddress, "an event without a body", "")),
		conform.Rule("HW-BAD-04", conform.Inferred, ref, "An event that is a JSON list, text or number gets a status 4xx.",
			"malformed/wrong-types", t.bad(t.statusAddress, "an event that is no object", `["callin"]`, `"callin"`, `17`, `null`)),
		conform.Rule("HW-BAD-05", conform.Inferred, ref, "A callin whose statusInfo is of another type gets a status 4xx.",
			"malformed/wrong-types", t.bad(t.statusAddress, "a callin whose statusInfo is no object", `{"eventType":"callin","statusInfo":"none"}`,
				`{"eventType":"callin","statusInfo":[]}`, `{"eventType":"callin"}`)),
		conform.Rule("HW-BAD-06", conform.Inferred, ref, "A field that is there twice gets a status 4xx.",
			"malformed/repeated", t.bad(t.statusAddress, "an event with two eventTypes", `{"eventType":"callin","eventType":"answer","statusInfo":{"sessionId":"conform"}}`)),
		conform.Rule("HW-BAD-07", conform.Inferred, ref, "A callin of a megabyte gets a status 4xx.",
			"malformed/huge", t.hugeCallin),
	}
}

func (t *trial) statusAddress() string  { return t.c.Addresses.Status }
func (t *trial) recordsAddress() string { return t.c.Addresses.Records }
func (t *trial) numbersAddress() string { return or(t.c.Addresses.Numbers, t.c.Addresses.Status) }
func (t *trial) smsAddress() string     { return t.c.Addresses.SMS }

// bad checks that bodies, signed as they should be, get a status 4xx.
func (t *trial) bad(address func() string, what string, bodies ...string) conform.Check {
	return func(ctx context.Context) error {
		return each(ctx, bodies, func(ctx context.Context, body string) error {
			return t.post(ctx, what, address(), t.token(), body).WantRefused()
		})
	}
}

// cut checks that the first half of a body gets a status 4xx.
func (t *trial) cut(address func() string, what string, body func() string) conform.Check {
	return func(ctx context.Context) error {
		whole := body()
		return t.post(ctx, what, address(), t.token(), whole[:len(whole)/2]).WantRefused()
	}
}

func (t *trial) hugeCallin(ctx context.Context) error {
	x := t.ask(ctx, "a callin of a megabyte", t.any().with("note", strings.Repeat("x", 1<<20)))
	return x.WantTurnedAway(func() conform.Exchange { return t.ask(ctx, "a callin", t.any()) })
}
