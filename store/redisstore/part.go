package redisstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xmode/call"
	"xmode/store"
)

// part is what one script stores of a push, in one partition.
type part struct {
	chunks  chunks
	args    []any // of the items
	items   []partItem
	results string // a letter for each item
	named   []byte // what the items say of recordings
}

// partItem is an item of it.
type partItem struct {
	index int // in the push
	sort  string
	key   itemKey
	past  past // what to remember of it; partition -1: nothing
}

func (p *part) add(index int, key itemKey, past past, sort string, args ...any) {
	p.items = append(p.items, partItem{index, sort, key, past})
	p.args = append(append(p.args, sort), args...)
}

// pack puts what an item reports into a part of its partition.
func (v *depositing) pack(i int, key itemKey, r call.Report) {
	switch {
	case r.Fault != "":
		v.packFault(i, key, r.Fault)
	case r.Record != nil:
		v.packRecord(i, key, r.Record).name(r.Recording, v.delivery.At)
	case r.Event != nil:
		v.packEvent(i, key, r.Event).name(r.Recording, v.delivery.At)
	case r.Status != nil:
		v.packStatus(i, r.Status)
	default:
		v.packFault(i, key, "nothing is reported")
	}
}

func (v *depositing) packRecord(i int, key itemKey, r *call.Record) *part {
	at := r.At()
	if at.IsZero() {
		at = v.delivery.At
	}
	identity, inCall := r.Identity(), call.CallFingerprint(r.Platform, r.CallID)
	partition := v.partitionOfCall(r.CallID, inCall, identity)
	p, base, past := v.partFor(partition), v.keys.partition(partition), pastOf(identity, r.Content(), partition)
	raw, told := oneLine(v.delivery.Items[i]), store.Pushed{First: v.delivery.At, Pushes: 1}
	chunk, position, document := p.chunks.add(sortRecord, func(dst []byte) []byte { return store.AppendRecord(dst, r, told, raw) })
	if v.leanStream {
		document = store.AppendRecord(make([]byte, 0, 1024), r, told, nil)
	}
	callers, caller := base.callerOf(r.Platform, r.Caller)
	name, within := minuteOf(at)
	p.add(i, key, past, "r", past.identity[:], past.content[:], chunk, position, joined(r.CallID, inCall),
		base.dialled(r.Platform, r.X), callers, caller, inverted(at), string(r.Platform), name, within, r.ID, document)
	return p
}

func (v *depositing) packEvent(i int, key itemKey, e *call.Event) *part {
	identity, inCall := e.Identity(), call.CallFingerprint(e.Platform, e.CallID)
	partition := v.partitionOfCall(e.CallID, inCall, identity)
	p, past := v.partFor(partition), pastOf(identity, e.Content(), partition)
	raw, told := oneLine(v.delivery.Items[i]), store.Pushed{First: v.delivery.At, Pushes: 1}
	chunk, position, _ := p.chunks.add(sortEvent, func(dst []byte) []byte { return store.AppendEvent(dst, e, told, raw) })
	p.add(i, key, past, "e", past.identity[:], past.content[:], chunk, position, joined(e.CallID, inCall))
	return p
}

// name adds the recording that an item speaks of, as file.lua reads it: to file it
// at once would cost a push half as much again.
func (p *part) name(r *call.Recording, at time.Time) {
	if r == nil {
		return
	}
	due := at
	if !r.EndedAt.IsZero() { // which is no later than what tells of it, whatever a clock elsewhere says
		due = earlier(r.EndedAt, at).Add(r.Delay)
	}
	if len(p.named) == 0 {
		p.named = append(append(p.named, r.Platform...), '\n')
		p.named = append(strconv.AppendInt(p.named, at.UnixMilli(), 10), '\n')
	}
	p.named = append(append(p.named, r.ID...), '\n')
	p.named = append(strconv.AppendInt(p.named, due.UnixMilli(), 10), '\n')
	p.named = append(appendFresh(p.named, at, due), '\n')
	p.named = append(appendName(p.named, r), '\n')
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Numbers and what is quarantined are few: they lie in the first partition.

func (v *depositing) packStatus(i int, n *call.NumberStatus) {
	ms := strconv.FormatInt(clamped(n.At), 10)
	value := strings.Join([]string{ms, n.Status, n.Cause, n.Text}, "\t")
	v.partFor(0).add(i, itemKey{}, past{partition: -1}, "s", string(n.Platform)+"\t"+n.Number.Full(), ms, value)
}

func (v *depositing) packFault(i int, key itemKey, reason string) {
	d := &v.delivery
	v.aside(key)
	text := quarantined{Platform: d.Platform, Kind: d.Kind, Reason: reason, At: d.At.UnixMilli(), Raw: d.Items[i]}
	document, _ := json.Marshal(text) // strings and bytes always encode
	v.partFor(0).add(i, key, past{quarantined: true}, "q",
		quarantineID(d.Platform, d.Kind, d.Items[i]), inverted(d.At), v.packer.pack(document))
}

// quarantined is how a text is kept that could not be understood.
type quarantined struct {
	Platform call.Platform `json:"p"`
	Kind     string        `json:"k"`
	Reason   string        `json:"r"`
	At       int64         `json:"a"` // ms
	Raw      []byte        `json:"t"`
}

// quarantineID is the same for the same text, which is kept once.
func quarantineID(p call.Platform, kind string, text []byte) string {
	h := sha256.New()
	h.Write([]byte(string(p) + "\x00" + kind + "\x00"))
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// oneLine makes valid JSON fit into a line of a stream: line feeds are white
// space there, since strings escape them.
func oneLine(raw []byte) []byte {
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	var out bytes.Buffer
	if !utf8.Valid(raw) || json.Compact(&out, raw) != nil {
		return []byte("null") // an adapter passes valid JSON only
	}
	return out.Bytes()
}

// instantMS is an instant as it stands in values.
func instantMS(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
