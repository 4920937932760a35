package explain

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"xmode/signature"
)

// Limits of what carries parameters, those of an endpoint.
const (
	maxParams    = 64
	maxParamText = 16 << 10
)

// The places where parameters stand.
const (
	inQuery  = "query string"
	inBody   = "body"
	inHeader = "header"
)

// Errors for messages whose parameters cannot be read.
var (
	// ErrURL: the text is no address.
	ErrURL = errors.New("the URL cannot be read: it should look like https://host/path?name=value&…")
	// ErrParams: there is none.
	ErrParams = errors.New("the message has no parameters: neither in the URL behind a ? nor in the body")
	// ErrTooMany: more than any query has.
	ErrTooMany = errors.New("the message has more than 64 parameters or 16 KiB of them: no query has")
)

// ParamError is a parameter that cannot be read.
type ParamError struct {
	// In is where it stands.
	In string
	// Name of the parameter, or a part of the text; empty: none in particular.
	Name string
	// Fault says what is wrong.
	Fault string
}

// Error names place, parameter and fault.
func (e *ParamError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("the %s %s", e.In, e.Fault)
	}
	return fmt.Sprintf("the %s: parameter %q %s", e.In, e.Name, e.Fault)
}

// readParams takes the parameters of URL and body, in the order in which they
// came.
func readParams(m Message) ([]Field, error) {
	query, err := rawQuery(m.URL)
	if err != nil {
		return nil, err
	}
	if len(query)+len(m.Body) > maxParamText {
		return nil, ErrTooMany
	}
	var list paramList
	if err := list.form(inQuery, query); err != nil {
		return nil, err
	}
	body := strings.TrimSpace(strings.TrimPrefix(string(m.Body), byteOrderMark))
	if strings.HasPrefix(body, "{") {
		err = list.json(body)
	} else {
		err = list.form(inBody, body)
	}
	if err == nil && len(list.fields) == 0 {
		err = ErrParams
	}
	return list.fields, err
}

// rawQuery cuts the query string out of an address. What a browser would make
// of the rest does not matter here.
func rawQuery(address string) (string, error) {
	address = strings.TrimSpace(address)
	if address == "" {
		return "", nil
	}
	address, _, _ = strings.Cut(address, "#")
	before, query, has := strings.Cut(address, "?")
	if !has && strings.Contains(before, "=") && !strings.Contains(before, "/") {
		return before, nil // the query string alone
	}
	if strings.ContainsAny(address, " \t\r\n") {
		return "", &ParamError{In: "URL", Fault: "has white space in it: was it broken over lines?"}
	}
	u, err := url.Parse(before)
	if err != nil || !has && u.Host == "" && !strings.HasPrefix(before, "/") {
		return "", ErrURL
	}
	return query, nil
}

type paramList struct{ fields []Field }

func (l *paramList) form(place, text string) error {
	if text == "" {
		return nil
	}
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		plainName, nameErr := url.QueryUnescape(name)
		plain, err := url.QueryUnescape(value)
		if nameErr != nil || err != nil {
			return &ParamError{place, clip(name), "has a % that begins no percent-encoding"}
		}
		if err := l.add(place, plainName, plain); err != nil {
			return err
		}
	}
	return nil
}

// json takes a flat object.
func (l *paramList) json(text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return &ParamError{In: inBody, Fault: "begins like JSON and is none"}
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return &ParamError{In: inBody, Fault: "begins like JSON and is none"}
		}
		value, err := d.Token()
		if err != nil {
			return &ParamError{In: inBody, Fault: "begins like JSON and is none"}
		}
		if _, nested := value.(json.Delim); nested {
			return &ParamError{inBody, clip(fmt.Sprint(name)), "holds an object or a list: a query is flat"}
		}
		if value == nil {
			value = ""
		}
		if err := l.add(inBody, fmt.Sprint(name), fmt.Sprint(value)); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return &ParamError{In: inBody, Fault: "begins like JSON and breaks off"}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return &ParamError{In: inBody, Fault: "has something behind the JSON object"}
	}
	return nil
}

func (l *paramList) add(place, name, value string) error {
	for _, f := range l.fields {
		if f.Name == name {
			return &ParamError{place, clip(name), "occurs twice: nobody can say which one was signed"}
		}
	}
	switch {
	case name == "":
		return &ParamError{In: place, Fault: "has a parameter without a name"}
	case !utf8.ValidString(name) || !utf8.ValidString(value):
		return &ParamError{place, clip(name), "is not UTF-8"}
	case strings.ContainsRune(name+value, 0):
		return &ParamError{place, clip(name), "holds a NUL byte"}
	case len(l.fields) == maxParams:
		return ErrTooMany
	}
	l.fields = append(l.fields, Field{name, value, place})
	return nil
}

// clip shortens a name for a sentence.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// take removes the field of a name, in its own spelling or, failing that, in
// any case of letters.
func take(fields []Field, name string) (rest []Field, taken Field, exact bool) {
	at := -1
	for i, f := range fields {
		if f.Name == name {
			at, exact = i, true
			break
		}
		if at < 0 && strings.EqualFold(f.Name, name) {
			at = i
		}
	}
	if at < 0 {
		return fields, Field{}, false
	}
	rest = append(rest, fields[:at]...)
	return append(rest, fields[at+1:]...), fields[at], exact
}

// paramsOf drops the places.
func paramsOf(fields []Field) []signature.Param {
	params := make([]signature.Param, 0, len(fields))
	for _, f := range fields {
		params = append(params, signature.Param{Name: f.Name, Value: f.Value})
	}
	return params
}
