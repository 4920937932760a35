package sim

import (
	"crypto/hmac"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"xmode/simulator"
)

// Contract is what somebody has to know to judge requests to the API.
type Contract struct {
	// Keys are the AccessKeySecrets by AccessKeyId.
	Keys map[string]string
	// Window is how far Timestamp may be from the platform's clock; 0: 15 minutes
	// (inferred).
	Window time.Duration
	// Calls are those whose recordings were announced; nil: whether a request asks
	// for one of them is not looked at.
	Calls []Call
	// Delay is how long after the end of a call nobody should ask yet; 0: nobody
	// minds.
	Delay time.Duration
}

func (c Contract) window() time.Duration {
	if c.Window == 0 {
		return 15 * time.Minute
	}
	return c.Window
}

// CheckRequests returns what in the requests that reached the API breaks its
// contract, whatever they were answered; nothing is right. The strings hold no
// secret.
func CheckRequests(list []simulator.Request, c Contract) []string {
	var found []string
	nonces := map[string]int{}
	for i, r := range list {
		params, faults := c.faults(r)
		faults = append(faults, c.callFaults(params, r.At)...)
		if nonce := params.Get("SignatureNonce"); nonce != "" {
			if first, used := nonces[nonce]; used {
				faults = append(faults, fault{text: fmt.Sprintf("SignatureNonce is that of request %d", first+1)})
			} else {
				nonces[nonce] = i
			}
		}
		for _, f := range faults {
			found = append(found, fmt.Sprintf("request %d: %s", i+1, f.text))
		}
	}
	return found
}

// fault is one thing that is wrong with a request to the API.
type fault struct {
	// code is the platform's; "": it does not mind.
	code string
	// text says what is wrong, without a secret.
	text string
}

// faults lists what is wrong with a request by itself, the first that the
// platform minds first: how it is written, who sends it, what it asks.
func (c Contract) faults(r simulator.Request) (url.Values, []fault) {
	params, list := parameters(r)
	list = append(list, commonFaults(params)...)
	list = append(list, c.signatureFaults(r, params)...)
	return params, append(list, businessFaults(params, r.At)...)
}

// parameters are those of the query and of a form body, which both count.
func parameters(r simulator.Request) (url.Values, []fault) {
	var list []fault
	if r.Path != "/" && r.Path != "" {
		list = append(list, fault{"InvalidApi.NotFound", fmt.Sprintf("path %.100q, want /", r.Path)}) // inferred
	}
	params, err := url.ParseQuery(r.Query)
	if err != nil {
		list = append(list, fault{"InvalidParameter", "query cannot be read"})
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		list = append(list, fault{"UnsupportedHTTPMethod", "method " + r.Method + ", want GET or POST"})
	case r.Body != "" && (r.Method == http.MethodGet || kind != "application/x-www-form-urlencoded"):
		list = append(list, fault{text: "a body that is no form of a POST"})
	case r.Body != "":
		form, err := url.ParseQuery(r.Body)
		if err != nil {
			list = append(list, fault{"InvalidParameter", "form cannot be read"})
		}
		for name, values := range form {
			params[name] = append(params[name], values...)
		}
	}
	if r.Header.Get("Referer") != "" {
		list = append(list, fault{text: "header Referer: comes from a redirection"})
	}
	return params, list
}

// commonFaults checks the parameters that every request has. The codes are those
// of the platform's gateway as its SDKs know them; which one belongs to what is
// in part inferred.
func commonFaults(params url.Values) []fault {
	var list []fault
	for _, want := range []struct{ name, value, code string }{
		{"Action", "QueryRecordFileDownloadUrl", "InvalidAction.NotFound"},
		{"Version", "2017-05-25", "InvalidVersion"},
		{name: "AccessKeyId"}, {name: "Signature"}, {name: "SignatureNonce"}, {name: "Timestamp"},
		{"SignatureMethod", "HMAC-SHA1", "InvalidParameter.SignatureMethod"},
		{"SignatureVersion", "1.0", "InvalidParameter.SignatureVersion"},
	} {
		switch got := params.Get(want.name); {
		case got == "":
			list = append(list, fault{"Missing" + want.name, want.name + " is missing"})
		case want.value != "" && got != want.value:
			list = append(list, fault{want.code, want.name + " is not " + want.value})
		}
	}
	if params.Get("Format") != "JSON" {
		list = append(list, fault{text: "Format is not JSON"}) // the answer is XML then
	}
	known := []string{
		"AccessKeyId", "Action", "Format", "RegionId", "SecurityToken", "Signature", "SignatureMethod", "SignatureNonce", "SignatureVersion",
		"Timestamp", "Version", "CallId", "CallTime", "PoolKey", "ProductType", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId",
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if n := len(params[name]); n > 1 {
			list = append(list, fault{"InvalidParameter", fmt.Sprintf("%.40q is there %d times", name, n)})
		}
		if !slices.Contains(known, name) {
			list = append(list, fault{text: fmt.Sprintf("%.40q is no parameter of the API", name)})
		}
	}
	return list
}

// signatureFaults checks when a request was signed, and by whom.
func (c Contract) signatureFaults(r simulator.Request, params url.Values) []fault {
	var list []fault
	stamp := params.Get("Timestamp")
	at, err := time.Parse("2006-01-02T15:04:05Z", stamp)
	switch {
	case stamp == "":
	case err != nil || len(stamp) != 20: // nor fractions of a second
		list = append(list, fault{"InvalidTimeStamp.Format", "Timestamp is not UTC in the form yyyy-MM-ddTHH:mm:ssZ"})
	case r.At.Sub(at).Abs() > c.window():
		list = append(list, fault{"InvalidTimeStamp.Expired", "Timestamp is off the platform's clock"})
	}
	secret, known := c.Keys[params.Get("AccessKeyId")]
	switch {
	case params.Get("AccessKeyId") == "" || params.Get("Signature") == "":
	case !known:
		list = append(list, fault{"InvalidAccessKeyId.NotFound", "unknown AccessKeyId"})
	case !hmac.Equal([]byte(Signature(r.Method, params, secret)), []byte(params.Get("Signature"))):
		list = append(list, fault{"SignatureDoesNotMatch", "Signature is wrong"})
	}
	return list
}
