package life_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"xmode/simulator/load"
)

// dialled is when the calls here begin: 13:06:07 in Beijing.
func dialled() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// recordOf is the record that is told of a call, and after how long.
func recordOf(t *testing.T, c load.Call, d load.Decision) (map[string]any, time.Duration) {
	t.Helper()
	for _, told := range platform(t, nil).Tell(c, d) {
		var r map[string]any
		if told.Record && json.Unmarshal(told.Entry, &r) == nil {
			return r, told.After
		}
	}
	t.Fatal("no record is told")
	return nil, 0
}

func TestRejectSaysWhetherThereIsABinding(t *testing.T) {
	for _, c := range []struct {
		kind          load.Kind
		subs, message string
		cause         float64
	}{
		{load.Voice, "0", "NO_SUBS_EXIST", 2},
		{load.Voice, "", "NO_SUBS_EXIST", 2},
		{load.Voice, "100001", "OK", 3},
		{load.Text, "0", "NO_SUBS_EXIST", 2},
		{load.Text, "100001", "OK", 3},
	} {
		r, _ := recordOf(t, load.Call{Kind: c.kind, At: dialled()}, load.Decision{SubsID: c.subs})
		if r["unconnected_cause"] != c.cause || r["control_type"] != "REJECT" || r["control_msg"] != c.message {
			t.Errorf("%+v: %v", c, r)
		}
	}
}

// TestTypingTakesItsTime: what comes after it is later by as much.
func TestTypingTakesItsTime(t *testing.T) {
	c := changed(aCall(pair(), load.Answered), func(c *load.Call) { c.At = dialled() })
	d := load.Decision{Verb: load.Connect, Callee: "13800000021"}
	for typed, want := range map[string]struct {
		out, ring, start, release string
		after                     time.Duration
	}{
		"":     {"13:06:08", "13:06:09", "13:06:14", "13:06:44", 38 * time.Second},
		"8011": {"13:06:12", "13:06:13", "13:06:18", "13:06:48", 42 * time.Second},
	} {
		d.Typed = typed
		r, after := recordOf(t, c, d)
		for name, clock := range map[string]string{
			"call_time": "13:06:07", "call_out_time": want.out, "free_ring_time": want.ring, "start_time": want.start, "release_time": want.release,
		} {
			if r[name] != "2026-03-04 "+clock {
				t.Errorf("%q: %s is %v, want %s", typed, name, r[name], clock)
			}
		}
		if after != want.after {
			t.Errorf("%q: told after %v, want %v", typed, after, want.after)
		}
	}
}

// TestSpoiltQueries: every other one is signed with another key, the rest for
// another X number.
func TestSpoiltQueries(t *testing.T) {
	p := platform(t, nil)
	params := func(c load.Call, spoilt bool) url.Values {
		_, query, _ := strings.Cut(p.Query(c, "").Write(load.Stamp{At: dialled(), Nonce: "n", Spoilt: spoilt}).Target, "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		return values
	}
	for n, want := range []string{"17000000001", "17000000000"} {
		c := load.Call{N: n, Party: pair()}
		right, wrong := params(c, false), params(c, true)
		if x := wrong.Get("secretNo"); x != want || (right.Get("signature") == wrong.Get("signature")) != (n == 1) {
			t.Errorf("%d: %v, spoilt %v", n, right, wrong)
		}
	}
	for _, x := range []string{"", "x*", "17000000010"} { // whatever somebody calls
		c := load.Call{N: 1, Party: load.Party{X: x}}
		if right, wrong := params(c, false), params(c, true); right.Encode() == wrong.Encode() {
			t.Errorf("%q is not spoilt: %v", x, wrong)
		}
	}
}
