package handlers_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"xmode/handlers"
	"xmode/platform"
)

// judging is a platform whose messages are what their query string says: a code of
// a refusal, or genuine.
func judging() *fakeAdapter {
	return &fakeAdapter{receive: func(m platform.Message) (platform.Received, error) {
		switch m.RawQuery {
		case "":
			return question(), nil
		case "absent":
			return platform.Received{}, &platform.Refusal{Class: platform.Absent, Code: "NotFound"}
		}
		return platform.Received{}, &platform.Refusal{Class: platform.Unauthorized, Code: m.RawQuery, Message: "no"}
	}}
}

// Too many failures of one source change what the next ones are told, and nothing
// else: neither valid messages, nor other sources, nor other refusals.
func TestTooManyFailures(t *testing.T) {
	clock := now
	d := deps(t, working())
	d.Adapters, d.AuthFailures, d.Now = []platform.Adapter{judging()}, 3, func() time.Time { return clock }
	log, lines := recordLog()
	d.Log = log
	e := public(d)
	const tooMany = `{"code":"TooManyFailures","message":"too many messages of this source had no valid signature"}`
	status := func(path, source string) int {
		t.Helper()
		return send(t, e, "POST", path, "", from(source)).Code
	}
	const one, other = "198.51.100.1:1000", "198.51.100.2:1000"
	for _, code := range []string{platform.TimestampOutOfRange, platform.NonceReplayed, platform.TimestampOutOfRange, platform.NonceReplayed} {
		if got := status("/acme/push?"+code, one); got != 401 {
			t.Errorf("%s: %d", code, got)
		}
	}
	for range 5 {
		if got := status("/acme/receipts/a/b?absent", one); got != 404 {
			t.Errorf("a wrong token: %d", got)
		}
	}
	for i, code := range []string{platform.SignatureInvalid, platform.SignatureMissing, platform.SignatureInvalid} {
		if got := status("/acme/push?"+code, one); got != 401 {
			t.Errorf("failure %d: %d", i+1, got)
		}
	}
	clock = clock.Add(20500 * time.Millisecond)
	for _, path := range []string{"/acme/push?SignatureInvalid", "/acme/query?SignatureMissing"} {
		w := send(t, e, "POST", path, "", from(one))
		wants(t, w, 429, tooMany)
		if got := w.Header().Get("Retry-After"); got != "40" {
			t.Errorf("Retry-After: %s", got)
		}
	}
	for path, want := range map[string]int{"/acme/query": 200, "/acme/push?" + platform.TimestampOutOfRange: 401,
		"/acme/push?" + platform.NonceReplayed: 401, "/acme/receipts/a/b?absent": 404} {
		if got := status(path, one); got != want {
			t.Errorf("%s beyond the limit: %d, want %d", path, got, want)
		}
	}
	if got := status("/acme/push?SignatureInvalid", other); got != 401 {
		t.Errorf("another source: %d", got)
	}
	clock = clock.Add(39500 * time.Millisecond)
	if got := status("/acme/push?SignatureInvalid", one); got != 401 {
		t.Errorf("a minute later: %d", got)
	}
	if n := strings.Count(lines.String(), "too many failures of one source"); n != 1 {
		t.Errorf("%d lines in the log: %s", n, lines)
	}
	d.AuthFailures = 0
	e = public(d)
	for range 5 {
		if got := status("/acme/push?SignatureInvalid", one); got != 401 {
			t.Errorf("without a limit: %d", got)
		}
	}
}

// The source is that behind the trusted proxies.
func TestFailuresAreCountedBehindProxies(t *testing.T) {
	d := deps(t, working())
	d.Adapters, d.AuthFailures, d.Proxies = []platform.Adapter{judging()}, 1, networks(t, "10.0.0.0/8")
	e := public(d)
	for i, c := range []struct {
		source string
		want   int
	}{{"198.51.100.1", 401}, {"198.51.100.2", 401}, {"198.51.100.1", 429}, {"198.51.100.3", 401}} {
		if w := send(t, e, "POST", "/acme/push?SignatureInvalid", "", from("10.0.0.1:1"), forwarded("203.0.113.5, "+c.source)); w.Code != c.want {
			t.Errorf("%d: %s: %d", i, c.source, w.Code)
		}
	}
}

// A wrong API key is limited likewise, a valid one never.
func TestTooManyWrongKeys(t *testing.T) {
	d := deps(t, working())
	d.AuthFailures = 2
	e := admin(d)
	for i, want := range []int{401, 401, 429, 429} {
		w := send(t, e, "GET", "/v1/numbers", "", key("no-such-key-0123456"))
		if w.Code != want {
			t.Errorf("failure %d: %d", i+1, w.Code)
		}
		if want == 429 {
			wants(t, w, 429, `{"error":{"code":"too_many_failures","message":"too many requests of this source had no valid API key"}}`)
			if w.Header().Get("Retry-After") != "60" || w.Header().Get("WWW-Authenticate") != "" {
				t.Errorf("%v", w.Header())
			}
		}
	}
	for path, want := range map[string]int{"/v1/numbers": 200, "/v1/quarantine": 403} {
		if w := send(t, e, "GET", path, "", key(readKey)); w.Code != want {
			t.Errorf("%s with a valid key: %d, want %d", path, w.Code, want)
		}
	}
	if w := send(t, e, "POST", "/provision_x", "{}"); w.Code != 429 || !strings.Contains(w.Body.String(), `"status_code":429`) {
		t.Errorf("provision_x: %d %s", w.Code, w.Body)
	}
}

// A sender of IPv6 has 2^64 addresses; they are one source.
func TestNeighboursAreOneSource(t *testing.T) {
	f := handlers.NewFailures(1)
	for i, c := range []struct {
		source string
		many   bool
	}{{"2001:db8::1", false}, {"2001:db8::2", true}, {"2001:db8:0:0:ffff::9", true}, {"2001:db8:0:1::1", false},
		{"192.0.2.1", false}, {"192.0.2.2", false}, {"192.0.2.1", true}, {"", false}, {"", true}} {
		source, _ := netip.ParseAddr(c.source)
		if wait := f.Add(source, now); (wait > 0) != c.many {
			t.Errorf("%d: %s: wait %s", i, c.source, wait)
		}
	}
}

// However many sources fail, memory is bounded; those that it has no room for share a
// count, and each minute begins anew.
func TestFailuresOfManySources(t *testing.T) {
	f := handlers.NewFailures(2)
	for i := range handlers.FailureSources + 1000 {
		f.Add(netip.MustParseAddr(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)), now)
	}
	if n := f.Len(); n > handlers.FailureSources+1 {
		t.Errorf("%d sources are remembered", n)
	}
	if wait := f.Add(netip.MustParseAddr("10.0.0.0"), now); wait != 0 {
		t.Errorf("a known source: %s", wait)
	}
	if wait := f.Add(netip.MustParseAddr("192.0.2.1"), now); wait != time.Minute {
		t.Errorf("one more source: %s", wait)
	}
	for _, at := range []time.Time{now.Add(time.Minute), now} { // and a clock that is set back
		if wait := f.Add(netip.MustParseAddr("192.0.2.1"), at); wait != 0 || f.Len() != 1 {
			t.Errorf("at %s: %s, %d sources", at, wait, f.Len())
		}
	}
}
