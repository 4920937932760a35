package sim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"xmode/simulator"
)

// verify says with which code a request is refused; "": it is right.
func (a *API) verify(r simulator.Request) (url.Values, string) {
	params, faults := a.contract().faults(r)
	for _, f := range faults {
		if f.code != "" {
			return params, f.code
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.nonces) >= 10_000 {
		for nonce, at := range a.nonces {
			if r.At.Sub(at) > 2*a.contract().window() { // its Timestamp would be refused by now
				delete(a.nonces, nonce)
			}
		}
	}
	nonce := params.Get("SignatureNonce")
	if _, used := a.nonces[nonce]; used {
		return params, "SignatureNonceUsed"
	}
	a.nonces[nonce] = r.At
	return params, ""
}

// faultOf is how a request for a call is to go wrong.
func (a *API) faultOf(callID string) Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f := a.faults[callID]; f != NoFault {
		return f
	}
	return a.fault
}

// find looks for the address of a recording.
func (a *API) find(asked Asked, now time.Time) (string, bool) {
	if a.c.Find != nil {
		return a.c.Find(asked)
	}
	a.mu.Lock()
	k, known := a.kept[asked.CallID]
	a.mu.Unlock()
	name := asked.CallID + ".mp3"
	if known {
		name = k.name
		other := asked.CallTime.Unix() != k.call.Dialled.Unix() || asked.PoolKey != "" && asked.PoolKey != k.call.PoolKey
		if other || now.Before(k.call.Released.Add(a.c.Delay)) {
			return "", false
		}
	}
	if _, ok := a.c.Storage.Audio(name); !ok {
		return "", false
	}
	return a.c.Storage.Address(name), true
}

// requestID makes the next id of an answer.
func (a *API) requestID() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.number++
	return fmt.Sprintf("8906582E-6722-409A-A6C4-%012X", a.number)
}

// reply is an answer of the API.
type reply struct {
	Code        string
	Message     string
	RequestID   string `json:"RequestId" xml:"RequestId"`
	DownloadURL string `json:"DownloadUrl,omitempty" xml:"DownloadUrl,omitempty"`

	fault Fault
}

// verdict is the word for the log.
func (p reply) verdict() string {
	if p.fault != NoFault {
		return string(p.fault)
	}
	return p.Code
}

// write sends an answer, as XML where JSON is not asked for: an Error where the
// gateway refuses, else an element that is named after the action.
func (p reply) write(w http.ResponseWriter, status int, asXML bool) {
	kind, body := "application/json;charset=utf-8", []byte(nil)
	p.Message = message(p.Code)
	switch {
	case p.fault == HTMLPage:
		kind, body = "text/html", []byte("<html><body>Welcome</body></html>")
	case p.fault == EmptyReply:
	case asXML:
		name := "QueryRecordFileDownloadUrlResponse"
		if status != http.StatusOK {
			name = "Error"
		}
		kind = "text/xml;charset=utf-8"
		body, _ = xml.Marshal(struct { // texts alone: it does not fail
			XMLName xml.Name
			reply
		}{xml.Name{Local: name}, p})
	default:
		body, _ = json.Marshal(p)
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// message is a text for people.
func message(code string) string {
	switch code {
	case "OK":
		return "OK"
	case "SignatureDoesNotMatch":
		return "Specified signature is not matched with our calculation." // the real one shows the string to sign
	case "SignatureNonceUsed":
		return "Specified signature nonce was used already."
	case "InvalidTimeStamp.Expired":
		return "Specified time stamp or date value is expired."
	case "Throttling.User":
		return "Request was denied due to user flow control."
	}
	return "The request was refused: " + code
}

// status is that of a code. The product's own codes, which begin with isv or
// isp, come with 200, those of the gateway with 4xx and 5xx; inferred.
func (a *API) status(code string) int {
	if status, ok := a.c.Statuses[code]; ok {
		return status
	}
	switch {
	case code == "OK" || code == a.c.NotReady || strings.HasPrefix(code, "isv.") || strings.HasPrefix(code, "isp."):
		return http.StatusOK
	case code == "ServiceUnavailable":
		return http.StatusServiceUnavailable
	case code == "InternalError":
		return http.StatusInternalServerError
	case strings.HasSuffix(code, ".NotFound"):
		return http.StatusNotFound
	case code == "UnsupportedHTTPMethod":
		return http.StatusMethodNotAllowed
	}
	return http.StatusBadRequest
}
