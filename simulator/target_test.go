package simulator_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"xmode/simulator"
)

func TestOnlyNearEndpointsArePlayedTo(t *testing.T) {
	names := map[string][]string{
		"localhost": {"127.0.0.1", "::1"}, "inside": {"10.1.2.3", "192.168.0.1", "fd00::1"}, "outside": {"203.0.113.7"},
		"both": {"127.0.0.1", "203.0.113.7"},
	}
	errNoHost := errors.New("no such host")
	lookup := func(_ context.Context, host string) (all []netip.Addr, err error) {
		for _, text := range names[host] {
			all = append(all, netip.MustParseAddr(text))
		}
		if all == nil {
			err = errNoHost
		}
		return all, err
	}
	for address, want := range map[string]error{
		"http://127.0.0.1:8080": nil, "http://localhost:8080": nil, "https://inside/x": nil, "http://[::1]:1": nil, "http://[::ffff:10.0.0.1]:1": nil,
		"http://outside": simulator.ErrForeign, "http://both": simulator.ErrForeign, "https://203.0.113.7": simulator.ErrForeign,
		"http://[2001:db8::1]": simulator.ErrForeign, "http://0.0.0.0": simulator.ErrForeign, "http://nowhere": errNoHost,
		"": simulator.ErrTarget, "127.0.0.1:8080": simulator.ErrTarget, "ftp://127.0.0.1": simulator.ErrTarget, "http://u:p@127.0.0.1": simulator.ErrTarget, "http://": simulator.ErrTarget,
	} {
		if err := simulator.CheckTarget(t.Context(), address, false, lookup); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", address, err, want)
		}
	}
	if err := simulator.CheckTarget(t.Context(), "http://outside", true, lookup); err != nil {
		t.Errorf("whose owner says so: %v", err)
	}
}
