package call_test

import (
	"regexp"
	"testing"

	"xmode/call"
)

func TestNormalExtension(t *testing.T) {
	for in, want := range map[string]string{
		"1": "1", "007": "007", "12345678": "12345678", "12#": "12", "12*": "12", "12345678#": "12345678",
		"": "", "#": "", "*": "", "##": "", "12##": "", "12*#": "", "#12": "", "1#2": "", "123456789": "", "12a": "",
		" 12": "", "+12": "", "-1": "", "１２": "",
	} {
		digits, ok := call.NormalExtension(in)
		if digits != want || ok != (want != "") {
			t.Errorf("NormalExtension(%q) = %q, %v; want %q", in, digits, ok, want)
		}
	}
}

func FuzzNormalExtension(f *testing.F) {
	for _, s := range []string{"", "1", "12345678#", "123456789", "12*", "#", "12##", "１"} {
		f.Add(s)
	}
	shape := regexp.MustCompile(`^([0-9]{1,8})[#*]?$`)
	f.Fuzz(func(t *testing.T, s string) {
		want := ""
		if m := shape.FindStringSubmatch(s); m != nil {
			want = m[1]
		}
		digits, ok := call.NormalExtension(s)
		if digits != want || ok != (want != "") {
			t.Fatalf("NormalExtension(%q) = %q, %v", s, digits, ok)
		}
		if again, ok := call.NormalExtension(digits); ok && again != digits {
			t.Fatalf("%q again is %q", digits, again)
		}
	})
}
