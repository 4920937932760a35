package sim

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"xmode/signature"
)

// Kind is the recordType of a query.
type Kind string

// The kinds of queries. The sibling spelling of a call is "CALL".
const (
	Voice Kind = "CAL"
	SMS   Kind = "SMS"
)

// Query is somebody dialling or texting an X number. Everything goes onto the
// wire as it stands here, so that tests can send nonsense.
type Query struct {
	// Caller is callNo, in the national form; empty: withheld.
	Caller string
	// X is secretNo.
	X string
	// Extension is what the caller typed; empty: nothing.
	Extension string
	// Kind is recordType; empty: Voice.
	Kind Kind
	// CallID is callId.
	CallID string
	// At is when it was dialled, callTime; zero: when the query is signed.
	At time.Time
}

// params returns the parameters of the query, unsigned. callTime is Beijing
// time (inferred), timestamp UTC.
func params(q Query, at time.Time, nonce string) []signature.Param {
	dialled := q.At
	if dialled.IsZero() {
		dialled = at
	}
	kind := q.Kind
	if kind == "" {
		kind = Voice
	}
	return append(make([]signature.Param, 0, 12), // room for the signature
		signature.Param{Name: "callId", Value: q.CallID},
		signature.Param{Name: "callNo", Value: q.Caller},
		signature.Param{Name: "callTime", Value: dialled.In(beijing()).Format("20060102150405")},
		signature.Param{Name: "extension", Value: q.Extension},
		signature.Param{Name: "format", Value: "JSON"},
		signature.Param{Name: "recordType", Value: string(kind)},
		signature.Param{Name: "secretNo", Value: q.X},
		signature.Param{Name: "signatureMethod", Value: "HMAC-SHA1"},
		signature.Param{Name: "signatureNonce", Value: nonce},
		signature.Param{Name: "signatureVersion", Value: "1.0"},
		signature.Param{Name: "timestamp", Value: at.UTC().Format("2006-01-02T15:04:05Z")},
	)
}

// signed returns the parameters with the signature last, not yet encoded for
// the wire.
func (c *Client) signed(q Query, at time.Time, nonce string) []signature.Param {
	params := params(q, at, nonce)
	return append(params, signature.Param{Name: "signature", Value: c.signer.Sign(params)})
}

// Sign returns the signed parameters of a query without sending them. Each
// call takes a new nonce.
func (c *Client) Sign(q Query) url.Values {
	values := make(url.Values, 12)
	for _, p := range c.signed(q, c.now(), c.nonce()) {
		values.Set(p.Name, p.Value)
	}
	return values
}

// formText writes parameters as a query string or form body.
func formText(params []signature.Param) string {
	text := make([]byte, 0, 512)
	for i, p := range params {
		if i > 0 {
			text = append(text, '&')
		}
		text = append(text, p.Name...) // letters only
		text = append(text, '=')
		text = append(text, url.QueryEscape(p.Value)...)
	}
	return string(text)
}

// jsonText writes parameters as a flat JSON object.
func jsonText(params []signature.Param) (string, error) {
	object := make(map[string]string, len(params))
	for _, p := range params {
		object[p.Name] = p.Value
	}
	text, err := json.Marshal(object)
	return string(text), err
}

func beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// RandomNonce returns a random UUID, which the platform's page suggests.
func RandomNonce() string {
	var b [16]byte
	rand.Read(b[:]) // never returns an error
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
