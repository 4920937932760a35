package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"xmode/bench/internal/lab"
)

// Stand-ins in the head of a request, of the length of what replaces them.
var (
	anyDigest  = strings.Repeat("d", base64.StdEncoding.EncodedLen(sha256.Size))
	anyNonce   = strings.Repeat("n", 32)
	anyCreated = strings.Repeat("c", len(createdLayout))
)

const createdLayout = "2006-01-02T15:04:05Z"

// push makes signed batches cheaply: one request in which digits change, so
// that what the generator costs hardly shows beside what the endpoint costs.
type push struct {
	mac     hash.Hash
	request []byte
	digest  []byte // parts of request, as are nonce and created
	nonce   []byte
	created []byte
	form    template
	records [][]byte // parts of request, too
	source  *source
	numbers []uint64 // of the records in request
	fresh   []uint64 // those of them that are new
}

func newPush(host string, batch int, s *source) *push {
	form := newTemplate()
	body := `{"eventType":"fee","feeLst":[` + strings.Join(slices.Repeat([]string{form.text}, batch), ",") + `]}`
	head := "POST /huawei/cdrs HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: push\r\n" +
		"Content-Type: application/json;charset=UTF-8\r\n" +
		`Authorization: AKSK realm="SDP",profile="UsernameToken",type="Appkey"` + "\r\n" +
		`X-AKSK: UsernameToken Username="` + lab.AppKey + `", PasswordDigest="` + anyDigest +
		`", Nonce="` + anyNonce + `", Created="` + anyCreated + `"` + "\r\n" +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	p := &push{
		mac:     hmac.New(sha256.New, []byte(lab.AppSecret)),
		request: []byte(head + body),
		form:    form, source: s, numbers: make([]uint64, batch),
	}
	p.digest, p.nonce, p.created = place(p.request, anyDigest), place(p.request, anyNonce), place(p.request, anyCreated)
	at := len(head) + strings.Index(body, "[") + 1
	for range batch {
		p.records = append(p.records, p.request[at:at+len(form.text)])
		at += len(form.text) + 1
	}
	return p
}

// next is a batch with so many duplicates, signed just now; valid until the
// following call.
func (p *push) next(duplicates int) []byte {
	p.fresh = p.source.fill(p.numbers, duplicates)
	for i, at := range rand.Perm(len(p.records)) {
		p.form.write(p.records[at], p.source.at(p.numbers[i]))
	}
	p.sign(time.Now())
	return p.request
}

// acknowledged says that the batch arrived.
func (p *push) acknowledged() { p.source.acknowledge(p.fresh) }

func (p *push) sign(now time.Time) {
	var id [16]byte
	binary.NativeEndian.PutUint64(id[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(id[8:], rand.Uint64())
	hex.Encode(p.nonce, id[:])
	now.UTC().AppendFormat(p.created[:0], createdLayout)
	p.mac.Reset()
	p.mac.Write(p.nonce)
	p.mac.Write(p.created)
	var sum [sha256.Size]byte
	base64.StdEncoding.Encode(p.digest, p.mac.Sum(sum[:0]))
}

// place is where a stand-in lies in a text; it occurs once.
func place(text []byte, standIn string) []byte {
	at := bytes.Index(text, []byte(standIn))
	return text[at : at+len(standIn)]
}
