package server

import (
	"errors"
	"strings"

	"xmode/call"
	"xmode/platform"
	"xmode/platform/aliyun"
)

// aliyunSettings are those of Alibaba Cloud PNP.
type aliyunSettings struct {
	Keys       Secret `kong:"-" secret:"XMODE_ALIYUN_KEYS" help:"Signing keys of Alibaba Cloud, 1 to 4 separated by commas, any of which may match, so that they can rotate. Without them the platform has no paths."`
	Signature  string `name:"aliyun-signature" default:"any" validate:"oneof=any form form& rfc3986 rfc3986&" help:"Signature form that is accepted: form, form&, rfc3986 or rfc3986& (the encoder, and whether & follows the key), or any of them."`
	Model      string `name:"aliyun-model" default:"object" validate:"oneof=object string" help:"Form of model in the answer: object, or string for JSON in a string."`
	Fields     string `name:"aliyun-fields" placeholder:"NAME=NAME,…" help:"Renames fields of the answer, or leaves them out (-): calledNo=calleeNumber,outId=-."`
	IVRCode    string `name:"aliyun-ivr-code" placeholder:"CODE" help:"Prompt code that is played when an extension is asked for."`
	RejectCode string `name:"aliyun-reject-code" placeholder:"CODE" help:"Prompt code that is sent with a reject."`
}

// platform names the platform.
func (a *aliyunSettings) platform() call.Platform { return aliyun.Name }

// adapter makes the adapter, whose keys rotate.
func (a *aliyunSettings) adapter(s *Settings) (platform.Adapter, []rotation, error) {
	fields, fieldsErr := renames(a.Fields)
	if fieldsErr != nil {
		fieldsErr = call.FieldErrors{"fields": fieldsErr.Error()}
	}
	if !a.Keys.IsSet() {
		return nil, nil, fieldsErr
	}
	adapter, err := aliyun.New(aliyun.Settings{
		Keys: strings.Split(a.Keys.Reveal(), ","), Signature: a.Signature, ClockSkew: s.ClockSkew,
		Model: a.Model, Fields: fields, IVRCode: a.IVRCode, RejectCode: a.RejectCode,
	})
	if err := errors.Join(fieldsErr, err); err != nil {
		return nil, nil, err
	}
	rotate := func(text string) error { return adapter.SetKeys(strings.Split(text, ",")) }
	return adapter, []rotation{{"XMODE_ALIYUN_KEYS", a.Keys, rotate}}, nil
}

// Faults of a list of renames.
var (
	errNoRename   = errors.New("not of the form NAME=NAME,NAME=-")
	errNamedTwice = errors.New("names a field twice")
)

// renames reads "old=new,old=-"; nothing renames nothing.
func renames(text string) (map[string]string, error) {
	if text == "" {
		return nil, nil
	}
	read := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		from, to, ok := strings.Cut(pair, "=")
		if !ok || from == "" || to == "" {
			return nil, errNoRename
		}
		if _, twice := read[from]; twice {
			return nil, errNamedTwice
		}
		read[from] = to
	}
	return read, nil
}
