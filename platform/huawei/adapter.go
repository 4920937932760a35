package huawei

import (
	"net/http"
	"sync/atomic"

	"xmode/call"
	"xmode/platform"
	"xmode/signature"
)

// Name is the platform's name in bindings, paths, logs and metrics.
const Name call.Platform = "huawei"

// The paths, one for each address that the platform's console asks for.
const (
	pathEvents  = "/huawei/call-events"
	pathRecords = "/huawei/cdrs"
	pathNumbers = "/huawei/number-status"
	pathSMS     = "/huawei/sms"
)

// Adapter implements [platform.Adapter]; [Settings.Adapter] makes it. It is safe
// for concurrent use.
type Adapter struct {
	verifier  atomic.Pointer[signature.TokenVerifier]
	secrets   atomic.Pointer[map[string]string] // by app key
	api       string
	questions signature.Window
	pushes    signature.Window
	answers   encoder
}

var (
	_ platform.Adapter = (*Adapter)(nil)
	_ platform.Rotator = (*Adapter)(nil)
)

// Rotations are those of the apps, by [Adapter.SetApps].
func (a *Adapter) Rotations() map[string]func(platform.Secret) error {
	return map[string]func(platform.Secret) error{"XMODE_HUAWEI_APPS": a.SetApps}
}

// SetApps replaces the apps, appkey:secret separated by commas, for all messages
// that arrive from now on. On an error, [call.FieldErrors] that hold no secret,
// the old ones stay.
func (a *Adapter) SetApps(apps platform.Secret) error {
	if err := a.verifyWith(apps); err != nil {
		faults := call.FieldErrors{}
		note(faults, settingApps, err, true)
		return faults
	}
	return nil
}

// verifyWith puts apps in force; the error lists all faults.
func (a *Adapter) verifyWith(apps platform.Secret) error {
	secrets, err := parseApps(apps.Reveal())
	if err == nil {
		a.verifier.Store(signature.NewTokenVerifier(secrets))
		a.secrets.Store(&secrets)
	}
	return err
}

// Name returns [Name].
func (a *Adapter) Name() call.Platform { return Name }

// Routes lists the four paths. A question comes by the same path as a push of
// many records, so that none has a smaller limit than the server's: [body.ask]
// has that of a question.
func (a *Adapter) Routes() []platform.Route {
	var routes []platform.Route
	for _, r := range []struct {
		path, what string
		asks       bool
	}{
		{pathEvents, "Call events; callin is the query; states of numbers are taken here too", true},
		{pathRecords, "Call records (fee)", false},
		{pathNumbers, "States of X numbers", false},
		{pathSMS, "Text messages: Block is the query, Notify tells what became of it", true},
	} {
		routes = append(routes, platform.Route{Path: r.path, What: r.what, Methods: []string{http.MethodPost}, Asks: r.asks, Early: true})
	}
	return routes
}

// Acknowledge is empty: the 200 alone counts.
func (a *Adapter) Acknowledge() []byte { return nil }
