package huawei_test

import (
	"strings"
	"testing"

	"xmode/call"
)

func BenchmarkReceive(b *testing.B) {
	a := adapter(b, settings())
	for _, c := range []struct {
		name, path, body string
		records          float64
	}{
		{"50 records", cdrs, fees(strings.Split(strings.Repeat(fee+"\n", 49)+fee, "\n")...), 50},
		{"event", events, disconnect, 1},
		{"callin", events, callin, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := post(c.path, c.body)
			b.SetBytes(int64(len(c.body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Receive(m, now); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/c.records, "ns/record")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	a := adapter(b, settings())
	for _, c := range []struct{ kind, item string }{
		{"fee", fee}, {"event", disconnect}, {"sms", smsNotify}, {"numStatus", numberState},
	} {
		b.Run(c.kind, func(b *testing.B) {
			item := []byte(c.item)
			b.ReportAllocs()
			for b.Loop() {
				if r := a.Read(c.kind, item, now); r.Fault != "" {
					b.Fatal(r.Fault)
				}
			}
		})
	}
}

func BenchmarkAnswer(b *testing.B) {
	a := adapter(b, settings())
	q := call.Query{Platform: "huawei", Kind: call.Voice}
	d := connect(call.ByPeer, binding(b))
	b.ReportAllocs()
	for b.Loop() {
		a.Answer(q, d)
	}
}
