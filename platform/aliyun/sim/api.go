package sim

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"xmode/simulator"
)

// APIConfig says what the API knows and how it behaves.
type APIConfig struct {
	// Keys are the AccessKeySecrets by AccessKeyId; at least one is due.
	Keys map[string]string
	// Storage keeps the recordings: under the name that [API.Keep] was told, else
	// under the call's id followed by ".mp3"; it or Find is due.
	Storage *simulator.Storage
	// Find, if set, is asked in place of Storage for the address of a recording.
	Find func(Asked) (address string, ok bool)
	// Now is the platform's clock; required.
	Now func() time.Time
	// Window is how far Timestamp may be from it; 0: 15 minutes (inferred).
	Window time.Duration
	// Delay is how long after the end of a call that was kept its file appears; 0:
	// at once.
	Delay time.Duration
	// Trouble on purpose, by CallId; nil: none.
	Trouble *simulator.Trouble
	// NotReady is the code for a recording that is not there; empty:
	// isv.RECORD_NOT_EXIST. No page has one: inferred, as is its status 200.
	NotReady string
	// XMLErrors has errors of the gateway written as XML, whatever Format says.
	XMLErrors bool
	// LogSize is how many requests are kept to be looked at; 0: 100 000.
	LogSize int
	// Statuses are HTTP statuses of codes in place of the usual ones, which are
	// inferred.
	Statuses map[string]int
}

// Asked is what a request asks for.
type Asked struct {
	// CallID and PoolKey name the call; ProductType stands for PoolKey with some.
	CallID, PoolKey, ProductType string
	// CallTime is when the caller dialled.
	CallTime time.Time
}

// Faults of an [APIConfig], beside [ErrNow].
var (
	ErrKeys       = errors.New("an access key with a secret is due")
	ErrRecordings = errors.New("a storage or a way to find recordings is due")
)

// Fault is how the API answers requests that are right: a code of the platform,
// such as "ServiceUnavailable", or one of the constants.
type Fault string

// Faults that are no codes.
const (
	NoFault    Fault = ""
	NoAddress  Fault = "OK without DownloadUrl"
	HTMLPage   Fault = "200 with a page"
	EmptyReply Fault = "200 without a body"
)

// API plays the platform's API that tells where a recording can be downloaded,
// QueryRecordFileDownloadUrl, under the POP v1 signature. (The platform takes
// ACS3-HMAC-SHA256 too, this API does not.) It is an [http.Handler], and safe for
// concurrent use. https://help.aliyun.com/document_detail/400497.htm
type API struct {
	c   APIConfig
	log simulator.Log

	mu     sync.Mutex
	nonces map[string]time.Time
	kept   map[string]kept // by call id
	fault  Fault
	faults map[string]Fault // by call id
	number int              // of the last answer
}

// kept is a call that has a recording.
type kept struct {
	call Call
	name string
}

// NewAPI returns an API. The error lists all faults, and no secret.
func NewAPI(c APIConfig) (*API, error) {
	var err error
	if len(c.Keys) == 0 || slices.Contains(slices.Collect(maps.Values(c.Keys)), "") {
		err = ErrKeys
	}
	if c.Storage == nil && c.Find == nil {
		err = errors.Join(err, ErrRecordings)
	}
	if c.Now == nil {
		err = errors.Join(err, ErrNow)
	}
	if err != nil {
		return nil, fmt.Errorf("make API: %w", err)
	}
	if c.NotReady == "" {
		c.NotReady = "isv.RECORD_NOT_EXIST"
	}
	return &API{c: c, log: simulator.Log{Size: c.LogSize}, nonces: map[string]time.Time{}, kept: map[string]kept{}, faults: map[string]Fault{}}, nil
}

// String hides the secrets.
func (a *API) String() string { return "sim.API" }

// Keep has the recording of a call lie in the storage under a name. From then on
// it is found only with the call's time and pool key (inferred).
func (a *API) Keep(c Call, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept[c.CallID] = kept{c, name}
}

// SetFault has requests that are right answered by a fault: all of them, or only
// those for certain calls. [NoFault] ends it.
func (a *API) SetFault(f Fault, callIDs ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(callIDs) == 0 {
		a.fault = f
	}
	for _, id := range callIDs {
		a.faults[id] = f
	}
}

// Requests are those that reached the API. Their Code is that of the answer,
// "OK" where an address was told, or the fault.
func (a *API) Requests() []simulator.Request { return a.log.List() }

// Check is [CheckRequests] of the requests that reached the API, for the calls
// that were kept, if any.
func (a *API) Check() []string {
	c := a.contract()
	c.Delay = a.c.Delay
	a.mu.Lock()
	for _, k := range a.kept {
		c.Calls = append(c.Calls, k.call)
	}
	a.mu.Unlock()
	return CheckRequests(a.Requests(), c)
}

func (a *API) contract() Contract { return Contract{Keys: a.c.Keys, Window: a.c.Window} }

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, err := simulator.Read(r, a.c.Now())
	answer := reply{Code: "InvalidParameter"}
	params := url.Values{}
	if err == nil {
		params, answer = a.answer(asked)
	}
	answer.RequestID = a.requestID()
	status := a.status(answer.Code)
	asked.Status, asked.Code = status, answer.verdict()
	a.log.Add(asked)
	xml := params.Get("Format") != "JSON" || a.c.XMLErrors && status != http.StatusOK
	answer.write(w, status, xml)
}

// answer decides about a request.
func (a *API) answer(r simulator.Request) (url.Values, reply) {
	params, code := a.verify(r)
	if code != "" {
		return params, reply{Code: code}
	}
	asked := Asked{CallID: params.Get("CallId"), PoolKey: params.Get("PoolKey"), ProductType: params.Get("ProductType")}
	asked.CallTime, _ = readTime(params.Get("CallTime")) // verified
	switch fault := a.faultOf(asked.CallID); fault {
	case NoFault:
	case NoAddress, HTMLPage, EmptyReply:
		return params, reply{Code: "OK", fault: fault}
	default:
		return params, reply{Code: string(fault)}
	}
	switch a.c.Trouble.Ask(asked.CallID) {
	case simulator.Throttle:
		return params, reply{Code: "Throttling.User"}
	case simulator.NotYet:
		return params, reply{Code: a.c.NotReady}
	}
	if address, ok := a.find(asked, r.At); ok {
		return params, reply{Code: "OK", DownloadURL: address}
	}
	return params, reply{Code: a.c.NotReady}
}
