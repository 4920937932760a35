package explain_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"hash"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/explain"
)

const key = "k9ZtPq2mXr7vW4bN"

// at is when the messages of these tests are received.
var at = time.Date(2026, 3, 4, 5, 6, 10, 0, time.UTC)

// maker makes a signed query by hand, knowing nothing of package signature.
// Every field is a way to do it wrong; the zero value of one is how it is done
// right.
type maker struct {
	key     string
	signed  map[string]string // signed in place of what is sent, by name; "-": not signed
	escape  func(string) string
	inner   int // names and values are encoded so often; -1: not
	outer   int // the whole; -1: not
	prefix  string
	order   []string // of names; empty: sorted
	empties bool
	hash    func() hash.Hash
	plain   bool
	write   func([]byte) string
	names   func(string) string
}

func formEscape(s string) string {
	return strings.NewReplacer("%2A", "*", "~", "%7E").Replace(url.QueryEscape(s))
}

func rfcEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func times(n int, s string, escape func(string) string) string {
	for range n + 1 {
		s = escape(s)
	}
	return s
}

// sign returns the signature of parameters.
func (m maker) sign(params map[string]string) string {
	if m.escape == nil {
		m.escape = formEscape
	}
	if m.key == "" {
		m.key = key
	}
	signed := maps.Clone(params)
	for name, value := range m.signed {
		signed[name] = value
		if value == "-" {
			delete(signed, name)
		}
	}
	order := m.order
	if order == nil {
		order = slices.Sorted(maps.Keys(signed))
	}
	var pairs []string
	for _, name := range order {
		if signed[name] == "" && !m.empties {
			continue
		}
		shown := name
		if m.names != nil {
			shown = m.names(name)
		}
		pairs = append(pairs, times(m.inner, shown, m.escape)+"="+times(m.inner, signed[name], m.escape))
	}
	text := m.prefix + times(m.outer, strings.Join(pairs, "&"), m.escape)
	if m.hash == nil {
		m.hash = sha1.New
	}
	h := m.hash()
	if m.plain {
		text = m.key + text
	} else {
		h = hmac.New(m.hash, []byte(m.key))
	}
	h.Write([]byte(text))
	if m.write == nil {
		m.write = base64.StdEncoding.EncodeToString
	}
	return m.write(h.Sum(nil))
}

// voice are the parameters of a query, some of which encoders tell apart.
func voice() map[string]string {
	return map[string]string{
		"callId": "112633^10 4922*~", "callNo": "13800000021", "secretNo": "17000000001", "extension": "",
		"recordType": "CAL", "callTime": "20260304130607", "format": "JSON", "signatureMethod": "HMAC-SHA1",
		"signatureVersion": "1.0", "signatureNonce": "0f3c1b9e-8d7a-4c52-9c1f-6f2e3d4c5b6a", "timestamp": "2026-03-04T05:06:07Z",
	}
}

// address writes parameters and a signature as a URL, the parameters backwards
// so that their order is not the sorted one.
func address(params map[string]string, name, signature string) string {
	names := slices.Sorted(maps.Keys(params))
	slices.Reverse(names)
	var b strings.Builder
	b.WriteString("https://endpoint.example/aliyun/call-control?")
	for _, n := range names {
		fmt.Fprintf(&b, "%s=%s&", n, rfcEscape(params[n]))
	}
	return b.String() + name + "=" + url.QueryEscape(signature)
}

// question asks about a URL.
func question(address string) explain.Question {
	return explain.Question{Message: explain.Message{URL: address, Header: http.Header{}}, Keys: []string{key}, At: at}
}

// answered asks and fails for an error, and for a key in the answer.
func answered(t *testing.T, ask func(explain.Question) (explain.Report, error), q explain.Question) explain.Report {
	t.Helper()
	rep, err := ask(q)
	if err != nil {
		t.Fatal(err)
	}
	holdsNoKey(t, rep, q.Keys)
	return rep
}

func holdsNoKey(t *testing.T, rep explain.Report, keys []string) {
	t.Helper()
	for _, k := range keys {
		if text := fmt.Sprintf("%+v", rep); strings.Contains(text, k) {
			t.Errorf("the key is in %s", text)
		}
	}
}

// is asserts the finding: the codes of the mistakes, none for a right one.
func is(t *testing.T, rep explain.Report, codes ...string) {
	t.Helper()
	var got []string
	for _, m := range rep.Mistakes {
		got = append(got, m.Code)
	}
	if !slices.Equal(got, codes) || rep.OK != (len(codes) == 0) {
		t.Errorf("ok %v, mistakes %v, want %v: %s", rep.OK, got, codes, rep.Conclusion)
	}
}
