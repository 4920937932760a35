package aliyun

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"xmode/call"
	"xmode/platform"
	"xmode/signature"
)

// maxParams is how many parameters a query may have.
const maxParams = 64

// What is wrong with text that is no parameter.
const (
	faultEscape = "bad percent-encoding"
	faultUTF8   = "not UTF-8"
	faultNUL    = "NUL byte"
	faultName   = "parameter without a name"
)

// params are the parameters of one message, wherever they stood.
type params struct {
	list     []signature.Param
	repeated call.FieldErrors
}

// parse takes the parameters of the query string and of the body. It refuses
// what is malformed, in the order of the text; then what occurs twice.
func parse(m platform.Message) (params, error) {
	p := params{list: make([]signature.Param, 0, 16)}
	if len(m.RawQuery)+len(m.Body) > platform.MaxQuery {
		return p, queryTooLong()
	}
	if err := p.form("query string", m.RawQuery); err != nil {
		return p, err
	}
	if err := p.body(m.Header, m.Body); err != nil {
		return p, err
	}
	if p.repeated != nil {
		return p, invalid(p.repeated)
	}
	return p, nil
}

// body takes the parameters of the body; the type of an empty one says
// nothing.
func (p *params) body(header http.Header, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	text := string(body)
	// A charset is not looked at: senders write one by habit, and what is not
	// UTF-8 is refused as such.
	mediaType, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	mediaType = strings.TrimSpace(mediaType)
	switch {
	case equalFold(mediaType, "APPLICATION/X-WWW-FORM-URLENCODED"):
		return p.form("body", text)
	case equalFold(mediaType, "APPLICATION/JSON"):
		return p.json(text)
	case mediaType != "":
		return unsupportedType()
	case strings.HasPrefix(strings.TrimLeft(text, jsonSpace), "{"):
		return p.json(text)
	}
	return p.form("body", text)
}

// add takes one decoded parameter. It notes a repeated name and refuses a
// message that has too many parameters or any that is no text.
func (p *params) add(place, name, value string) error {
	if fault := faultOf(name, value); fault != "" {
		return malformed(place, fault)
	}
	if p.has(name) {
		p.repeat(name)
	}
	if len(p.list) == maxParams {
		return tooMany()
	}
	p.list = append(p.list, signature.Param{Name: name, Value: value})
	return nil
}

func faultOf(name, value string) string {
	switch {
	case name == "":
		return faultName
	case !utf8.ValidString(name) || !utf8.ValidString(value):
		return faultUTF8
	case strings.IndexByte(name, 0) >= 0 || strings.IndexByte(value, 0) >= 0:
		return faultNUL
	}
	return ""
}

// has reports whether the name occurred before. A few short names are compared
// faster than hashed.
func (p *params) has(name string) bool {
	for i := range p.list {
		if p.list[i].Name == name {
			return true
		}
	}
	return false
}

func (p *params) repeat(name string) {
	if !echoable(name) {
		name = "a parameter"
	}
	if p.repeated == nil {
		p.repeated = call.FieldErrors{}
	}
	p.repeated[name] = "repeated"
}

// get returns a parameter's value; one that is missing reads as empty, as the
// signature has it.
func (p *params) get(name string) string {
	for i := range p.list {
		if p.list[i].Name == name {
			return p.list[i].Value
		}
	}
	return ""
}

// takeSignature removes the signature, which is the only parameter that is not
// signed, and returns it.
func (p *params) takeSignature() string {
	for i := range p.list {
		if p.list[i].Name == paramSignature {
			value, last := p.list[i].Value, len(p.list)-1
			p.list[i] = p.list[last]
			p.list = p.list[:last]
			return value
		}
	}
	return ""
}
