package clauses

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"

	"xmode/simulator/conform"
)

// scenes are the queries whose answers are looked at field by field, as far as the
// facts allow.
func (t *trial) scenes() []struct {
	name string
	q    func() query
} {
	type scene = struct {
		name string
		q    func() query
	}
	list := []scene{{"a signed query", t.any}}
	if f := t.c.Facts; f.ConnectsX != "" && f.ConnectsCaller != "" {
		list = append(list, scene{"a signed query of the caller who gets through", t.connecting},
			scene{"a signed query about a text of the caller who gets through", func() query { return t.connecting().set("recordType", "SMS") }})
	}
	if t.c.Facts.RejectsX != "" {
		list = append(list, scene{"a signed query about the X number that rejects", t.rejecting})
	}
	if t.c.Facts.AsksX != "" {
		list = append(list, scene{"a signed query about the X number that asks", t.asking})
	}
	return list
}

// scene returns the answer of a scene, which is asked for once in a run.
func (t *trial) scene(ctx context.Context, name string, q func() query) (answer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a, ok := t.seen[name]; ok {
		return a, nil
	}
	a, err := answered(t.send(ctx, name, viaGET, q()))
	if err != nil {
		return a, err
	}
	if t.seen == nil {
		t.seen = map[string]answer{}
	}
	t.seen[name] = a
	return a, nil
}

// every checks the answers of all scenes that are answered, and fails where none is;
// look returns what is wrong, or "", and whether there was anything to look at.
func (t *trial) every(look func(answer) (fault string, there bool)) conform.Check {
	return func(ctx context.Context) error {
		var unanswered error
		answers, met := 0, false
		for _, s := range t.scenes() {
			a, err := t.scene(ctx, s.name, s.q)
			if err != nil {
				unanswered = err
				continue
			}
			fault, there := look(a)
			if fault != "" {
				return a.Fault("%s", fault)
			}
			answers, met = answers+1, met || there
		}
		switch {
		case answers == 0:
			return unanswered
		case !met:
			return conform.Note("in none of the answers seen")
		}
		return nil
	}
}

// all checks that all scenes are answered.
func (t *trial) all(ctx context.Context) error {
	for _, s := range t.scenes() {
		if _, err := t.scene(ctx, s.name, s.q); err != nil {
			return err
		}
	}
	return nil
}

// field checks a field of the model wherever it is there.
func (t *trial) field(name, want string, right func(any) bool) conform.Check {
	return t.every(func(a answer) (string, bool) {
		value, there := a.model[name]
		if there && !right(value) {
			return name + " has to be " + want, true
		}
		return "", there
	})
}

// due checks that a field of the model is there and right in every answer with
// this decision.
func (t *trial) due(operation, name, want string, right func(any) bool) conform.Check {
	return t.every(func(a answer) (string, bool) {
		if a.text("controlOperate") != operation {
			return "", false
		}
		if value, there := a.model[name]; !there || !right(value) {
			return name + " is due beside " + operation + ": " + want, true
		}
		return "", true
	})
}

func isText(v any) bool { _, ok := v.(string); return ok }

func isFlag(v any) bool { _, ok := v.(bool); return ok }

// isWhole reports whether a value is a JSON integer from 0 on.
func isWhole(v any) bool {
	n, ok := v.(json.Number)
	return ok && matches(`^(0|[1-9][0-9]*)$`, string(n))
}

// isDigits reports whether a value is a string of digits.
func isDigits(v any) bool {
	s, ok := v.(string)
	return ok && matches(`^[0-9]+$`, s)
}

// isNational reports whether a value is a number as this platform writes it: its
// samples are bare national numbers.
func isNational(v any) bool {
	s, ok := v.(string)
	return ok && matches(`^[0-9]{3,20}$`, s) && !matches(`^(00)?86(1[0-9]{10}|0[0-9]{9,11})$`, s)
}

func matches(pattern, s string) bool { return regexp.MustCompile(pattern).MatchString(s) }

// answers are the clauses about the answer around the decision.
func (t *trial) answers() []conform.Clause {
	rule := conform.Rule
	const ref = "A1 Common answer fields"
	return []conform.Clause{
		rule("ALI-ANS-01", conform.Doc, ref, "code is a String, and OK for success.",
			"answer/code", t.all),
		rule("ALI-ANS-02", conform.Doc, ref, "message is a String.",
			"answer/message", t.every(func(a answer) (string, bool) {
				m, there := a.outer["message"]
				if there && !isText(m) {
					return "message has to be a string", true
				}
				return "", there
			})),
		rule("ALI-ANS-03", conform.Doc, ref, "model holds the decision: an object, or a string that holds one.",
			"answer/model", t.all),
		rule("ALI-ANS-04", conform.Inferred, ref, "model is flat, without a wrapper.",
			"answer/flat", t.every(func(a answer) (string, bool) {
				for name, value := range a.model {
					if _, nested := value.(map[string]any); nested {
						return name + " is an object, and the model has to be flat", true
					}
				}
				return "", true
			})),
		rule("ALI-ANS-05", conform.Inferred, ref, "A refusal is JSON too, with a code other than OK.",
			"answer/failure", t.refusalIsJSON),
		rule("ALI-ANS-06", conform.Inferred, ref, "A decision has the status 200, a reject as well.",
			"answer/status", t.all),
	}
}

func (t *trial) refusalIsJSON(ctx context.Context) error {
	x := t.c.Sender.Send(ctx, t.message("a query signed with another key", viaGET, t.any().set("signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")))
	if err := refused(x); err != nil {
		return err
	}
	o, ok := object(x.Reply.Body)
	if code, isText := o["code"].(string); !ok || !isText || code == "" || code == "OK" {
		return x.Fault("a JSON object with a code other than OK is due")
	}
	return nil
}

// models are the clauses about the fields of the decision.
func (t *trial) models() []conform.Clause {
	rule := conform.Rule
	const ref = "A1 Call control query, business answer"
	number := func(want string) string { return want + " in the national form, such as 13800000021" }
	return []conform.Clause{
		rule("ALI-ANS-10", conform.Doc, ref, "controlOperate is CONTINUE, REJECT or IVR.",
			"answer/controlOperate", t.every(func(a answer) (string, bool) {
				switch a.text("controlOperate") {
				case "CONTINUE", "REJECT", "IVR":
					return "", true
				}
				return "controlOperate has to be CONTINUE, REJECT or IVR", true
			})),
		rule("ALI-ANS-11", conform.Doc, ref, "controlMsg is a String.",
			"answer/controlMsg", t.field("controlMsg", "a string", isText)),
		rule("ALI-ANS-12", conform.Doc, ref, "subsId is a String of digits only.",
			"answer/subsId", t.field("subsId", "a string of digits only", isDigits)),
		rule("ALI-ANS-13", conform.Doc, ref, "A call that is connected names its binding in subsId.",
			"answer/subsId", t.due("CONTINUE", "subsId", "a string of digits only", isDigits), conform.FlagConnects, conform.FlagCaller),
		rule("ALI-ANS-14", conform.Sibling, "A11 Fields", "subsId has 32 digits at most.",
			"subsId/length", t.field("subsId", "32 characters at most", func(v any) bool { s, _ := v.(string); return len(s) <= 32 })),
		rule("ALI-ANS-15", conform.Inferred, "A3 Fields", "subsId fits the Long that receipts have for it.",
			"subsId/long", t.field("subsId", "within 9223372036854775807", fitsLong)),
		rule("ALI-ANS-16", conform.Doc, ref, "callNoPlayCode is a String.",
			"answer/callNoPlayCode", t.field("callNoPlayCode", "a string", isText)),
		rule("ALI-ANS-17", conform.Inferred, ref, "A call that is connected has a calledNo, in the national form.",
			"answer/calledNo", t.due("CONTINUE", "calledNo", number("a number"), isNational), conform.FlagConnects, conform.FlagCaller),
		rule("ALI-ANS-18", conform.Inferred, ref, "A call that is connected has a calledDisplayNo, in the national form.",
			"answer/calledDisplayNo", t.due("CONTINUE", "calledDisplayNo", number("a number"), isNational), conform.FlagConnects, conform.FlagCaller),
		rule("ALI-ANS-19", conform.Inferred, ref, "calledDisplayNo is the X number that was dialled.",
			"answer/calledDisplayNo", t.displaysX, conform.FlagConnects, conform.FlagCaller),
		rule("ALI-ANS-20", conform.Inferred, ref, "calledNoPlayCode is a string.",
			"answer/calledNoPlayCode", t.field("calledNoPlayCode", "a string", isText)),
		rule("ALI-ANS-21", conform.Inferred, ref, "callDuration is an integer, in seconds.",
			"answer/callDuration", t.field("callDuration", "a whole number of seconds", isWhole)),
		rule("ALI-ANS-22", conform.Inferred, ref, "needRecord is a boolean.",
			"answer/needRecord", t.field("needRecord", "true or false", isFlag)),
		rule("ALI-ANS-23", conform.Inferred, ref, "outId is a string.",
			"answer/outId", t.field("outId", "a string", isText)),
		rule("ALI-ANS-24", conform.Inferred, ref, "smsChannel is a string.",
			"answer/smsChannel", t.field("smsChannel", "a string", isText)),
		rule("ALI-ANS-25", conform.Inferred, ref, "A call that is not connected tells no callee.",
			"answer/no-callee", t.tellsNoCallee),
	}
}

func fitsLong(v any) bool {
	s, _ := v.(string)
	s = strings.TrimLeft(s, "0")
	const most = "9223372036854775807"
	return len(s) < len(most) || len(s) == len(most) && s <= most
}

func (t *trial) displaysX(ctx context.Context) error {
	a, err := decided(t.send(ctx, "a signed query of the caller who gets through", viaGET, t.connecting()), "CONTINUE")
	if err == nil && a.text("calledDisplayNo") != "" && a.text("calledDisplayNo") != national(t.c.Facts.ConnectsX) {
		err = a.Fault("calledDisplayNo is not the X number, and carriers may block the call")
	}
	return err
}

func (t *trial) tellsNoCallee(ctx context.Context) error {
	return t.every(func(a answer) (string, bool) {
		if op := a.text("controlOperate"); op == "CONTINUE" || op == "" {
			return "", false
		}
		if a.text("calledNo") != "" {
			return "calledNo is there, and nobody is to be connected", true
		}
		return "", true
	})(ctx)
}
