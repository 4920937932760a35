package call_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"xmode/call"
)

func TestParseParty(t *testing.T) {
	const mobile, fixed, foreign = "+8613800000021", "+8675528780001", "+12125550123"
	for in, want := range map[string]string{
		"13800000021":        mobile,
		"+8613800000021":     mobile,
		"8613800000021":      mobile,
		"008613800000021":    mobile,
		" \t13800000021\r\n": mobile,
		"075528780001":       fixed,
		"+8675528780001":     fixed,
		"008675528780001":    fixed,
		"0086075528780001":   fixed,
		"+12125550123":       foreign,
		"0012125550123":      foreign,
		"4001234567":         "+864001234567",
		"95013123456":        "+8695013123456",

		"":                      "",
		" ":                     "",
		"+":                     "",
		"12":                    "",
		"110":                   "",
		"1380000002":            "",
		"138000000211":          "",
		"138ABCDEF21":           "",
		"13800000021;ext=1":     "",
		"138 0000 0021":         "",
		"138-0000-0021":         "",
		"tel:+8613800000021":    "",
		"１３８００００００２１":           "",
		"\u00a013800000021":     "",
		"13800000021\x00":       "",
		"++8613800000021":       "",
		"anonymous":             "",
		"95013123456789":        "",
		"106900001111":          "",
		"123456789012345678901": "",
	} {
		n, err := call.ParseParty(in)
		if n.Full() != want || errors.Is(err, call.ErrNumber) != (want == "") {
			t.Errorf("ParseParty(%q) = %q, %v; want %q", in, n.Full(), err, want)
		}
	}
}

func TestParseX(t *testing.T) {
	const mobile, service, texts = "+8617000000001", "95013123456789", "106900001111222"
	for in, want := range map[string]string{
		"17000000001":          mobile,
		"+8617000000001":       mobile,
		"8617000000001":        mobile,
		"008617000000001":      mobile,
		"95013123456789":       service,
		"+8695013123456789":    service,
		"008695013123456789":   service,
		"8695013123456789":     service,
		"106900001111222":      texts,
		"+86106900001111222":   texts,
		"075528780001":         "+8675528780001",
		"95013123456":          "+8695013123456",
		"+8695013123456":       "+8695013123456",
		"110":                  "110",
		"86123456":             "86123456",
		"+99912345":            "99912345",
		"0099912345":           "0099912345",
		"12345678901234567890": "12345678901234567890",
		"+868613800000021":     "+8613800000021",
		"+86110":               "110",
		"+8611":                "8611",
		"":                     "",
		"12":                   "",
		"+12":                  "",
		"170ABCDEF21":          "",
		"１７０００００００００１":         "",
		"17000000001#":         "",
	} {
		n, err := call.ParseX(in)
		if n.Full() != want || errors.Is(err, call.ErrX) != (want == "") {
			t.Errorf("ParseX(%q) = %q, %v; want %q", in, n.Full(), err, want)
		}
	}
}

// TestShortWayIsTheLibrarys goes through all prefixes of Chinese mobiles: what
// is decided without the library is what the library would have decided.
func TestShortWayIsTheLibrarys(t *testing.T) {
	accepted := 0
	for prefix := 1000; prefix < 2000; prefix++ {
		for _, country := range []string{"", "+86", "86", "0086"} {
			s := fmt.Sprintf("%s%d%07d", country, prefix, prefix*7919%1e7)
			agrees(t, s)
			if _, err := call.ParseParty(s); err == nil {
				accepted++
			}
		}
	}
	if accepted < 2000 {
		t.Errorf("only %d numbers were mobiles", accepted)
	}
}

func TestParsingAllocatesOnlyTheResult(t *testing.T) {
	for in, want := range map[string]float64{
		"13800000021": 1, "8613800000021": 1, "008613800000021": 1, "+8613800000021": 0, "95013123456789": 0,
	} {
		allocs := testing.AllocsPerRun(100, func() { _, _ = call.ParseX(in) })
		if allocs > want {
			t.Errorf("%q: %v allocations, want %v", in, allocs, want)
		}
	}
}

// TestNumbersOfAllCountries goes through the library's examples of every kind
// of number.
func TestNumbersOfAllCountries(t *testing.T) {
	checked := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for kind := phonenumbers.FIXED_LINE; kind < phonenumbers.UNKNOWN; kind++ {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			checked++
			s := phonenumbers.Format(example, phonenumbers.E164)
			agrees(t, s)
			agrees(t, "00"+s[1:])
			if n, err := call.ParseParty(s); err == nil {
				isSound(t, n, call.ParseParty)
				isSound(t, n, call.ParseX)
			}
		}
	}
	if checked < 500 {
		t.Errorf("only %d examples", checked)
	}
}

func TestNational(t *testing.T) {
	for full, want := range map[string]string{
		"+8613800000021":  "13800000021",
		"+8617400000001":  "17400000001",
		"+8675528780001":  "075528780001",
		"+861065529988":   "01065529988",
		"+864001234567":   "4001234567",
		"+8695013123456":  "95013123456",
		"+12125550123":    "0012125550123",
		"+390612345678":   "00390612345678",
		"95013123456789":  "95013123456789",
		"106900001111222": "106900001111222",
		"+86":             "",
		"":                "",
	} {
		if got := call.NumberFromStore(full).National(); got != want {
			t.Errorf("National of %q = %q, want %q", full, got, want)
		}
	}
}

func TestLandline(t *testing.T) {
	for full, want := range map[string]bool{
		"+8675528780001": true,
		"+861065529988":  true,
		"+442071234567":  true,
		"+8613800000021": false,
		"+8617400000001": false,
		"+864001234567":  false,
		"+12125550123":   false, // fixed lines and mobiles look alike there
		"95013123456789": false,
		"075528780001":   false, // not E.164, hence an X number
		"+?":             false,
		"":               false,
	} {
		if got := call.NumberFromStore(full).Landline(); got != want {
			t.Errorf("Landline of %q = %v, want %v", full, got, want)
		}
	}
}

func TestMasked(t *testing.T) {
	for full, want := range map[string]string{
		"+8613800000021":       "+86138****0021",
		"+8675528780001":       "+86755****0001",
		"+12125550123":         "+121****0123",
		"95013123456789":       "95013****6789",
		"12345678901234567890": "12345****7890",
		"+6581234567":          "+65****567",
		"86123456":             "86****56",
		"10086":                "1****6",
		"110":                  "****0",
		"":                     "unknown",
	} {
		n := call.NumberFromStore(full)
		if n.String() != want {
			t.Errorf("%q is masked as %q, want %q", full, n, want)
		}
		if full != "" {
			hides(t, n)
		}
	}
}

func TestNoFormatGivesTheNumberAway(t *testing.T) {
	n := call.NumberFromStore("+8613800000021")
	type holder struct {
		N  call.Number
		P  *call.Number
		L  []call.Number
		By map[call.Number]call.Number
	}
	h := holder{n, &n, []call.Number{n}, map[call.Number]call.Number{n: n}}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("call", "n", n, "holder", h)
	}
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	outputs := []string{log.String(), string(text), n.GoString()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%T %20v", "%t"} {
		outputs = append(outputs, fmt.Sprintf(verb, n), fmt.Sprintf(verb, h), fmt.Sprintf(verb, []call.Number{n}))
	}
	for _, out := range outputs {
		if strings.Contains(out, "13800000021") || strings.Contains(out, fmt.Sprintf("%x", "13800000021")) {
			t.Errorf("the whole number shows in %s", out)
		}
	}
	if got := fmt.Sprintf("%v|%s|%q|%#v|%16v|", n, n, n, n, n); got !=
		`+86138****0021|+86138****0021|"+86138****0021"|"+86138****0021"|  +86138****0021|` {
		t.Errorf("formatted as %s", got)
	}
	if !strings.Contains(string(text), `"N":"+86138****0021"`) {
		t.Errorf("in JSON: %s", text)
	}
	if err := json.Unmarshal([]byte(`{"N":"+8613800000021"}`), &holder{}); err == nil {
		t.Error("a number was read from JSON unparsed")
	}
}

func TestNoErrorHoldsTheNumber(t *testing.T) {
	for _, in := range []string{"1380000002", "138ABCDEF21"} {
		_, asParty := call.ParseParty(in)
		_, asX := call.ParseX(in + "?")
		for _, err := range []error{asParty, asX} {
			if err == nil || strings.Contains(err.Error(), "138") {
				t.Errorf("%q: %v", in, err)
			}
		}
	}
}
