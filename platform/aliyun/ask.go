package aliyun

import (
	"crypto/rand"
	"net/http"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/signature"
)

// The API by which recordings are asked for.
const (
	apiVersion    = "2017-05-25"
	apiAction     = "QueryRecordFileDownloadUrl"
	asksPerSecond = 100 // of 3000 that each account may make
	plainHosts    = ".aliyuncs.com"
)

var _ platform.Recordings = (*Adapter)(nil)

// Terms: the platform hands out http addresses of its object storage.
func (a *Adapter) Terms() platform.Terms {
	return platform.Terms{PerSecond: asksPerSecond, Keeps: keptFor, PlainHosts: []string{plainHosts}}
}

// SetAccessKeyID replaces the id of the access key.
func (a *Adapter) SetAccessKeyID(id platform.Secret) error {
	a.accessKeyID.Store(&id)
	return nil
}

// SetAccessKeySecret replaces the secret of the access key.
func (a *Adapter) SetAccessKeySecret(secret platform.Secret) error {
	a.accessKeySecret.Store(&secret)
	return nil
}

// Ask makes the request for the address of a recording. Like the platform's own
// kit it is a POST with its parameters in the query string.
// https://help.aliyun.com/document_detail/400497.htm
func (a *Adapter) Ask(r call.Recording, now time.Time) (*http.Request, error) {
	id, secret := a.accessKeyID.Load().Reveal(), a.accessKeySecret.Load().Reveal()
	params, complete := a.asks(r)
	switch {
	case id == "" || secret == "":
		return nil, &platform.Trouble{Reason: platform.ReasonNoCredentials}
	case !complete && r.Names[askPoolKey] == "" && a.poolKey == "":
		return nil, &platform.Trouble{Reason: platform.ReasonNoNames, Code: askPoolKey}
	case !complete:
		return nil, &platform.Trouble{Reason: platform.ReasonNoNames}
	}
	params = append(params,
		signature.Param{Name: "AccessKeyId", Value: id},
		signature.Param{Name: "Action", Value: apiAction},
		signature.Param{Name: "Format", Value: "JSON"},
		signature.Param{Name: "SignatureMethod", Value: "HMAC-SHA1"},
		signature.Param{Name: "SignatureNonce", Value: rand.Text()},
		signature.Param{Name: "SignatureVersion", Value: "1.0"},
		signature.Param{Name: "Timestamp", Value: now.UTC().Format("2006-01-02T15:04:05Z")},
		signature.Param{Name: "Version", Value: apiVersion},
	)
	params = append(params, signature.Param{Name: "Signature", Value: signature.POP(secret, http.MethodPost, params)})
	query := signature.AppendQuery(nil, params, signature.RFC3986Encoder)
	req, err := http.NewRequest(http.MethodPost, a.api+"/?"+string(query), nil)
	if err != nil { // the address was checked
		return nil, &platform.Trouble{Reason: platform.ReasonNoNames}
	}
	req.Header.Set("Accept", "application/json")
	return req, nil
}

// asks are the parameters of the call; complete is false where one is missing.
func (a *Adapter) asks(r call.Recording) (params []signature.Param, complete bool) {
	pool := r.Names[askPoolKey]
	if pool == "" {
		pool = a.poolKey
	}
	params = []signature.Param{
		{Name: askCallID, Value: r.Names[askCallID]},
		{Name: askCallTime, Value: r.Names[askCallTime]},
		{Name: askPoolKey, Value: pool},
	}
	for _, p := range params {
		if p.Value == "" {
			return nil, false
		}
	}
	return params, true
}
