package sim

import (
	"encoding/json"
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
	// Apps are the secrets by app key; at least one is due.
	Apps map[string]string
	// Storage keeps the recordings, under their RecordObjectName; it or Find is
	// due.
	Storage *simulator.Storage
	// Find, if set, is asked in place of Storage for the address of a recording.
	Find func(fileName, recordDomain string) (address string, ok bool)
	// Domain is the only recordDomain that has recordings; empty: any has.
	Domain string
	// Now is the platform's clock; required.
	Now func() time.Time
	// Window is how far Created may be from it; 0: five minutes (inferred).
	Window time.Duration
	// Trouble on purpose, by fileName; nil: none.
	Trouble *simulator.Trouble
	// BlockAfter is how many wrong keys or digests in a row have the caller blocked for 30
	// minutes, with 1020176; 0: it is never blocked. The page has the half hour, the
	// number is inferred.
	BlockAfter int
	// LogSize is how many requests are kept to be looked at; 0: 100 000.
	LogSize int
	// Statuses are HTTP statuses of result codes in place of the usual ones, of
	// which the page tells only some.
	Statuses map[string]int
}

// ErrRecordings is a fault of an [APIConfig], beside [ErrNow] and [ErrApp].
var ErrRecordings = errors.New("a storage or a way to find recordings is due")

// Fault is how the API answers requests that are right: a result code of the
// page, or one of the constants.
type Fault string

// Faults that are no result codes.
const (
	NoFault    Fault = ""
	NoLocation Fault = "301 without Location"
	HTMLPage   Fault = "200 with a page"
)

// API plays the platform's API that tells where a recording can be downloaded,
// 获取录音文件下载地址. It is an [http.Handler], and safe for concurrent use.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0007_2.html
type API struct {
	c     APIConfig
	log   simulator.Log
	guard guard

	mu     sync.Mutex
	fault  Fault
	faults map[string]Fault // by fileName
}

// NewAPI returns an API. The error lists all faults, and no secret.
func NewAPI(c APIConfig) (*API, error) {
	var err error
	if len(c.Apps) == 0 || slices.Contains(slices.Collect(maps.Values(c.Apps)), "") {
		err = ErrApp
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
	return &API{c: c, log: simulator.Log{Size: c.LogSize}, guard: guard{blockAfter: c.BlockAfter}, faults: map[string]Fault{}}, nil
}

// String hides the secrets.
func (a *API) String() string { return "sim.API" }

// SetFault has requests that are right answered by a fault: all of them, or only
// those for certain files. [NoFault] ends it.
func (a *API) SetFault(f Fault, fileNames ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(fileNames) == 0 {
		a.fault = f
	}
	for _, name := range fileNames {
		a.faults[name] = f
	}
}

// Requests are those that reached the API. Their Code is the result code, "0"
// where an address was told, or the fault.
func (a *API) Requests() []simulator.Request { return a.log.List() }

// Check is [CheckRequests] of the requests that reached the API.
func (a *API) Check(fees ...Fee) []string {
	c := a.contract()
	c.Fees = fees
	return CheckRequests(a.Requests(), c)
}

func (a *API) contract() Contract { return Contract{Apps: a.c.Apps, Window: a.c.Window} }

// reply is an answer of the API.
type reply struct {
	status              int
	code, kind, address string
	body                []byte
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, err := simulator.Read(r, a.c.Now())
	answer := a.refuse(codeInvalid)
	if err == nil {
		answer = a.answer(asked)
	}
	asked.Status, asked.Code = answer.status, answer.code
	a.log.Add(asked)
	if answer.address != "" {
		w.Header().Set("Location", answer.address)
	}
	if answer.kind != "" {
		w.Header().Set("Content-Type", answer.kind)
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body)
}

// answer decides about a request.
func (a *API) answer(r simulator.Request) reply {
	if code := a.guard.admit(r, faultsOf(r, a.contract()), a.contract().window()); code != "" {
		return a.refuse(code)
	}
	query, _ := url.ParseQuery(r.Query) // verified
	fileName, domain := query.Get("fileName"), query.Get("recordDomain")
	switch fault := a.faultOf(fileName); fault {
	case NoFault:
	case NoLocation:
		return reply{status: http.StatusMovedPermanently, code: string(fault)}
	case HTMLPage:
		return reply{status: http.StatusOK, code: string(fault), kind: "text/html", body: []byte("<html><body>Welcome</body></html>")}
	default:
		return a.refuse(string(fault))
	}
	switch a.c.Trouble.Ask(fileName) {
	case simulator.Throttle:
		return a.refuse("1010010")
	case simulator.NotYet:
		return a.refuse("1012007")
	}
	if address, ok := a.find(fileName, domain); ok {
		return reply{status: http.StatusMovedPermanently, code: "0", address: address}
	}
	return a.refuse("1012007")
}

// faultOf is how a request for a file is to go wrong.
func (a *API) faultOf(fileName string) Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f := a.faults[fileName]; f != NoFault {
		return f
	}
	return a.fault
}

// find looks for the address of a recording.
func (a *API) find(fileName, domain string) (string, bool) {
	if a.c.Domain != "" && domain != a.c.Domain {
		return "", false
	}
	if a.c.Find != nil {
		return a.c.Find(fileName, domain)
	}
	if _, ok := a.c.Storage.Audio(fileName); !ok {
		return "", false
	}
	return a.c.Storage.Address(fileName), true
}

// refuse answers with a result code.
func (a *API) refuse(code string) reply {
	status, text := result(code)
	if other, ok := a.c.Statuses[code]; ok {
		status = other
	}
	return reply{status: status, code: code, kind: "application/json;charset=UTF-8", body: resultBody(code, text)}
}

// resultBody is how all of the platform's APIs say what became of a request.
func resultBody(code, text string) []byte {
	body, _ := json.Marshal(struct { // texts alone: it does not fail
		Code string `json:"resultcode"`
		Text string `json:"resultdesc"`
	}{code, text})
	return body
}
