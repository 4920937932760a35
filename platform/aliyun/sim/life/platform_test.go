package life_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/platform/aliyun/sim/life"
	"xmode/simulator/load"
)

func TestConfigsFaultsAreAllTold(t *testing.T) {
	api, err := sim.NewAPI(sim.APIConfig{Keys: map[string]string{"k": "s"}, Now: time.Now, Find: func(sim.Asked) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = life.New(life.Config{Key: " k", Form: "md5", Via: 3, Token: "a/b", Queries: "query", Receipts: "/receipts?a", API: api})
	want := `make platform: queries: a path begins with a slash and has no parameters
receipts: a path begins with a slash and has no parameters
a token without slash is due
no way of a query
an API and a storage go together
key 1 has white space around it
`
	if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Count(err.Error(), "\n") != 6 {
		t.Errorf("%v", err)
	}
	if got := fmt.Sprintf("%v %+v", platform(t, nil), platform(t, nil)); got != "life.Platform life.Platform" {
		t.Errorf("%s", got)
	}
}

func TestAddressesAreThoseOfTheConfig(t *testing.T) {
	p := platform(t, func(c *life.Config) { c.Queries, c.Receipts, c.Token = "/q", "/r", "to ken" })
	if got := p.Query(load.Call{}, "").Write(load.Stamp{}); !strings.HasPrefix(got.Target, "/q?callId=&") || got.Method != "GET" || len(got.Header) != 0 {
		t.Errorf("%+v", got)
	}
	got := p.Pack("SecretReport", [][]byte{[]byte("1"), []byte("2")}).Write(load.Stamp{})
	if got.Target != "/r/to%20ken/SecretReport" || string(got.Body) != "[1,2]" || !slices.Equal(got.Header, []string{"Content-Type: application/json;charset=UTF-8"}) {
		t.Errorf("%+v", got)
	}
	if p := platform(t, func(c *life.Config) { c.Token = "" }); p.Tell(load.Call{}, load.Decision{}) != nil {
		t.Error("something is told without a token")
	}
}

// TestNumbersAreWrittenAsThePlatformDoes: as the receiver understands them is shown
// by the lives.
func TestNumbersAreWrittenAsThePlatformDoes(t *testing.T) {
	p := platform(t, nil)
	for number, want := range map[string]string{
		"13800000021": "13800000021", "+8613800000021": "13800000021", "": "",
		"+8675528780001": "075528780001", "+861062345678": "01062345678", "+869515012345": "09515012345", "075528780001": "075528780001",
		"+869501312345678901": "9501312345678901", "+8695013": "95013", "+8610655123456789": "10655123456789", "+864001234567": "4001234567",
		"+8610086": "10086", "+12125550123": "0012125550123",
	} {
		m := p.Query(load.Call{Party: load.Party{Caller: number, X: number}}, "")
		_, query, _ := strings.Cut(m.Write(load.Stamp{}).Target, "?")
		params, err := url.ParseQuery(query)
		if err != nil || params.Get("callNo") != want || params.Get("secretNo") != want {
			t.Errorf("%s: %v, %v", number, params, err)
		}
	}
}

func TestSecondQueryHasTheExtension(t *testing.T) {
	p := platform(t, nil)
	c := load.Call{ID: "c1", At: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	c.Kind = load.Text
	m := p.Query(c, "8011")
	_, query, _ := strings.Cut(m.Write(load.Stamp{At: c.At.Add(time.Minute), Nonce: "n1"}).Target, "?")
	params, err := url.ParseQuery(query)
	want := "callId=c1 callTime=20260304130607 extension=8011 format=JSON recordType=SMS signatureNonce=n1 timestamp=2026-03-04T05:07:07Z"
	var got []string
	for _, name := range []string{"callId", "callTime", "extension", "format", "recordType", "signatureNonce", "timestamp"} {
		got = append(got, name+"="+params.Get(name))
	}
	if strings.Join(got, " ") != want || err != nil || m.Kind != "query SMS" || !m.Signed {
		t.Errorf("%s, %v", got, err)
	}
}

func BenchmarkQuery(b *testing.B) {
	for name, via := range map[string]sim.Via{"get": sim.ViaGET, "form": sim.ViaForm, "json": sim.ViaJSON} {
		b.Run(name, func(b *testing.B) {
			p := platform(b, func(c *life.Config) { c.Via = via })
			c := load.Call{ID: "simulated-20260304T050607-abcd-12345", Party: pair(), At: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
			s := load.Stamp{At: c.At, Nonce: "0123456789abcdef0123456789abcdef"}
			b.ReportAllocs()
			for b.Loop() {
				_ = p.Query(c, "").Write(s)
			}
		})
	}
}

func BenchmarkTell(b *testing.B) {
	p := platform(b, nil)
	c := aCall(pair(), load.Answered)
	c.ID, c.At = "simulated-20260304T050607-abcd-12345", time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	d := load.Decision{Verb: load.Connect, Callee: "13800000021", SubsID: "100001", Record: true}
	b.ReportAllocs()
	for b.Loop() {
		_ = p.Tell(c, d)
	}
}
