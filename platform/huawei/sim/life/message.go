package life

import (
	"encoding/json"
	"net/http"

	"xmode/simulator/load"
)

// message is one to an address, signed when it is written.
func (p *Platform) message(kind, path string, body []byte) load.Message {
	return load.Message{Kind: kind, Signed: true, Write: func(s load.Stamp) load.Request {
		return load.Request{Method: http.MethodPost, Target: path, Header: p.sign(s), Body: body}
	}}
}

// sign is what the headers of a message are.
func (p *Platform) sign(s load.Stamp) []string {
	signer := p.right
	if s.Spoilt {
		signer = p.wrong
	}
	word, name := "AKSK", "X-AKSK"
	if p.c.Scheme == "wsse" {
		word, name = "WSSE", "X-WSSE"
	}
	created := s.At.UTC().Format("2006-01-02T15:04:05Z")
	return []string{
		"Content-Type: application/json;charset=UTF-8",
		"Authorization: " + word + ` realm="SDP",profile="UsernameToken",type="Appkey"`,
		name + `: UsernameToken Username="` + p.c.AppKey + `",PasswordDigest="` + signer.Digest(s.Nonce, created) +
			`",Nonce="` + s.Nonce + `",Created="` + created + `"`,
	}
}

// text writes a body of plain values, which cannot fail.
func text(v any) []byte {
	body, _ := json.Marshal(v)
	return body
}

// Pack puts call records into one push.
func (p *Platform) Pack(kind string, entries [][]byte) load.Message {
	body := []byte(`{"eventType":"fee","feeLst":[`)
	for i, entry := range entries {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, entry...)
	}
	return p.message(kind, p.c.Records, append(body, "]}"...))
}
