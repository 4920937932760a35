package life

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/load"
)

// Tell is what is told of a call: that it began, perhaps that it rang and was
// answered, its record, its recording; of a text, what became of it.
func (p *Platform) Tell(c load.Call, d load.Decision) []load.Told {
	if p.c.Token == "" {
		return nil
	}
	if c.Kind == load.Text {
		return p.tellText(c, d)
	}
	made := p.call(c, d)
	told := []load.Told{p.one(c, made.Dialled.Add(setUp), sim.SecretStartReport, made.Start())}
	if c.N%2 == 0 && !made.Rang.IsZero() { // only some carriers' numbers have these
		told = append(told, p.one(c, made.Rang, sim.SecretRingReport, made.Ring()))
		if !made.Answered.IsZero() {
			told = append(told, p.one(c, made.Answered, sim.SecretPickUpReport, made.PickUp()))
		}
	}
	record := p.entry(c, made.Released.Add(time.Second), sim.SecretReport, made.Report())
	record.Record = true
	if told = append(told, record); c.Recorded(d) {
		recording := p.entry(c, made.Released.Add(2*time.Second), sim.SecretRecording, made.Recording())
		recording.Recording = true
		told = append(told, recording)
	}
	return told
}

// tellText tells of a text: intercepted, or by a record as the product's edition of
// 2019 has it (inferred for the present one).
func (p *Platform) tellText(c load.Call, d load.Decision) []load.Told {
	at := c.At.Add(setUp)
	t := p.entry(c, at, sim.SecretReport, p.text(c, d).Report())
	if d.Verb == load.Connect && d.Intercept {
		kept := sim.Intercept{
			ID: recordID(c.ID), PoolKey: p.c.PoolKey, CallID: c.ID, Sender: national(c.Caller), X: national(c.X), Receiver: d.Callee,
			Content: "simulated", Why: "NORMAL", OutID: d.UserData, At: at,
		}
		kept.SubsID, _ = subsID(d.SubsID)
		t = p.entry(c, at, sim.SecretSmsIntercept, kept.Receipt())
	}
	t.Record = true
	return []load.Told{t}
}

// one is a receipt that is pushed by itself.
func (p *Platform) one(c load.Call, at time.Time, kind sim.Type, r sim.Receipt) load.Told {
	return load.Told{After: at.Sub(c.At), Message: p.Pack(string(kind), [][]byte{text(r)})}
}

// entry is a receipt that is pushed with others.
func (p *Platform) entry(c load.Call, at time.Time, kind sim.Type, r sim.Receipt) load.Told {
	return load.Told{After: at.Sub(c.At), Batch: string(kind), Entry: text(r)}
}

// text writes plain values, which cannot fail.
func text(v any) []byte {
	body, _ := json.Marshal(v)
	return body
}

// Pack puts receipts of a type into one push. Nothing of it is signed; what is
// secret is the address.
func (p *Platform) Pack(kind string, entries [][]byte) load.Message {
	body := []byte{'['}
	for i, entry := range entries {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, entry...)
	}
	body = append(body, ']')
	return load.Message{Kind: kind, Write: func(s load.Stamp) load.Request {
		token := p.c.Token
		if s.Spoilt {
			token = "wrong-" + token
		}
		return load.Request{
			Method: http.MethodPost, Target: p.c.Receipts + "/" + url.PathEscape(token) + "/" + kind,
			Header: []string{"Content-Type: application/json;charset=UTF-8"}, Body: body,
		}
	}}
}
