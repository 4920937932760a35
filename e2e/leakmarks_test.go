package e2e_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// How the names of some fields begin: nobody may be shown a secret; a name of a field
// or an id, and no number, may be told to whoever sent it, when nothing has that name.
const (
	secret = "secret: "
	name   = "name: "
)

// marks are values that occur nowhere else, each named after the field that it is sent
// in: one that turns up where it must not be says by itself what has leaked.
type marks struct {
	random *rand.Rand
	values map[string]string // by field
}

func newMarks() *marks {
	m := &marks{random: rand.New(rand.NewPCG(20240501, 7)), values: map[string]string{
		secret + "signing key": signingKey, secret + "receipt token": receiptToken, secret + "app secret": appSecret, secret + "API key": apiKey,
		secret + "API key for reading": readKey, secret + "access key": accessSecret, "app key": appKey, "access key": accessKey,
	}}
	return m
}

// number is a mobile number in the national form, which all other forms contain.
func (m *marks) number(field string) string {
	return m.value(field, func() string { return fmt.Sprintf("139%08d", m.random.IntN(1e8)) })
}

// x is a number for an X number.
func (m *marks) x(field string) string {
	return m.value(field, func() string { return fmt.Sprintf("170%08d", m.random.IntN(1e8)) })
}

// word is a text of letters.
func (m *marks) word(field string) string {
	return m.value(field, func() string {
		text := make([]byte, 14)
		for i := range text {
			text[i] = byte('a' + m.random.IntN(26))
		}
		return string(text)
	})
}

// session is a session id as real ones are, made of both parties' numbers.
func (m *marks) session(field string) string {
	return fmt.Sprintf("+86%s_+86%s_%s", m.number(field+": caller in it"), m.number(field+": callee in it"), m.word(field))
}

func (m *marks) value(field string, fresh func() string) string {
	if m.values[field] == "" {
		m.values[field] = fresh()
	}
	return m.values[field]
}

// in lists the fields whose names begin like this and whose values a text holds, in
// any spelling.
func (m *marks) in(text, begin string) (fields []string) {
	text = strings.ToLower(text)
	for field, value := range m.values {
		holds := func(spelling string) bool { return strings.Contains(text, strings.ToLower(spelling)) }
		if strings.HasPrefix(field, begin) && slices.ContainsFunc(spellings(value), holds) {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	return fields
}

// spellings are the forms in which a value may be written.
func spellings(value string) []string {
	return []string{
		value, url.QueryEscape(value), url.PathEscape(value), hex.EncodeToString([]byte(value)),
		strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(value)), "="),
	}
}

// TestMarksAreFound: in whatever spelling, and nothing else is.
func TestMarksAreFound(t *testing.T) {
	m := newMarks()
	number, session := m.number("caller"), m.session("session")
	for text, want := range map[string]int{
		"caller=+86" + number: 1, "0086" + number: 1, `{"x":"%2B86` + number + `"}`: 1, "called " + number[:5] + "****" + number[7:]: 0,
		url.QueryEscape(session): 3, hex.EncodeToString([]byte(signingKey)): 1, base64.StdEncoding.EncodeToString([]byte(appSecret)): 1, "": 0,
	} {
		if got := m.in(text, ""); len(got) != want {
			t.Errorf("%q: found %q, want %d", text, got, want)
		}
	}
	if got := m.in("caller=+86"+number+" "+signingKey, secret); len(got) != 1 {
		t.Errorf("found %q, which are to be secrets alone", got)
	}
}
