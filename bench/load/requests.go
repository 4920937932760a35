package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"xmode/bench/internal/lab"
)

// Stand-ins in the templates, of the length of what replaces them and alike in
// every encoding.
var (
	anyNonce  = strings.Repeat("n", 32)
	anyCallID = strings.Repeat("i", 32)
	anyCaller = strings.Repeat("c", 11)
	anyX      = strings.Repeat("x", 11)
)

// requests makes signed queries cheaply: the text to be signed and the request
// are templates of fixed length, in which four values change, so that what the
// generator costs hardly shows beside what the endpoint costs.
type requests struct {
	mac     hash.Hash
	signed  template
	query   template
	head    []byte // before the query
	tail    []byte // behind the signature
	buffer  []byte
	counter uint64
	run     uint64
}

func newRequests(host string, nth int) *requests {
	parameters := url.Values{
		"callId": {anyCallID}, "callNo": {anyCaller}, "secretNo": {anyX}, "recordType": {"CAL"},
		"callTime": {"20260101120000"}, "format": {"JSON"}, "signatureMethod": {"HMAC-SHA1"},
		"signatureNonce": {anyNonce}, "signatureVersion": {"1.0"},
		"timestamp": {time.Now().UTC().Format("2006-01-02T15:04:05Z")},
	}
	query := parameters.Encode() // sorted, and encoded as the platform does it
	return &requests{
		mac:    hmac.New(sha1.New, []byte(lab.Key)),
		signed: newTemplate(url.QueryEscape(query)),
		query:  newTemplate(query),
		head:   []byte("GET /aliyun/call-control?"),
		tail:   []byte(" HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: load\r\n\r\n"),
		run:    rand.Uint64(),
		// Connections count in ranges of their own.
		counter: uint64(nth) << 40,
	}
}

// next is the request for a pair, valid until the following call.
func (r *requests) next(p lab.Pair) []byte {
	r.counter++
	var id [16]byte
	for i := range 8 {
		id[i], id[8+i] = byte(r.run>>(8*i)), byte(r.counter>>(8*i))
	}
	var text [32]byte
	hex.Encode(text[:], id[:])
	r.signed.fill(text[:], p)
	r.query.fill(text[:], p)

	r.mac.Reset()
	r.mac.Write(r.signed.text)
	var sum [sha1.Size]byte
	r.buffer = append(append(r.buffer[:0], r.head...), r.query.text...)
	r.buffer = append(r.buffer, "&signature="...)
	r.buffer = append(r.buffer, url.QueryEscape(base64.StdEncoding.EncodeToString(r.mac.Sum(sum[:0])))...)
	r.buffer = append(r.buffer, r.tail...)
	return r.buffer
}

// template is a text with places for the values that change.
type template struct {
	text                     []byte
	nonce, callID, caller, x []byte
}

func newTemplate(text string) template {
	b := []byte(text)
	place := func(standIn string) []byte {
		at := bytes.Index(b, []byte(standIn))
		return b[at : at+len(standIn)]
	}
	return template{text: b, nonce: place(anyNonce), callID: place(anyCallID), caller: place(anyCaller), x: place(anyX)}
}

func (t template) fill(id []byte, p lab.Pair) {
	copy(t.nonce, id)
	copy(t.callID, id)
	copy(t.caller, p.Peer)
	copy(t.x, p.X)
}
