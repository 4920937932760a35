package aliyun_test

import (
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
