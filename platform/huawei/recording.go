package huawei

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/url"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/signature"
)

// The platform keeps a recording for seven days from the push of its record.
const keptFor = 7 * 24 * time.Hour

// Where recordings are asked for, and what has to be said of them.
const (
	pathRecording   = "/rest/provision/voice/record/v1.0"
	nameFile        = "fileName"
	nameDomain      = "recordDomain"
	nameApp         = "appKey"
	asksPerSecond   = 20 // not documented: inferred
	authorization   = `AKSK realm="SDP",profile="UsernameToken",type="Appkey"`
	contentTypeJSON = "application/json;charset=UTF-8"
)

var _ platform.Recordings = (*Adapter)(nil)

// named is the recording that a record names, and has the record know it. Nil:
// there is none, or the record does not say enough to ask for it.
func named(f *platform.Fields, r *call.Record, at time.Time) *call.Recording {
	if r.Recording != call.RecordingPending {
		return nil
	}
	file, domain := f.Text("recordObjectName"), f.Text("recordDomain")
	if file == "" || domain == "" {
		r.Recording = call.RecordingFailed
		return nil
	}
	r.RecordingID = call.RecordingID(Name, domain, file)
	names := map[string]string{nameFile: file, nameDomain: domain}
	if app := f.Text("appKey"); app != "" {
		names[nameApp] = app
	}
	return &call.Recording{
		Platform: Name, ID: r.RecordingID, CallID: r.CallID, RecordID: r.ID, Names: names,
		EndedAt: r.EndedAt, ExpiresAt: at.Add(keptFor),
	}
}

// Terms: addresses are https.
func (a *Adapter) Terms() platform.Terms {
	return platform.Terms{PerSecond: asksPerSecond, Keeps: keptFor}
}

// Ask makes the request for the address of a recording, signed as the app that
// the record names, or as the only one.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0007_2.html
func (a *Adapter) Ask(r call.Recording, now time.Time) (*http.Request, error) {
	if r.Names[nameFile] == "" || r.Names[nameDomain] == "" {
		return nil, &platform.Trouble{Reason: platform.ReasonNoNames}
	}
	app, secret := a.signer(r.Names[nameApp])
	if secret == "" {
		return nil, &platform.Trouble{Reason: platform.ReasonNoCredentials}
	}
	query := url.Values{nameFile: {r.Names[nameFile]}, nameDomain: {r.Names[nameDomain]}}
	req, err := http.NewRequest(http.MethodGet, a.api+pathRecording+"?"+query.Encode(), nil)
	if err != nil { // the address was checked
		return nil, &platform.Trouble{Reason: platform.ReasonNoNames}
	}
	nonce, created := rand.Text(), now.UTC().Format("2006-01-02T15:04:05Z")
	req.Header.Set("Content-Type", contentTypeJSON)
	req.Header.Set("Authorization", authorization)
	req.Header["X-AKSK"] = []string{`UsernameToken Username="` + app + `",PasswordDigest="` +
		signature.AKSK.Digest(secret, nonce, created) + `",Nonce="` + nonce + `",Created="` + created + `"`}
	return req, nil
}

// signer is the app to sign as, and its secret: the one that is named, or the only
// one. Empty: there is none.
func (a *Adapter) signer(app string) (key, secret string) {
	secrets := *a.secrets.Load()
	if _, known := secrets[app]; !known && len(secrets) == 1 {
		for only := range secrets {
			app = only
		}
	}
	return app, secrets[app]
}

// Told reads the answer: a redirection to the recording, or a result code.
func (a *Adapter) Told(status int, header http.Header, body []byte) (platform.Secret, error) {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if location := header.Get("Location"); location != "" {
			return platform.NewSecret(location), nil
		}
		return platform.Secret{}, &platform.Trouble{Reason: platform.ReasonBadAnswer, Code: "no Location"}
	}
	return platform.Secret{}, troubleOf(status, resultCode(body))
}

// resultCode reads the code of an answer; empty: it has none.
func resultCode(body []byte) string {
	start := platform.SkipSpace(body, 0)
	if platform.CheckJSON(body[start:]) != nil {
		return ""
	}
	return platform.PlainCode(platform.FieldsOf(body[start:]).LongText("resultcode"))
}

// troubleOf reads a result code, and the status where there is none or one that
// is not known.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0007_3.html
func troubleOf(status int, code string) *platform.Trouble {
	t := &platform.Trouble{Code: code}
	switch code {
	case "1012007": // does not exist: not yet, as far as anybody can tell
		t.Reason = platform.ReasonNotReady
	case "1010010": // flow control: wait a minute
		t.Reason = platform.ReasonThrottled
	case "1010013": // Created is too far from the platform's clock
		t.Reason, t.Pause = platform.ReasonClockOff, time.Minute
	case "1020176": // the address is blocked for half an hour
		t.Reason, t.Pause = platform.ReasonRefused, 30*time.Minute
	case "1010002", "1020166", "1010029", "1023006", "1023007", "1023008", "1023009", "1023010", "1023011", "1023012",
		"1023033", "1023034", "1023035", "1023036", "1023037", "1023038":
		t.Reason, t.Pause = platform.ReasonRefused, time.Minute
	case "1010001":
		t.Reason = platform.ReasonUnavailable
	default:
		t = platform.TroubleOfStatus(status)
		t.Code = cmp.Or(code, t.Code)
	}
	return t
}
