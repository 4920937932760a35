package clauses

import (
	"context"
	"fmt"
	"strings"

	"xmode/simulator/conform"
)

// questions are the clauses about callin, the only event that waits for a decision.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
func (t *trial) questions() []conform.Clause {
	rule := conform.Rule
	const ref = "P1 Request"
	return []conform.Clause{
		rule("HW-EVT-01", conform.Doc, ref, "A callin is answered with 200 and a decision.",
			"event/callin statusInfo/timestamp statusInfo/sessionId statusInfo/notifyMode", t.accepts("a callin", t.token, same)),
		rule("HW-EVT-02", conform.Sibling, ref, "A callin with every field that any mode has is decided.",
			"statusInfo/caller statusInfo/called statusInfo/origCalleeNum statusInfo/displayCallerNum statusInfo/digitInfo statusInfo/subscriptionId",
			t.accepts("a callin with every field", t.token, func(f fields) fields {
				return f.with("origCalleeNum", f["called"]).with("displayCallerNum", f["caller"]).with("digitInfo", "").with("subscriptionId", "")
			})),
		rule("HW-EVT-03", conform.Code, ref, "A callin without notifyMode is a question all the same.",
			"statusInfo/notifyMode", t.accepts("a callin without notifyMode", t.token, with("notifyMode", nil))),
		rule("HW-EVT-04", conform.Inferred, ref, "The timestamp of a callin may be a UNIX time stamp, as the page's words have it, or absent.",
			"statusInfo/timestamp", t.timestamps),
		rule("HW-EVT-05", conform.Sibling, ref, "A session id of 256 characters is taken.",
			"statusInfo/sessionId-length", t.accepts("a callin with a sessionId of 256 characters", t.token, t.longSession)),
		rule("HW-EVT-06", conform.Sibling, ref, "A session id as real ones are, with @, + and dots, is taken.",
			"statusInfo/sessionId", t.realSessions),
		rule("HW-EVT-07", conform.Inferred, ref, "A caller who withholds their number never fails a callin.",
			"rule/withheld", t.withheld),
		rule("HW-EVT-08", conform.Inferred, ref, "A caller whose number makes no sense never fails a callin.",
			"rule/withheld", t.oddCallers),
		rule("HW-EVT-09", conform.Inferred, ref, "A callin without called, or without sessionId, is refused.",
			"rule/required", t.lacking),
		rule("HW-EVT-10", conform.Inferred, ref, "An X number that makes no sense is answered close, or refused.",
			"rule/unknown-x", t.oddX),
		rule("HW-EVT-11", conform.Inferred, ref, "Fields that nobody knows are no reason to refuse a callin.",
			"rule/unknown-fields", t.accepts("a callin with fields that nobody knows", t.token, with("nextYear", fields{"a": []int{1}}))),
		rule("HW-EVT-12", conform.Inferred, "P1 Re-push", "The same call asked about again, signed anew, gets the same decision.",
			"rule/idempotent", t.askedAnew),
	}
}

func (t *trial) timestamps(ctx context.Context) error {
	now := t.c.Now()
	return each(ctx, []any{fmt.Sprint(now.Unix()), fmt.Sprint(now.UnixMilli()), nil, "soon"}, func(ctx context.Context, stamp any) error {
		return t.accepts(fmt.Sprintf("a callin with the timestamp %v", stamp), t.token, with("timestamp", stamp))(ctx)
	})
}

func (t *trial) longSession(f fields) fields {
	id := t.id()
	return f.with("sessionId", id+strings.Repeat("x", max(0, 256-len(id))))
}

func (t *trial) realSessions(ctx context.Context) error {
	return each(ctx, []string{
		"1200_1827_4294967295_20190124023003@callenabler246.huaweicaas.com", "+8613442977762_+8615006212131_4_627e5c1f_963036_669_1_0",
	}, func(ctx context.Context, id string) error {
		return t.accepts("a callin with the sessionId of a sample", t.token, with("sessionId", t.id()+id))(ctx)
	})
}

func (t *trial) withheld(ctx context.Context) error {
	return each(ctx, []any{"", nil}, func(ctx context.Context, caller any) error {
		return t.accepts("a callin whose caller withholds their number", t.token, with("caller", caller))(ctx)
	})
}

func (t *trial) oddCallers(ctx context.Context) error {
	return each(ctx, []any{"anonymous", "0", "+", "１３９", "+999999999999999999999999999", "'; --", 7, []any{}}, func(ctx context.Context, caller any) error {
		return t.accepts("a callin whose caller makes no sense", t.token, with("caller", caller))(ctx)
	})
}

func (t *trial) lacking(ctx context.Context) error {
	return each(ctx, []string{"called", "sessionId"}, func(ctx context.Context, name string) error {
		return t.ask(ctx, "a callin without "+name, t.any().with(name, nil)).WantRefused()
	})
}

// oddX: a refusal is as good as a close, an error of the endpoint's own is not.
func (t *trial) oddX(ctx context.Context) error {
	return each(ctx, []any{"", "abc", "+8695000000001", "+999999999999999999999999999", 7}, func(ctx context.Context, x any) error {
		e := t.ask(ctx, "a callin about an X number that makes no sense", t.any().with("called", x))
		if e.Reply.Refuses() {
			return nil
		}
		_, err := decided(e, "close")
		return err
	})
}

func (t *trial) askedAnew(ctx context.Context) error {
	info := t.any()
	first, err := decided(t.ask(ctx, "a callin", info))
	if err != nil {
		return err
	}
	again, err := decided(t.ask(ctx, "a callin about the same call, signed anew", info))
	if err == nil && again.operation() != first.operation() {
		err = again.Fault("the operation was %s the first time", first.operation())
	}
	return err
}

// decisions are the clauses about what is decided.
func (t *trial) decisions() []conform.Clause {
	rule := conform.Rule
	const ref = "P1 Response"
	return []conform.Clause{
		rule("HW-ANS-01", conform.Doc, ref, "operation is connect or close: X mode knows no other.",
			"answer/operation", t.accepts("a callin", t.token, same)),
		rule("HW-ANS-02", conform.Doc, ref, "A caller who gets through is answered connect, with connectInfo.",
			"operation/connect answer/connectInfo", t.connects, conform.FlagConnects, conform.FlagCaller),
		rule("HW-ANS-03", conform.Doc, ref, "An X number with no binding for the caller is answered close, with closeInfo.",
			"operation/close answer/closeInfo", t.closes, conform.FlagRejects),
		rule("HW-ANS-04", conform.Code, ref, "connectInfo and closeInfo are objects, as the page has it, or lists of one, as the samples do.",
			"answer/object-or-list", t.all),
		rule("HW-ANS-05", conform.Inferred, ref, "A decision is UTF-8 JSON and says so.",
			"answer/json", t.saysJSON),
		rule("HW-ANS-06", conform.Inferred, ref, "An X number that asks for an extension elsewhere is answered close: X mode cannot ask.",
			"rule/no-ivr", t.cannotAsk, conform.FlagAsks),
	}
}

func (t *trial) connects(ctx context.Context) error {
	a, err := decided(t.ask(ctx, "a callin of the caller who gets through", t.connecting()), "connect")
	if err == nil && a.info == nil {
		err = a.Fault("connectInfo is due")
	}
	return err
}

func (t *trial) closes(ctx context.Context) error {
	a, err := decided(t.ask(ctx, "a callin about the X number that rejects", t.rejecting()), "close")
	if err == nil && a.info == nil {
		err = a.Fault("closeInfo is due")
	}
	return err
}

func (t *trial) saysJSON(ctx context.Context) error {
	a, err := decided(t.ask(ctx, "a callin", t.any()))
	if err == nil && !a.Reply.IsJSON() {
		err = a.Fault("the Content-Type is %.40q, and application/json is due", a.Reply.Header.Get("Content-Type"))
	}
	return err
}

func (t *trial) cannotAsk(ctx context.Context) error {
	_, err := decided(t.ask(ctx, "a callin about the X number that asks", t.callin(international(t.c.Facts.AsksX), t.anyCaller())), "close")
	return err
}
