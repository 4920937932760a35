package aliyun_test

import (
	"strconv"
	"strings"
	"testing"

	"xmode/call"
	"xmode/platform"
)

func BenchmarkReceive(b *testing.B) {
	a := adapter(b, settings())
	m := sign(query("extension", "801"))
	for _, c := range []struct {
		name    string
		message platform.Message
	}{
		{"query string", get(encode(m))},
		{"form body", post(formType, encode(m))},
		{"JSON body", post(jsonType, toJSON(b, m))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Receive(c.message, now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAnswer(b *testing.B) {
	q := call.Query{Platform: "aliyun", Kind: call.Voice}
	d := connect(b, call.ByPeer, binding(b))
	for _, model := range []string{"object", "string"} {
		b.Run(model, func(b *testing.B) {
			s := settings()
			s.Model = model
			a := adapter(b, s)
			b.ReportAllocs()
			for b.Loop() {
				a.Answer(q, d)
			}
		})
	}
}

// batch is a body of so many records, each of another call.
func batch(b *testing.B, size int) string {
	list := make([]string, size)
	for n := range list {
		list[n] = string(answered().with("id", 100000+n, "call_id", strconv.Itoa(n)).text(b))
	}
	return "[" + strings.Join(list, ",") + "]"
}

func BenchmarkReceiveReceipts(b *testing.B) {
	const size = 50
	a := adapter(b, withTokens(token))
	m := receipts(token, "SecretReport", batch(b, size))
	b.SetBytes(int64(len(m.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := a.Receive(m, now); err != nil || len(got.Push.Items) != size {
			b.Fatal(got, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/record")
}

func BenchmarkRead(b *testing.B) {
	a := adapter(b, settings())
	for kind, i := range map[string]item{
		"SecretReport": answered(), "SecretRingReport": during().with("ring_time", "2026-03-04 13:06:10"), "SecretSmsIntercept": intercepted(),
		"NumberManagementReport": number(), "SecretAsrReport": during(),
	} {
		b.Run(kind, func(b *testing.B) {
			text := i.text(b)
			b.ReportAllocs()
			for b.Loop() {
				if report := a.Read(kind, text, now); report.Fault != "" {
					b.Fatal(report.Fault)
				}
			}
		})
	}
	b.Run("SecretReport without id", func(b *testing.B) {
		text := anonymous().text(b)
		b.ReportAllocs()
		for b.Loop() {
			a.Read("SecretReport", text, now)
		}
	})
}
