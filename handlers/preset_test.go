package handlers_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/handlers"
)

func TestParsePresets(t *testing.T) {
	acme := []handlers.KnownPlatform{{Name: "acme"}}
	got, err := handlers.ParsePresets([]byte(` { "0" : {}, "12345":{"record":true,"platform":"acme","x":"17000000001"},`+
		`"18446744073709551615":{"peers":["13800000021"],"expires_at":"1999-01-01T00:00:00Z"}}`+"\n"), acme)
	if err != nil || len(got) != 3 || string(got["0"]) != `{}` {
		t.Errorf("read %q, %v", got, err)
	}
	if got, err := handlers.ParsePresets([]byte(`{}`), acme); err != nil || len(got) != 0 {
		t.Errorf("none: read %q, %v", got, err)
	}
}

// All that is wrong is told at once.
func TestPresetFaults(t *testing.T) {
	const id = "its id must be a whole number in decimal, without leading zero"
	_, err := handlers.ParsePresets([]byte(`{"007":{},"x":{},"":{},"-1":{},"1e3":{},"18446744073709551616":{},`+
		`"7":{},"\u0037":{},"8":[],"9":null,`+
		`"10":{"colour":1,"record":"yes","record":true,"max_duration_s":86401,"prompts":{"caller":1}},`+
		`"11":{"x":17000000001,"platform":"nobody","direction":"up","user_data":"{}","peers":["y"],"id":"0"}}`),
		[]handlers.KnownPlatform{{Name: "acme"}})
	want := call.FieldErrors{
		"preset 1": id, "preset 2": id, "preset 3": id, "preset 4": id, "preset 5": id, "preset 6": id,
		"7": "occurs twice", "8": "must be an object", "9": "must be an object",
		"10.colour": "unknown field", "10.record": "must be true or false", "10.max_duration_s": "must be at most 86400",
		"10.prompts.caller": "must be a string",
		"11.x":              "must be a string", "11.platform": "no such platform", "11.direction": "must be one of both, to_a, from_a",
		"11.user_data": "must be at most 256 bytes of printable ASCII without { and }",
		"11.peers":     "item 1: " + call.ErrNumber.Error(),
		"11.id":        "must be 1 to 9007199254740991 in decimal, without leading zero",
	}
	got, _ := errors.AsType[call.FieldErrors](err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPresetsThatAreNoObject(t *testing.T) {
	for text, want := range map[string]string{
		``: "not valid JSON at byte 0", `null`: "not a JSON object", `[{}]`: "not a JSON object", `{"7":{}`: "not valid JSON at byte 7",
		`{"7":{}} {}`: "not valid JSON at byte 10", `{"7":{"user_data":"\ud800"}}`: "unpaired surrogate in a string",
		`{"7":` + strings.Repeat("[", 20): "nested deeper than 16",
	} {
		if _, err := handlers.ParsePresets([]byte(text), nil); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
