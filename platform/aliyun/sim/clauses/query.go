package clauses

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"xmode/platform/aliyun/sim"
	"xmode/signature"
	"xmode/simulator/conform"
)

// query is the parameters of a query in the order in which they go out.
type query []signature.Param

// set returns the query with a parameter set to a value.
func (q query) set(name, value string) query {
	q = slices.Clone(q)
	for i := range q {
		if q[i].Name == name {
			q[i].Value = value
			return q
		}
	}
	return append(q, signature.Param{Name: name, Value: value})
}

// drop returns the query without a parameter.
func (q query) drop(name string) query {
	return slices.DeleteFunc(slices.Clone(q), func(p signature.Param) bool { return p.Name == name })
}

// get returns a parameter.
func (q query) get(name string) string {
	for _, p := range q {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// encode writes the query as a query string or form.
func (q query) encode() string {
	parts := make([]string, len(q))
	for i, p := range q {
		parts[i] = url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
	}
	return strings.Join(parts, "&")
}

// object writes the query as a flat JSON object.
func (q query) object() string {
	values := map[string]string{}
	for _, p := range q {
		values[p.Name] = p.Value
	}
	text, err := json.Marshal(values)
	if err != nil {
		return "{}" // strings cannot fail
	}
	return string(text)
}

// edit changes a query.
type edit func(query) query

func set(name, value string) edit { return func(q query) query { return q.set(name, value) } }
func drop(name string) edit       { return func(q query) query { return q.drop(name) } }

func (q query) edited(edits ...edit) query {
	for _, e := range edits {
		q = e(q)
	}
	return q
}

// query is a new query about a call, not signed yet. An empty extension is there,
// as in the documentation's example; callTime is Beijing time (inferred).
func (t *trial) query(x, caller string) query {
	now := t.c.Now()
	return query{
		{Name: "callNo", Value: caller}, {Name: "secretNo", Value: x}, {Name: "recordType", Value: "CAL"},
		{Name: "callTime", Value: now.In(beijing()).Format("20060102150405")}, {Name: "callId", Value: t.id()},
		{Name: "extension", Value: ""}, {Name: "format", Value: "JSON"}, {Name: "signatureMethod", Value: "HMAC-SHA1"},
		{Name: "signatureVersion", Value: "1.0"}, {Name: "signatureNonce", Value: sim.RandomNonce()},
		{Name: "timestamp", Value: now.UTC().Format("2006-01-02T15:04:05Z")},
	}
}

// any is a query that every endpoint answers, one way or the other.
func (t *trial) any() query { return t.query(t.anyX(), t.anyCaller()) }

// connecting is a query that has to be connected.
func (t *trial) connecting() query {
	return t.query(national(t.c.Facts.ConnectsX), national(t.c.Facts.ConnectsCaller))
}

// signatureOf signs a query.
func signatureOf(q query, key string, form signature.Form) string {
	signer, err := signature.NewSigner(key, form)
	if err != nil {
		return "" // Config.Check has tried it
	}
	return signer.Sign(slices.Clone(q))
}

// signed returns the query with its signature.
func (t *trial) signed(q query) query {
	return q.set("signature", signatureOf(q, t.c.Key, t.c.Form))
}

// via is how a query travels; the page does not say (inferred).
type via int

const (
	viaGET     via = iota // in the query string
	viaForm               // POST, form body
	viaJSON               // POST, flat JSON object
	viaURLPost            // POST without a body, parameters in the query string
	viaBoth               // POST, half of the parameters here and half there
)

// message writes a signed query as a request.
func (t *trial) message(what string, how via, q query) conform.Message {
	m := conform.Message{What: what, Method: http.MethodPost, URL: t.c.Query, Header: http.Header{}}
	switch how {
	case viaForm:
		m.Body = q.encode()
		m.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case viaJSON:
		m.Body = q.object()
		m.Header.Set("Content-Type", "application/json")
	case viaURLPost:
		m.URL += "?" + q.encode()
	case viaBoth:
		half := len(q) / 2
		m.URL += "?" + q[:half].encode()
		m.Body = q[half:].encode()
		m.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	default:
		m.Method = http.MethodGet
		m.URL += "?" + q.encode()
	}
	return m
}

// send signs a query and sends it.
func (t *trial) send(ctx context.Context, what string, how via, q query) conform.Exchange {
	return t.c.Sender.Send(ctx, t.message(what, how, t.signed(q)))
}
