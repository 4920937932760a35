package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"xmode/handlers"
	"xmode/platform"
)

// networks reads ranges that are right.
func networks(t testing.TB, text string) handlers.Networks {
	t.Helper()
	n, err := handlers.ParseNetworks(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func from(address string) reqOpt { return func(r *http.Request) { r.RemoteAddr = address } }

func forwarded(lines ...string) reqOpt {
	return func(r *http.Request) {
		for _, line := range lines {
			r.Header.Add("X-Forwarded-For", line)
		}
	}
}

func TestNetworks(t *testing.T) {
	for text, faults := range map[string]string{
		"": "", " ": "", "10.0.0.0/8": "", " 10.0.0.0/8 , 2001:db8::/32,192.0.2.7": "", "10.1.2.3/8": "", "::ffff:10.0.0.0/104": "", "0.0.0.0/0,::/0": "",
		"10.0.0.0/33":          `entry 1: "10.0.0.0/33" is no range such as 10.0.0.0/8 or 2001:db8::/32`,
		"10.0.0.0/8,":          `entry 2: "" is no range such as 10.0.0.0/8 or 2001:db8::/32`,
		"::ffff:10.0.0.0/95":   `entry 1: "::ffff:10.0.0.0/95" is no range of IPv4 and none of IPv6`,
		"fe80::1%eth0":         `entry 1: "fe80::1%eth0" is no range such as 10.0.0.0/8 or 2001:db8::/32`,
		"example.org,10/8,::1": "entry 1: \"example.org\" is no range such as 10.0.0.0/8 or 2001:db8::/32\nentry 2: \"10/8\" is no range such as 10.0.0.0/8 or 2001:db8::/32",
	} {
		n, err := handlers.ParseNetworks(text)
		if got := errorText(err); got != faults {
			t.Errorf("%q: got %s, want %s", text, got, faults)
		}
		if (len(n) == 0) != (strings.TrimSpace(text) == "" || faults != "") {
			t.Errorf("%q: %v", text, n)
		}
	}
	n := networks(t, "10.1.2.3/8,::ffff:192.0.2.0/120,2001:db8::/32,198.51.100.7")
	for text, want := range map[string]bool{
		"10.255.0.1": true, "11.0.0.1": false, "192.0.2.200": true, "192.0.3.1": false, "2001:db8:1::1": true, "2001:db9::1": false,
		"198.51.100.7": true, "198.51.100.8": false,
	} {
		if got := n.Contains(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Who may send is told by the address of the connection, and by X-Forwarded-For only
// where a trusted proxy wrote it.
func TestWhoMaySend(t *testing.T) {
	d := deps(t, working())
	d.Sources, d.Proxies = networks(t, "203.0.113.0/24,2001:db8:5::/48"), networks(t, "10.0.0.0/8,fd00::/8")
	e := public(d)
	const allowed, refused = 200, 403
	for _, c := range []struct {
		remote string
		lines  []string
		want   int
	}{
		{"203.0.113.9:4000", nil, allowed},
		{"[::ffff:203.0.113.9]:4000", nil, allowed},
		{"[2001:db8:5::1]:4000", nil, allowed},
		{"[2001:db8:5::1%eth0]:4000", nil, allowed},
		{"198.51.100.1:4000", nil, refused},
		{"198.51.100.1:4000", []string{"203.0.113.9"}, refused},             // spoofed
		{"203.0.113.9:4000", []string{"198.51.100.1"}, allowed},             // no proxy of ours: its header says nothing
		{"10.0.0.1:4000", nil, refused},                                     // the proxy itself
		{"10.0.0.1:4000", []string{"203.0.113.9"}, allowed},                 //
		{"10.0.0.1:4000", []string{"203.0.113.9, 198.51.100.1"}, refused},   // the sender wrote the first entry
		{"10.0.0.1:4000", []string{"198.51.100.1, 203.0.113.9"}, allowed},   //
		{"10.0.0.1:4000", []string{"203.0.113.9, 10.0.0.2"}, allowed},       // two proxies
		{"10.0.0.1:4000", []string{"203.0.113.9", "10.0.0.2"}, allowed},     // in two lines
		{"10.0.0.1:4000", []string{"203.0.113.9", "198.51.100.1"}, refused}, //
		{"10.0.0.1:4000", []string{"198.51.100.1", "203.0.113.9"}, allowed}, //
		{"10.0.0.1:4000", []string{"203.0.113.9:1234"}, allowed},            // some write the port
		{"10.0.0.1:4000", []string{"[2001:db8:5::7]:1234"}, allowed},        //
		{"10.0.0.1:4000", []string{"[2001:db8:5::7]"}, allowed},             //
		{"10.0.0.1:4000", []string{"2001:db8:5::7%2"}, allowed},             //
		{"10.0.0.1:4000", []string{"::ffff:203.0.113.9"}, allowed},          //
		{"[fd00::1]:4000", []string{"203.0.113.9,fd00::2"}, allowed},        //
		{"10.0.0.1:4000", []string{"203.0.113.9, , "}, allowed},             // empty entries are none
		{"10.0.0.1:4000", []string{""}, refused},                            //
		{"10.0.0.1:4000", []string{"203.0.113.9, unknown"}, refused},        // written by the proxy, and no address
		{"10.0.0.1:4000", []string{"unknown, 203.0.113.9"}, allowed},        // written by the sender, before the end
		{"10.0.0.1:4000", []string{"203.0.113.9;x"}, refused},
		{"", nil, refused},
	} {
		w := send(t, e, "GET", "/acme/query", "", from(c.remote), forwarded(c.lines...))
		if w.Code != c.want {
			t.Errorf("%s, %q: %d, want %d", c.remote, c.lines, w.Code, c.want)
		}
	}
}

// A stranger is refused on every path but /healthz, and nothing of what he sends is
// read.
func TestStrangersAreRefusedUnread(t *testing.T) {
	d := deps(t, working())
	d.Sources = networks(t, "203.0.113.0/24")
	log, lines := recordLog()
	d.Log = log
	d.Adapters = []platform.Adapter{&fakeAdapter{receive: func(platform.Message) (platform.Received, error) {
		t.Error("looked at")
		return question(), nil
	}}}
	e := public(d)
	for _, c := range [][2]string{{"GET", "/acme/query"}, {"POST", "/acme/push"}, {"PUT", "/acme/push"}, {"OPTIONS", "/acme/push"},
		{"POST", "/acme/receipts/x/y"}, {"GET", "/acme/receipts/x/y"}, {"GET", "/nothing"}} {
		r := httptest.NewRequest(c[0], c[1], unread{t})
		r.RemoteAddr = "198.51.100.1:4000"
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		wants(t, w, 403, `{"code":"SourceNotAllowed","message":"this source may not send here"}`)
		if w.Header().Get("Connection") != "close" || w.Header().Get("Allow") != "" {
			t.Errorf("%s: %v", c, w.Header())
		}
	}
	if w := send(t, e, "GET", "/healthz", "", from("198.51.100.1:4000")); w.Code != 200 {
		t.Errorf("healthz: %d", w.Code)
	}
	if !strings.Contains(lines.String(), `"source not allowed","source":"198.51.100.1"`) {
		t.Errorf("the log: %s", lines)
	}
}

// unread is a body that nobody may read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("read")
	return 0, http.ErrBodyReadAfterClose
}

// FuzzForwardedFor: no header makes the source that of a proxy's choice unless the
// proxy is trusted, and none makes it panic.
func FuzzForwardedFor(f *testing.F) {
	f.Add("10.0.0.1:1", "203.0.113.9, 10.0.0.2", "[::1]:5")
	f.Add("198.51.100.1:1", ",,", "%")
	f.Add("[fe80::1%eth0]:1", "::ffff:1.2.3.4", "unknown")
	f.Fuzz(func(t *testing.T, remote, first, second string) {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {first, second}}}
		nobody := handlers.SourceOf(nil, r)
		if want := handlers.SourceOf(nil, &http.Request{RemoteAddr: remote}); nobody != want {
			t.Errorf("without proxies: %s, want %s", nobody, want)
		}
		proxies := networks(t, "10.0.0.0/8")
		if got := handlers.SourceOf(proxies, r); !proxies.Contains(nobody) && got != nobody {
			t.Errorf("no proxy, and still %s instead of %s", got, nobody)
		} else if got.Zone() != "" || got.Is4In6() {
			t.Errorf("not in its plain form: %s", got)
		}
	})
}
