package huawei

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/signature"
)

// Settings are the operator's choices for this platform.
type Settings struct {
	Apps       platform.Secret `kong:"-" secret:"XMODE_HUAWEI_APPS" entry:"appkey:secret" help:"Apps of Huawei Cloud, appkey:secret,appkey:secret. Without them the platform has no paths."`
	API        string          `name:"huawei-api" default:"https://rtcpns.cn-north-1.myhuaweicloud.com" help:"Address of Huawei Cloud's API, where recordings are asked for, signed as the apps above."`
	Info       string          `name:"huawei-info" default:"object" validate:"oneof=object array" help:"Form of connectInfo and closeInfo in the answer: object, or array for a list that holds the one object."`
	RecordHint string          `name:"huawei-record-hint" placeholder:"FILE" help:"Voice file that tells the parties of a recording (recordHintTone), where the binding has none."`
	CloseHint  string          `name:"huawei-close-hint" placeholder:"FILE" help:"Voice file that is played when a call is refused (closeHintTone), where the binding has none."`
}

var _ platform.Settings = (*Settings)(nil)

// defaultAPI is the platform's current access address.
const defaultAPI = "https://rtcpns.cn-north-1.myhuaweicloud.com"

// The settings as faults name them.
const (
	settingApps       = "huawei-apps"
	settingAPI        = "huawei-api"
	settingInfo       = "huawei-info"
	settingRecordHint = "huawei-record-hint"
	settingCloseHint  = "huawei-close-hint"
	settingSkew       = "clock-skew"
	settingWindow     = "push-window"
)

// Faults of settings; a [call.FieldErrors] holds their texts.
var (
	errInfo   = errors.New("must be object or array")
	errFile   = errors.New("must be at most 128 printable ASCII characters")
	errLength = errors.New("must be more than 0")
)

// Adapter returns the [Adapter], or nil without apps. An empty setting has its
// default. The error is [call.FieldErrors] with all faults, and holds no secret.
func (s *Settings) Adapter(shared platform.Shared) (platform.Adapter, error) {
	faults := call.FieldErrors{}
	a := &Adapter{
		questions: signature.Skew(shared.ClockSkew),
		pushes:    signature.Window{Behind: shared.PushWindow, Ahead: shared.ClockSkew},
		api:       strings.TrimSuffix(cmp.Or(s.API, defaultAPI), "/"),
		answers:   encoder{asArray: s.Info == "array", recordHint: s.RecordHint, closeHint: s.CloseHint},
	}
	note(faults, settingAPI, platform.ErrAPI, platform.CheckAPI(a.api) != nil)
	note(faults, settingInfo, errInfo, s.Info != "" && s.Info != "object" && s.Info != "array")
	note(faults, settingRecordHint, errFile, !voiceFile(s.RecordHint))
	note(faults, settingCloseHint, errFile, !voiceFile(s.CloseHint))
	for setting, length := range map[string]time.Duration{settingSkew: shared.ClockSkew, settingWindow: shared.PushWindow} {
		note(faults, setting, errLength, length <= 0)
	}
	if s.Apps.IsSet() {
		err := a.verifyWith(s.Apps)
		note(faults, settingApps, err, err != nil)
	}
	switch {
	case len(faults) > 0:
		return nil, faults
	case !s.Apps.IsSet():
		return nil, nil
	}
	return a, nil
}

// note takes a fault of a setting if it is one.
func note(faults call.FieldErrors, setting string, fault error, is bool) {
	if is {
		faults[setting] = strings.ReplaceAll(fault.Error(), "\n", ", ")
	}
}

// voiceFile reports whether a file's name is fit to be sent as it is.
func voiceFile(name string) bool {
	unfit := func(r rune) bool { return r < ' ' || r > '~' }
	return len(name) <= 128 && !strings.ContainsFunc(name, unfit)
}
