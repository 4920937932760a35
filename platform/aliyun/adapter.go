package aliyun

import (
	"net/http"
	"sync/atomic"

	"xmode/call"
	"xmode/platform"
	"xmode/signature"
)

// Name is the platform's name in bindings, paths, logs and metrics.
const Name call.Platform = "aliyun"

// maxQuery is the largest query string and the largest body in bytes.
const maxQuery = 16 << 10

// Adapter implements [platform.Adapter]. It is safe for concurrent use.
type Adapter struct {
	form     signature.Form // pinned; empty: any
	verifier atomic.Pointer[signature.Verifier]
	window   signature.Window
	answers  encoder
}

var _ platform.Adapter = (*Adapter)(nil)

// New returns the adapter, or all faults of the settings as
// [call.FieldErrors]; no fault holds a key.
func New(s Settings) (*Adapter, error) {
	var faults faults
	form := faults.form(s.Signature)
	verifier, err := signature.NewVerifier(s.Keys, form)
	faults.note(settingKeys, err)
	if s.ClockSkew <= 0 {
		faults.note(settingSkew, errSkew)
	}
	answers := faults.encoder(s)
	if err := faults.err(); err != nil {
		return nil, err
	}
	a := &Adapter{form: form, window: signature.Skew(s.ClockSkew), answers: answers}
	a.verifier.Store(verifier)
	return a, nil
}

// SetKeys replaces the signing keys for all messages that arrive from now on.
// On an error, which lists all faults and holds no key, the old ones stay.
func (a *Adapter) SetKeys(keys []string) error {
	verifier, err := signature.NewVerifier(keys, a.form)
	if err != nil {
		var faults faults
		faults.note(settingKeys, err)
		return faults.err()
	}
	a.verifier.Store(verifier)
	return nil
}

// Name returns [Name].
func (a *Adapter) Name() call.Platform { return Name }

// Routes lists the one path of the call control query.
func (a *Adapter) Routes() []platform.Route {
	return []platform.Route{{
		Path:    "/aliyun/call-control",
		Methods: []string{http.MethodGet, http.MethodPost},
		MaxBody: maxQuery,
	}}
}
