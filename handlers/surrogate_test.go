package handlers_test

import (
	"testing"

	"xmode/store"
)

// What stands for a character is kept as that; half a pair is refused, in a
// name too, and not stored as another character.
func TestSurrogates(t *testing.T) {
	for _, tt := range []struct{ name, prompts, kept string }{
		{"a pair", `{"caller":"\ud83d\ude00"}`, "😀"},
		{"two pairs, capitals", `{"caller":"\uD83D\uDE00\uD83D\uDE00"}`, "😀😀"},
		{"the characters around", `{"caller":"\ud7ff\ue000"}`, "\ud7ff\ue000"},
		{"a backslash before ud800", `{"caller":"\\ud800"}`, `\ud800`},
		{"high alone", `{"caller":"\ud800"}`, ""},
		{"high before text", `{"caller":"\uDBFFx"}`, ""},
		{"high before another escape", `{"caller":"\ud800\ndc00"}`, ""},
		{"high before high", `{"caller":"\ud800\ud800\udc00"}`, ""},
		{"high after a backslash", `{"caller":"\\\ud800"}`, ""},
		{"low alone", `{"caller":"\udc00"}`, ""},
		{"low after a pair", `{"caller":"\ud83d\ude00\udfff"}`, ""},
		{"halves in two strings", `{"caller":"\ud83d","callee":"\ude00"}`, ""},
		{"in a name", `{"\ud800":"c"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kept := ""
			s := working()
			s.put = func(w []store.Write) []store.Written { kept = w[0].Binding.Prompts.Caller; return stored(w) }
			w := send(t, admin(deps(t, s)), "POST", "/v1/bindings", with(`"prompts":`+tt.prompts), key(provisionKey))
			if tt.kept == "" {
				wants(t, w, 400, `{"error":{"code":"malformed","message":"unpaired surrogate in a string"}}`)
			} else if w.Code != 201 {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			if kept != tt.kept {
				t.Errorf("kept %q", kept)
			}
		})
	}
}
