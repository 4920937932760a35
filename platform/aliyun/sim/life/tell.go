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
	switch {
	case p.c.Token == "":
		return nil
	case c.Kind == load.Text:
		return p.tellText(c, d)
	}
	made := p.call(c, d)
	told := []load.Told{p.alone(c, decidedAt(c, d).Add(setUp), sim.SecretStartReport, made.Start())}
	if c.N%2 == 0 && !made.Rang.IsZero() { // only some carriers' numbers have these
		told = append(told, p.alone(c, made.Rang, sim.SecretRingReport, made.Ring()))
		if !made.Answered.IsZero() {
			told = append(told, p.alone(c, made.Answered, sim.SecretPickUpReport, made.PickUp()))
		}
	}
	record := entry(c, made.Released.Add(time.Second), sim.SecretReport, made.Report())
	record.Record = true
	if told = append(told, record); c.Recorded(d) {
		recording := entry(c, made.Released.Add(2*time.Second), sim.SecretRecording, made.Recording())
		recording.Recording = true
		told = append(told, recording)
	}
	return told
}

// tellText tells of a text: intercepted, or by a record as the product's edition of
// 2019 has it (inferred for the present one).
func (p *Platform) tellText(c load.Call, d load.Decision) []load.Told {
	at := c.At.Add(setUp)
	var told load.Told
	if d.Verb == load.Connect && d.Intercept {
		told = entry(c, at, sim.SecretSmsIntercept, p.intercepted(c, d).Receipt())
	} else {
		told = entry(c, at, sim.SecretReport, p.text(c, d).Report())
	}
	told.Record = true
	return []load.Told{told}
}

// alone is a receipt that is pushed by itself.
func (p *Platform) alone(c load.Call, at time.Time, kind sim.Type, r sim.Receipt) load.Told {
	return load.Told{After: at.Sub(c.At), Message: p.Pack(string(kind), [][]byte{written(r)})}
}

// entry is a receipt that is pushed with others.
func entry(c load.Call, at time.Time, kind sim.Type, r sim.Receipt) load.Told {
	return load.Told{After: at.Sub(c.At), Batch: string(kind), Entry: written(r)}
}

// written writes plain values, which cannot fail.
func written(r sim.Receipt) []byte {
	text, _ := json.Marshal(r)
	return text
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
