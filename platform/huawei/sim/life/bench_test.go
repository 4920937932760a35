package life_test

import (
	"testing"
	"time"

	"xmode/platform/huawei/sim/life"
	"xmode/simulator/load"
)

// BenchmarkQuery is what each message costs: it is signed anew whenever it is sent.
func BenchmarkQuery(b *testing.B) {
	p, err := life.New(life.Config{AppKey: "ak", AppSecret: "s3cr3t"})
	if err != nil {
		b.Fatal(err)
	}
	m := p.Query(load.Call{ID: "load-1", Party: load.Party{Caller: "13800000021", X: "17000000001"}, At: at}, "")
	stamp := load.Stamp{At: at, Nonce: "66C92B11FF8A425FB8D4CCFE0ED9ED1F"}
	b.ReportAllocs()
	for b.Loop() {
		m.Write(stamp)
	}
}

// BenchmarkTell is what is told of a call, once for each.
func BenchmarkTell(b *testing.B) {
	p, err := life.New(life.Config{AppKey: "ak", AppSecret: "s3cr3t"})
	if err != nil {
		b.Fatal(err)
	}
	c := load.Call{ID: "load-1", Party: load.Party{Caller: "13800000021", X: "17000000001"}, Ring: 5 * time.Second, Talk: time.Minute, At: at}
	d := load.Decision{Verb: load.Connect, Callee: "+8613900000022", Display: "+8617000000001", Record: true}
	b.ReportAllocs()
	for b.Loop() {
		p.Query(c, "")
		p.Tell(c, d)
	}
}
