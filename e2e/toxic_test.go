package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// toxicStub is what a proxy leaves behind for each connection that was cut while a
// toxic was at work; nothing in the library ends it.
const toxicStub = "github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"

// network is a TCP proxy before a server that can be made to misbehave.
type network struct {
	t     testing.TB
	proxy *toxiproxy.Proxy
}

// networkTo is at network.addr() what the server is at its own address.
func networkTo(t testing.TB, server string) *network {
	t.Helper()
	proxies := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	proxy := toxiproxy.NewProxy(proxies, "redis", "127.0.0.1:0", server)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	return &network{t, proxy}
}

func (n *network) addr() string { return n.proxy.Listen }

// slow has every answer come that much later.
func (n *network) slow(milliseconds int) {
	n.poison("latency", "downstream", fmt.Sprintf(`{"latency":%d}`, milliseconds))
}

// swallow takes what is sent, and nothing comes back, to nobody.
func (n *network) swallow() {
	n.poison("timeout", "upstream", `{"timeout":0}`)
	n.poison("timeout", "downstream", `{"timeout":0}`)
}

// reset breaks every connection by which something is sent.
func (n *network) reset() { n.poison("reset_peer", "upstream", `{"timeout":0}`) }

func (n *network) poison(kind, stream, attributes string) {
	n.t.Helper()
	toxic := fmt.Sprintf(`{"type":"%s","name":"%[1]s-%s","stream":"%[2]s","attributes":%s}`, kind, stream, attributes)
	if _, err := n.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		n.t.Fatalf("%s: %v", toxic, err)
	}
}

// heal has it do what it should again.
func (n *network) heal() { n.proxy.Toxics.ResetToxics(n.t.Context()) }
