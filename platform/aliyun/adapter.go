package aliyun

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/signature"
)

// Name is the platform's name in bindings, paths, logs and metrics.
const Name call.Platform = "aliyun"

// Adapter implements [platform.Adapter]; [Settings.Adapter] makes it. It is safe
// for concurrent use.
type Adapter struct {
	form     signature.Form // pinned; empty: any
	verifier atomic.Pointer[signature.Verifier]
	tokens   atomic.Pointer[tokens] // nil: there is no path for receipts
	window   signature.Window
	answers  encoder

	accessKeyID, accessKeySecret atomic.Pointer[platform.Secret]
	api, poolKey                 string
	delay                        time.Duration // after which a recording appears
}

var (
	_ platform.Adapter = (*Adapter)(nil)
	_ platform.Rotator = (*Adapter)(nil)
)

// Rotations are those of the signing keys, the receipts' tokens and the access
// key.
func (a *Adapter) Rotations() map[string]func(platform.Secret) error {
	return map[string]func(platform.Secret) error{
		"XMODE_ALIYUN_KEYS":              a.SetKeys,
		"XMODE_ALIYUN_RECEIPT_TOKEN":     a.SetReceiptTokens,
		"XMODE_ALIYUN_ACCESS_KEY_ID":     a.SetAccessKeyID,
		"XMODE_ALIYUN_ACCESS_KEY_SECRET": a.SetAccessKeySecret,
	}
}

// SetKeys replaces the signing keys, separated by commas, for all messages that
// arrive from now on. On an error, [call.FieldErrors] that hold no key, the old
// ones stay.
func (a *Adapter) SetKeys(keys platform.Secret) error {
	var faults faults
	faults.note(settingKeys, a.verifyWith(keys))
	return faults.err()
}

// verifyWith puts keys in force; the error lists all faults.
func (a *Adapter) verifyWith(keys platform.Secret) error {
	verifier, err := signature.NewVerifier(strings.Split(keys.Reveal(), ","), a.form)
	if err == nil {
		a.verifier.Store(verifier)
	}
	return err
}

// Name returns [Name].
func (a *Adapter) Name() call.Platform { return Name }

// Routes lists the path of the call control query and, where there are tokens,
// that of the receipts.
func (a *Adapter) Routes() []platform.Route {
	routes := []platform.Route{{
		Path:    "/aliyun/call-control",
		What:    "Query: whom to connect, for calls and text messages",
		Methods: []string{http.MethodGet, http.MethodPost},
		MaxBody: platform.MaxQuery, Asks: true,
	}}
	if a.tokens.Load() != nil {
		routes = append(routes, platform.Route{
			Path: receiptPath, What: "Receipts of a type: call records, events, intercepted texts, numbers",
			Methods: []string{http.MethodPost}, Early: true,
		})
	}
	return routes
}
