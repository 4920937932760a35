package aliyun

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"xmode/platform"
	"xmode/signature"
)

// Settings are the operator's choices for this platform.
type Settings struct {
	Keys            platform.Secret `kong:"-" secret:"XMODE_ALIYUN_KEYS" entry:"secret" help:"Signing keys of Alibaba Cloud, 1 to 4 separated by commas, any of which may match, so that they can rotate. Without them the platform has no paths."`
	Receipts        platform.Secret `kong:"-" secret:"XMODE_ALIYUN_RECEIPT_TOKEN" entry:"secret" help:"Secret path segments of the receipts' addresses, which the platform does not sign: 1 to 8 separated by commas, each of at least 16 letters, digits, -, ., _ or ~. Without them the receipt paths do not exist."`
	AccessKeyID     platform.Secret `kong:"-" secret:"XMODE_ALIYUN_ACCESS_KEY_ID" help:"Access key of Alibaba Cloud by which recordings are asked for; a RAM user that may call QueryRecordFileDownloadUrl suffices. Without it recordings are fetched only where the call record tells their address."`
	AccessKeySecret platform.Secret `kong:"-" secret:"XMODE_ALIYUN_ACCESS_KEY_SECRET" entry:"secret" help:"Secret of that access key."`
	API             string          `name:"aliyun-api" default:"https://dyplsapi.aliyuncs.com" help:"Address of Alibaba Cloud's API, where recordings are asked for."`
	PoolKey         string          `name:"aliyun-pool-key" placeholder:"KEY" help:"Number pool by which a recording is asked for where a receipt names none."`
	RecordingDelay  time.Duration   `name:"aliyun-recording-delay" default:"15m" validate:"min=0s,max=24h" help:"How long after the end of a call its recording is asked for first, 0s to 24h: the file appears some 15 to 20 minutes after it."`
	Signature       string          `name:"aliyun-signature" default:"any" validate:"oneof=any form form& rfc3986 rfc3986&" help:"Signature form that is accepted: form, form&, rfc3986 or rfc3986& (the encoder, and whether & follows the key), or any of them."`
	Model           string          `name:"aliyun-model" default:"object" validate:"oneof=object string" help:"Form of model in the answer: object, or string for JSON in a string."`
	Fields          string          `name:"aliyun-fields" placeholder:"NAME=NAME,…" help:"Renames fields of the answer, or leaves them out (-): calledNo=calleeNumber,outId=-."`
	IVRCode         string          `name:"aliyun-ivr-code" placeholder:"CODE" help:"Prompt code that is played when an extension is asked for."`
	RejectCode      string          `name:"aliyun-reject-code" placeholder:"CODE" help:"Prompt code that is sent with a reject."`
}

var _ platform.Settings = (*Settings)(nil)

// The settings as faults name them.
const (
	settingKeys         = "aliyun-keys"
	settingReceiptToken = "aliyun-receipt-token"
	settingAccessKey    = "aliyun-access-key-id"
	settingAccessSecret = "aliyun-access-key-secret"
	settingAPI          = "aliyun-api"
	settingPoolKey      = "aliyun-pool-key"
	settingSignature    = "aliyun-signature"
	settingModel        = "aliyun-model"
	settingFields       = "aliyun-fields"
	settingIVRCode      = "aliyun-ivr-code"
	settingRejectCode   = "aliyun-reject-code"
	settingSkew         = "clock-skew"
)

// Faults of settings; a [call.FieldErrors] holds their texts.
var (
	errSignature = errors.New("must be any, form, form&, rfc3986 or rfc3986&")
	errModel     = errors.New("must be object or string")
	errCode      = errors.New("must be at most 256 printable ASCII characters")
	errSkew      = errors.New("must be more than 0")
	errHalf      = errors.New("not set, but the other half of the access key is")
)

// Adapter returns the [Adapter], or nil without keys. An empty setting has its
// default. The error is [call.FieldErrors] with all faults, and holds no key.
func (s *Settings) Adapter(shared platform.Shared) (platform.Adapter, error) {
	var faults faults
	a := &Adapter{
		form:    faults.form(s.Signature),
		window:  faults.window(shared.ClockSkew),
		answers: faults.encoder(s),
		poolKey: faults.code(settingPoolKey, s.PoolKey),
		api:     faults.apiAddress(s.API),
		delay:   s.RecordingDelay,
	}
	faults.accessKey(a, s)
	if s.Keys.IsSet() {
		faults.note(settingKeys, a.verifyWith(s.Keys))
	}
	if s.Receipts.IsSet() {
		faults.note(settingReceiptToken, a.admitWith(s.Receipts))
	}
	if err := faults.err(); err != nil || !s.Keys.IsSet() {
		return nil, err
	}
	return a, nil
}

// defaultAPI is the platform's endpoint in all regions.
const defaultAPI = "https://dyplsapi.aliyuncs.com"

// apiAddress reads the address of the API.
func (f *faults) apiAddress(text string) string {
	text = strings.TrimSuffix(cmp.Or(text, defaultAPI), "/")
	f.note(settingAPI, platform.CheckAPI(text))
	return text
}

// accessKey puts the access key in force, of which both halves are needed.
func (f *faults) accessKey(a *Adapter, s *Settings) {
	a.accessKeyID.Store(&s.AccessKeyID)
	a.accessKeySecret.Store(&s.AccessKeySecret)
	switch {
	case s.AccessKeyID.IsSet() == s.AccessKeySecret.IsSet():
	case s.AccessKeyID.IsSet():
		f.note(settingAccessSecret, errHalf)
	default:
		f.note(settingAccessKey, errHalf)
	}
}

// form reads the pinned signature form; none if any is accepted.
func (f *faults) form(text string) signature.Form {
	if text == "" || text == "any" {
		return ""
	}
	form, err := signature.ParseForm(text)
	if err != nil {
		f.note(settingSignature, errSignature)
	}
	return form
}

// window is what the clock skew leaves open.
func (f *faults) window(skew time.Duration) signature.Window {
	if skew <= 0 {
		f.note(settingSkew, errSkew)
	}
	return signature.Skew(skew)
}

// encoder makes the encoder of answers.
func (f *faults) encoder(s *Settings) encoder {
	switch s.Model {
	case "", "object", "string":
	default:
		f.note(settingModel, errModel)
	}
	renames, err := parseRenames(s.Fields)
	f.note(settingFields, err)
	keys, err := fieldKeys(renames)
	f.note(settingFields, err)
	return encoder{
		keys: keys, asString: s.Model == "string",
		ivrCode: f.code(settingIVRCode, s.IVRCode), rejectCode: f.code(settingRejectCode, s.RejectCode),
	}
}

// code reads a prompt code, which has to be fit to be sent as it is.
func (f *faults) code(setting, text string) string {
	unfit := func(r rune) bool { return r < ' ' || r > '~' }
	if len(text) > 256 || strings.ContainsFunc(text, unfit) {
		f.note(setting, errCode)
	}
	return text
}
