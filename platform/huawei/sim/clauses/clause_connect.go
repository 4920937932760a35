package clauses

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"unicode/utf8"

	"xmode/simulator/conform"
)

// scenes are the questions whose answers are looked at field by field, as far as
// the facts allow.
func (t *trial) scenes() map[string]func() fields {
	all := map[string]func() fields{"a callin": t.any}
	if f := t.c.Facts; f.ConnectsX != "" && f.ConnectsCaller != "" {
		all["a callin of the caller who gets through"] = t.connecting
	}
	if t.c.Facts.RejectsX != "" {
		all["a callin about the X number that rejects"] = t.rejecting
	}
	return all
}

// scene returns the answer of a scene, which is asked for once in a run.
func (t *trial) scene(ctx context.Context, name string, info func() fields) (answer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a, ok := t.seen[name]; ok {
		return a, nil
	}
	a, err := decided(t.ask(ctx, name, info()))
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
		for name, info := range t.scenes() {
			a, err := t.scene(ctx, name, info)
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
	for name, info := range t.scenes() {
		if _, err := t.scene(ctx, name, info); err != nil {
			return err
		}
	}
	return nil
}

// field checks a field of connectInfo or closeInfo wherever it is there.
func (t *trial) field(operation, name, want string, right func(any) bool) conform.Check {
	return t.every(func(a answer) (string, bool) {
		value, there := a.info[name]
		if there = there && a.operation() == operation; there && !right(value) {
			return name + " has to be " + want, true
		}
		return "", there
	})
}

// isNumber reports whether a value is a number in the global format, 4 to 31
// characters.
func isNumber(v any) bool {
	s, ok := v.(string)
	return ok && matches(`^\+[0-9]{3,30}$`, s)
}

// isFile reports whether a value names a voice file, 0 to 128 characters.
func isFile(v any) bool { s, ok := v.(string); return ok && utf8.RuneCountInString(s) <= 128 }

// isUserData reports whether a value may come back in events: no braces, no
// Chinese.
func isUserData(v any) bool {
	s, ok := v.(string)
	return ok && len(s) <= 256 && matches(`^[ -z|~]*$`, s)
}

func isMinutes(v any) bool {
	n, ok := v.(json.Number)
	if !ok {
		return false
	}
	minutes, err := strconv.Atoi(string(n))
	return err == nil && minutes >= 0 && minutes <= 1440
}

func isFlagText(v any) bool { return v == "true" || v == "false" }

func matches(pattern, s string) bool { return regexp.MustCompile(pattern).MatchString(s) }

// connectFields are the clauses about connectInfo.
func (t *trial) connectFields() []conform.Clause {
	const ref = "P1 ApiConnectInfo"
	connects := func(name string, basis conform.Basis, rule, rows string, check conform.Check) conform.Clause {
		return conform.Rule(name, basis, ref, rule, rows, check, conform.FlagConnects, conform.FlagCaller)
	}
	const file = "a file name of 128 characters at most"
	return []conform.Clause{
		connects("HW-ANS-10", conform.Inferred, "calleeNum is there when a call is connected.",
			"connectInfo/calleeNum-required", t.calleeDue),
		connects("HW-ANS-11", conform.Doc, "calleeNum is a String in the global format, such as +8613800000021.",
			"connectInfo/calleeNum connectInfo/number-format", t.field("connect", "calleeNum", "a string in the global format", isNumber)),
		connects("HW-ANS-12", conform.Doc, "displayCalleeNum is a String in the global format.",
			"connectInfo/displayCalleeNum connectInfo/number-format", t.field("connect", "displayCalleeNum", "a string in the global format", isNumber)),
		connects("HW-ANS-13", conform.Doc, "displayCalleeNum, if it is there, is the X number of this call, or carriers block it.",
			"connectInfo/display-is-x", t.displaysX),
		connects("HW-ANS-14", conform.Doc, "maxDuration is an Integer of minutes, 0 to 1440.",
			"connectInfo/maxDuration rule/bad-answer", t.field("connect", "maxDuration", "a whole number of minutes, 0 to 1440", isMinutes)),
		connects("HW-ANS-15", conform.Doc, "waitVoice is a String of 128 characters at most.",
			"connectInfo/waitVoice", t.field("connect", "waitVoice", file, isFile)),
		connects("HW-ANS-16", conform.Doc, `recordFlag is the String "true" or "false", no boolean.`,
			"connectInfo/recordFlag", t.field("connect", "recordFlag", `the string "true" or "false"`, isFlagText)),
		connects("HW-ANS-17", conform.Sibling, "recordHintTone is a String of 128 characters at most.",
			"connectInfo/recordHintTone", t.field("connect", "recordHintTone", file, isFile)),
		connects("HW-ANS-18", conform.Sibling, "A call that is recorded has a recordHintTone, or carriers block it.",
			"connectInfo/recordHintTone-due", t.hintsRecording),
		connects("HW-ANS-19", conform.Sibling, "lastMinVoice is a String of 128 characters at most.",
			"connectInfo/lastMinVoice", t.field("connect", "lastMinVoice", file, isFile)),
		connects("HW-ANS-20", conform.Sibling, "lastMinVoice comes with a maxDuration above 0 only.",
			"connectInfo/lastMinVoice", t.lastMinute),
		connects("HW-ANS-21", conform.Sibling, "calleeHintVoice is a String of 128 characters at most.",
			"connectInfo/calleeHintVoice", t.field("connect", "calleeHintVoice", file, isFile)),
		connects("HW-ANS-22", conform.Doc, "The userData of connectInfo has 256 characters at most, no braces and no Chinese.",
			"connectInfo/userData", t.field("connect", "userData", "256 characters at most, without braces and Chinese", isUserData)),
	}
}

// onConnect checks something about the answer that connects.
func (t *trial) onConnect(ctx context.Context, look func(answer) string) error {
	return t.every(func(a answer) (string, bool) {
		if a.operation() != "connect" {
			return "", false
		}
		return look(a), true
	})(ctx)
}

func (t *trial) calleeDue(ctx context.Context) error {
	return t.onConnect(ctx, func(a answer) string {
		if s, _ := a.info["calleeNum"].(string); s == "" {
			return "calleeNum is due"
		}
		return ""
	})
}

func (t *trial) displaysX(ctx context.Context) error {
	a, err := decided(t.ask(ctx, "a callin of the caller who gets through", t.connecting()), "connect")
	if err == nil {
		if shown, there := a.info["displayCalleeNum"]; there && shown != "" && shown != international(t.c.Facts.ConnectsX) {
			err = a.Fault("displayCalleeNum is not the X number")
		}
	}
	return err
}

func (t *trial) hintsRecording(ctx context.Context) error {
	return t.onConnect(ctx, func(a answer) string {
		hint, _ := a.info["recordHintTone"].(string)
		if a.info["recordFlag"] == "true" && hint == "" {
			return "recordHintTone is due where recordFlag is true"
		}
		return ""
	})
}

func (t *trial) lastMinute(ctx context.Context) error {
	return t.onConnect(ctx, func(a answer) string {
		voice, _ := a.info["lastMinVoice"].(string)
		minutes, there := a.info["maxDuration"].(json.Number)
		if voice != "" && (!there || minutes == "0") {
			return "lastMinVoice is there, and the call is never cut"
		}
		return ""
	})
}

// closeFields are the clauses about closeInfo.
func (t *trial) closeFields() []conform.Clause {
	const ref = "P1 ApiCloseInfo"
	return []conform.Clause{
		conform.Rule("HW-ANS-30", conform.Doc, ref, "closeHintTone is a String of 128 characters at most.",
			"closeInfo/closeHintTone", t.field("close", "closeHintTone", "a file name of 128 characters at most", isFile), conform.FlagRejects),
		conform.Rule("HW-ANS-31", conform.Doc, ref, "The userData of closeInfo has 256 characters at most, no braces and no Chinese.",
			"closeInfo/userData", t.field("close", "userData", "256 characters at most, without braces and Chinese", isUserData), conform.FlagRejects),
		conform.Rule("HW-ANS-32", conform.Inferred, ref, "A call that is closed tells no callee.",
			"closeInfo/no-callee", t.tellsNoCallee),
	}
}

func (t *trial) tellsNoCallee(ctx context.Context) error {
	return t.every(func(a answer) (string, bool) {
		if a.operation() != "close" {
			return "", false
		}
		if _, there := a.outer["connectInfo"]; there {
			return "connectInfo is there, and nobody is to be connected", true
		}
		return "", true
	})(ctx)
}
