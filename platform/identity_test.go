package platform_test

import (
	"testing"

	"xmode/platform"
)

func TestCanonicalIsOneSpelling(t *testing.T) {
	const want = `{"a":"1","b":{"c":["x","9007199254740993"]}}`
	for _, spelling := range []string{
		`{"a":1,"b":{"c":["x",9007199254740993]}}`, ` { "b" : {"c":["x","9007199254740993"], "d":null}, "a":"1", "e":"" } `,
		`{"hostName":"h2","b":{"c":["\u0078",9007199254740993]},"a":1}`,
	} {
		if got := platform.Canonical([]byte(spelling), "hostName"); got != want {
			t.Errorf("%s: %s", spelling, got)
		}
	}
	for _, other := range []string{`{"a":2,"b":{"c":["x",9007199254740993]}}`, `{"a":1,"b":{"c":["x",9007199254740992]}}`} {
		if got := platform.Canonical([]byte(other)); got == want {
			t.Errorf("%s is the same", other)
		}
	}
}

func TestDigestTellsPartsApart(t *testing.T) {
	if platform.Digest("a", "b") == platform.Digest("ab") || platform.Digest("a", "b") == platform.Digest("a\x01b") {
		t.Error("two lists of parts look alike")
	}
	if got := platform.Digest("a"); len(got) != 33 || got[0] != 'h' || got != platform.Digest("a") {
		t.Errorf("got %s", got)
	}
}
