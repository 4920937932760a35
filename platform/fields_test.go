package platform_test

import (
	"fmt"
	"strings"
	"testing"

	"xmode/platform"
)

func TestFieldsOfTakesTextThatIsNoUTF8(t *testing.T) {
	object := []byte("{\"a\":\"\xff\",\"b\":1,\"\\u0063\":\"x\"}")
	f := platform.FieldsOf(object)
	if f.Text("b") != "1" || f.Text("c") != "x" || f.Text("a") != "\xff" || f.Fault() != "" {
		t.Errorf("fault %q", f.Fault())
	}
	if fault := platform.ReadFields(object).Fault(); fault != "item: not valid UTF-8" {
		t.Errorf("fault %q", fault)
	}
	for _, other := range []string{`[]`, `"a"`, `1`, ``} {
		if f := platform.FieldsOf([]byte(other)); f.Known("a") || f.Fault() != "" {
			t.Errorf("%s has fields", other)
		}
	}
}

func TestRepeatedFieldIsAFault(t *testing.T) {
	for item, want := range map[string]string{
		`{"a":1,"a":1}`:                     "a: occurs twice",
		`{"a":1,"\u0061":2}`:                "a: occurs twice",
		`{"13800000021":1,"13800000021":1}`: "a field: occurs twice",
		`{"a":1,"A":1}`:                     "",
	} {
		if got := platform.ReadFields([]byte(item)).Fault(); got != want {
			t.Errorf("%s: %q, want %q", item, got, want)
		}
	}
}

func TestFieldsAreCounted(t *testing.T) {
	item := func(n int) []byte {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"f%d":1`, i)
		}
		return []byte("{" + b.String()[1:] + "}")
	}
	if got := platform.ReadFields(item(512)).Fault(); got != "" {
		t.Errorf("512 fields: %s", got)
	}
	if got := platform.ReadFields(item(513)).Fault(); got != "item: has more than 512 fields" {
		t.Errorf("513 fields: %q", got)
	}
}
