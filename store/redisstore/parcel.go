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

// headLength is how many arguments go before those of the items.
const headLength = 5

// parcel is the part of a push that one partition stores.
type parcel struct {
	args    []any // of the script
	items   []parcelItem
	results string // a letter for each item
}

// parcelItem is an item in a parcel.
type parcelItem struct {
	index int // in the push
	sort  string
	key   itemKey
	past  past // what to remember of it; partition -1: nothing
}

func (p *parcel) add(index int, key itemKey, past past, sort string, args ...any) {
	p.items = append(p.items, parcelItem{index, sort, key, past})
	p.args = append(append(p.args, sort), args...)
}

// pack puts what an item reports into the parcel of its partition.
func (v *voyage) pack(i int, key itemKey, r call.Report) {
	switch {
	case r.Fault != "":
		v.packFault(i, r.Fault)
	case r.Record != nil:
		v.packRecord(i, key, r.Record)
	case r.Event != nil:
		v.packEvent(i, key, r.Event)
	case r.Status != nil:
		v.packStatus(i, r.Status)
	default:
		v.packFault(i, "nothing is reported")
	}
}

func (v *voyage) packRecord(i int, key itemKey, r *call.Record) {
	at := r.At()
	if at.IsZero() {
		at = v.delivery.At
	}
	raw := oneLine(v.delivery.Items[i])
	told := store.Pushed{First: v.delivery.At, Pushes: 1}
	document := store.AppendRecord(make([]byte, 0, len(raw)+1024), r, told, raw)
	stream := document
	if v.leanStream {
		stream = store.AppendRecord(make([]byte, 0, 1024), r, told, nil)
	}
	identity, joined := r.Identity(), call.CallFingerprint(r.Platform, r.CallID)
	partition := v.partitionOfCall(r.CallID, joined, identity)
	p, past := v.parcel(partition), pastOf(identity, r.Content(), partition)
	base := v.keys.partition(partition)
	calls, member := base.callOf(r.CallID, joined)
	p.add(i, key, past, "r", base.identity(past.at.bucket), past.at.member[:], past.content[:], calls, member,
		base.dialled(r.Platform, r.X), base.callers(r.Platform, r.Caller),
		inverted(at), base.slice(r.Platform, minuteOf(at)), r.ID,
		v.packer.pack(nil, sortRecord, document), stream)
}

func (v *voyage) packEvent(i int, key itemKey, e *call.Event) {
	raw := oneLine(v.delivery.Items[i])
	document := store.AppendEvent(make([]byte, 0, len(raw)+1024), e, store.Pushed{First: v.delivery.At, Pushes: 1}, raw)
	identity, joined := e.Identity(), call.CallFingerprint(e.Platform, e.CallID)
	partition := v.partitionOfCall(e.CallID, joined, identity)
	p, past := v.parcel(partition), pastOf(identity, e.Content(), partition)
	base := v.keys.partition(partition)
	calls, member := base.callOf(e.CallID, joined)
	p.add(i, key, past, "e", base.identity(past.at.bucket), past.at.member[:], past.content[:], calls, member,
		v.packer.pack(nil, sortEvent, document))
}

// Numbers and what is quarantined are few: they lie in the first partition.

func (v *voyage) packStatus(i int, n *call.NumberStatus) {
	ms := strconv.FormatInt(n.At.UnixMilli(), 10)
	value := strings.Join([]string{ms, n.Status, n.Cause, n.Text}, "\t")
	v.parcel(0).add(i, itemKey{}, past{partition: -1}, "s", string(n.Platform)+"\t"+n.Number.Full(), ms, value)
}

func (v *voyage) packFault(i int, reason string) {
	d := &v.delivery
	text := quarantined{Platform: d.Platform, Kind: d.Kind, Reason: reason, At: d.At.UnixMilli(), Raw: d.Items[i]}
	document, _ := json.Marshal(text) // strings and bytes always encode
	v.parcel(0).add(i, itemKey{}, past{partition: -1}, "q", quarantineID(d.Platform, d.Kind, d.Items[i]), inverted(d.At),
		v.packer.pack(nil, sortText, document))
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
