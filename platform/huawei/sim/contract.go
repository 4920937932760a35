package sim

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"xmode/simulator"
)

// Contract is what somebody has to know to judge requests to the API.
type Contract struct {
	// Apps are the secrets by app key.
	Apps map[string]string
	// Window is how far Created may be from the platform's clock; 0: five minutes
	// (inferred; the page does not say).
	Window time.Duration
	// Fees are the call records that were pushed; nil: whether a request asks for
	// what they name is not looked at.
	Fees []Fee
}

func (c Contract) window() time.Duration {
	if c.Window == 0 {
		return 5 * time.Minute
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
		faults := append(faultsOf(r, c), c.feeFaults(r)...)
		if t, _ := readToken(r); t.nonce != "" {
			if first, used := nonces[t.nonce]; used {
				faults = append(faults, fault{text: fmt.Sprintf("Nonce is that of request %d", first+1)})
			} else {
				nonces[t.nonce] = i
			}
		}
		for _, f := range faults {
			found = append(found, fmt.Sprintf("request %d: %s", i+1, f.text))
		}
	}
	return found
}

// recordPath is where the API is.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0007_2.html
const recordPath = "/rest/provision/voice/record/v1.0"

// faultsOf lists what is wrong with a request by itself, the first that the
// platform minds first.
func faultsOf(r simulator.Request, c Contract) []fault {
	var list []fault
	if r.Path != recordPath {
		list = append(list, fault{code: codeInvalid, text: "path " + path(r.Path) + " is none of the API's"})
	}
	if r.Method != http.MethodGet {
		list = append(list, fault{code: codeInvalid, text: "method " + r.Method + ", want GET"})
	}
	list = append(list, profileFaults(r)...)
	list = append(list, tokenFaults(r, c)...)
	if f, ok := contentFault(r.Header.Values("Content-Type")); !ok {
		list = append(list, f)
	}
	list = append(list, queryFaults(r)...)
	if r.Body != "" {
		list = append(list, fault{text: "a GET with a body"})
	}
	if r.Header.Get("Referer") != "" {
		list = append(list, fault{text: "header Referer: comes from a redirection"})
	}
	return list
}

// path is as much of a path as a message needs.
func path(p string) string { return fmt.Sprintf("%.100q", p) }

// contentFault checks the content type, which the page demands even of a GET.
// What happens without it is inferred.
func contentFault(values []string) (fault, bool) {
	if len(values) == 1 {
		kind, parameters, err := mime.ParseMediaType(values[0])
		if err == nil && kind == "application/json" && strings.EqualFold(parameters["charset"], "utf-8") {
			return fault{}, true
		}
	}
	return fault{code: codeInvalid, text: "Content-Type is not application/json;charset=UTF-8"}, false
}

// queryFaults checks the two parameters. Others are ignored by the platform
// (inferred), but have no business here.
func queryFaults(r simulator.Request) []fault {
	query, err := url.ParseQuery(r.Query)
	if err != nil {
		return []fault{{code: codeInvalid, text: "query cannot be read"}}
	}
	var list []fault
	for _, name := range []string{"fileName", "recordDomain"} {
		values := query[name]
		switch {
		case len(values) == 0:
			list = append(list, fault{code: codeInvalid, text: name + " is missing"})
		case len(values) > 1:
			list = append(list, fault{code: codeInvalid, text: name + " is there twice"})
		case values[0] == "" || len(values[0]) > 128:
			list = append(list, fault{code: codeInvalid, text: name + " is not 1 to 128 characters"})
		}
		query.Del(name)
	}
	if len(query) > 0 {
		list = append(list, fault{text: fmt.Sprintf("%d parameters that the API does not know", len(query))})
	}
	return list
}

// feeFaults checks that a request asks for a recording that a call record names.
func (c Contract) feeFaults(r simulator.Request) []fault {
	query, err := url.ParseQuery(r.Query)
	if c.Fees == nil || err != nil || r.Path != recordPath {
		return nil
	}
	for _, fee := range c.Fees {
		if fee.RecordObjectName == query.Get("fileName") {
			if fee.RecordDomain != query.Get("recordDomain") {
				return []fault{{text: "recordDomain is not that of the call record"}}
			}
			return nil
		}
	}
	return []fault{{text: "fileName is in no call record"}}
}
