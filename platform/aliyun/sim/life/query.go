package life

import (
	"strings"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/load"
)

// Query asks whom to connect, with the extension that was typed, if any.
func (p *Platform) Query(c load.Call, typed string) load.Message {
	q := sim.Query{Caller: national(c.Caller), X: national(c.X), CallID: c.ID, Kind: sim.Voice, Extension: typed, At: c.At}
	kind := "query"
	if c.Kind == load.Text {
		q.Kind, kind = sim.SMS, "query SMS"
	}
	return load.Message{Kind: kind, Signed: true, Write: func(s load.Stamp) load.Request {
		if s.Spoilt {
			return p.spoilt(q, s, c.N)
		}
		return p.write(p.right, q, s)
	}}
}

// write signs and writes a query.
func (p *Platform) write(signer *sim.Client, q sim.Query, s load.Stamp) load.Request {
	e, contentType, _ := signer.Compose(q, s.At, s.Nonce) // plain values cannot fail
	r := load.Request{Method: e.Method, Target: p.c.Queries + strings.TrimPrefix(e.URL, base), Body: []byte(e.Body)}
	if contentType != "" {
		r.Header = []string{"Content-Type: " + contentType}
	}
	return r
}

// spoilt writes a query under a signature that is wrong: of another key, or of
// another X number than the one that is asked for.
func (p *Platform) spoilt(q sim.Query, s load.Stamp, n int) load.Request {
	if n%2 == 0 || !digits(q.X) {
		return p.write(p.wrong, q, s)
	}
	r := p.write(p.right, q, s)
	r.Target, r.Body = anotherX(r.Target, q.X), []byte(anotherX(string(r.Body), q.X))
	return r
}

// anotherX changes the last digit of the X number in parameters that are written.
func anotherX(text, x string) string {
	before, after, found := strings.Cut(text, "secretNo")
	if !found {
		return text
	}
	last := byte('0')
	if x[len(x)-1] == last {
		last = '1'
	}
	return before + "secretNo" + strings.Replace(after, x, x[:len(x)-1]+string(last), 1)
}
